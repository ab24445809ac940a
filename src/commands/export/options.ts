import type { Command } from 'commander';
import { addManifestOption, manifestProblems } from '../../cli/batch/manifest-option.ts';
import { addRequestOptions } from '../../cli/options.ts';
import type { SetupOptions } from '../../options/setup-options.ts';
import type { SetupAnswers } from '../../options/setup-request.ts';

/** The options that say what is exported, as the parser returns them. */
export interface ExportOptions extends SetupOptions {
  manifest?: string;
}

/** What is exported: one key, or all that a manifest names. */
export type ExportSubject = { answers: SetupAnswers } | { manifest: string };

/** Adds the options that say what is exported. */
export function addExportOptions(command: Command): void {
  addRequestOptions(command);
  addManifestOption(command);
}

/**
 * Reads what is exported, and says what is wrong with it, a sentence each.
 * @param beside the command's own options, which may stand beside a manifest
 */
export async function readExportOptions(
  command: Command,
  options: ExportOptions,
  beside: string[],
): Promise<{ subject: ExportSubject; problems: string[]; asksForRegion: boolean }> {
  const { manifest, secretArn, region } = options;
  if (manifest !== undefined)
    return { subject: { manifest }, problems: manifestProblems(command, beside), asksForRegion: false };
  const { readAnswers } = await import('../../options/setup-options.ts');
  const { answers, problems } = readAnswers(options);
  return { subject: { answers }, problems, asksForRegion: secretArn === undefined && region === undefined };
}
