import { existsSync } from 'node:fs';
import { printJson } from '../../../cli/json.ts';
import type { CommonOptions } from '../../../cli/options.ts';
import { EXIT, Failure } from '../../../failure.ts';
import type { KeySource } from '../../../key/index.ts';
import { keyMessages } from '../../../key/messages.ts';
import { looksLikePartOfKey } from '../../../key-detection.ts';
import { exportMessages as messages } from '../messages.ts';
import { type OutputFile, writeResult } from '../output-file.ts';
import { runExport } from '../run.ts';
import type { ExportSubject } from '../types.ts';
import { keyFileOf } from './keys.ts';
import { buildScript } from './script.ts';

/** Runs `export script` and returns the exit code. */
export function runExportScript(
  subject: ExportSubject,
  file: OutputFile,
  common: CommonOptions,
): Promise<number> {
  return runExport(subject, common, async ({ output }, plan, account) => {
    // For a manifest, the code that reads it has already made this check.
    if ('answers' in subject) refuseKeyAsSource(subject.answers.keySource);
    const { script, keys } = buildScript(plan, account);
    // Everyone who can read a script can run it.
    if (!common.json || file.output !== undefined) await writeResult(output, script, file, 0o777);
    const files = keys.flatMap((key) => keyFileOf(key) ?? []);
    if (common.json) printJson(output, { keyFiles: files, script });
    if (files.length > 0) output.info(messages.scriptKeys);
    for (const { variable, path } of files) output.info(messages.scriptKey(variable, path));
  });
}

/** Matches what must be a path and not a key, even if no such file exists: text with folders or with a file extension. */
const PATH = /^\.{1,2}\/|^\/.+\/|\.(key|txt)$/;

/**
 * Rejects a source that is neither a file nor a variable. Such a source may be the key itself, given by mistake, and the script
 * names the source of each key.
 * @throws Failure that doesn't repeat the source
 */
function refuseKeyAsSource(source: KeySource | undefined): void {
  if (source?.kind === 'file' && !existsSync(source.path) && !isPath(source.path))
    throw badKeyFailure(keyMessages.fileAbsent);
  if (source?.kind !== 'env' || Object.hasOwn(process.env, source.name)) return;
  if (!/^[A-Z_][A-Z0-9_]*$/.test(source.name) || looksLikePartOfKey(source.name))
    throw badKeyFailure(keyMessages.envUnset);
}

function isPath(text: string): boolean {
  return PATH.test(text) && !looksLikePartOfKey(text);
}

function badKeyFailure(message: string): Failure {
  return new Failure(message, { code: 'bad-key', exitCode: EXIT.usage });
}
