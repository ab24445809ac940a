import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CommandRun } from '../../../src/cli/run-command.ts';
import { performSetupManifest } from '../../../src/commands/setup/batch.ts';
import type { ExitCode } from '../../../src/failure.ts';
import type { Manifest } from '../../../src/manifest/fields.ts';
import { readManifest } from '../../../src/manifest/index.ts';
import type { Check, EncryptionSettings, Outcomes } from '../../../src/plan-types.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { KEYS, REGION } from '../account.ts';
import { closing } from '../closing.ts';
import { type CommandResult, type InProcessOptions, runInProcess } from './command.ts';

/** What a manifest says, without its version. JSON is YAML, so it is written as that. */
export interface ManifestContent {
  account?: string;
  defaults?: object;
  keys: object[];
}

/** The JSON document of a run. */
export interface FleetDocument extends Omit<Outcomes, 'left'> {
  dryRun?: boolean;
  encryption: EncryptionSettings[];
  checks: Check[];
  left?: string[];
  failed: {
    name: string;
    error: { code: string; message: string; step?: string; awsAction?: string; inDoubt?: string };
  }[];
  error?: { code: string; message: string };
}

export interface BatchResult {
  code: number;
  json: FleetDocument;
  /** What standard error shows. */
  log: string;
}

/** Writes a file into a folder of its own, which is gone after the tests, and answers its path. */
export function temporaryFile(name: string, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-'));
  closing(() => rmSync(folder, { recursive: true }));
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** A manifest as a file. */
export function manifestFile(content: ManifestContent): string {
  return temporaryFile('keys.yaml', JSON.stringify({ version: 1, ...content }));
}

/**
 * Runs a command for a manifest with `--yes --json` in this process against a sandbox. Without other defaults the keys are the
 * one in the variable `FEED_KEY`, in one Region.
 */
export async function runAll<Document>(
  sandbox: Sandbox,
  content: ManifestContent,
  perform: (run: CommandRun, manifest: Manifest) => Promise<ExitCode>,
  options: InProcessOptions = {},
): Promise<{ code: number; json: Document; log: string }> {
  const { code, stdout, log } = await runWith(sandbox, content, perform, options);
  return { code, json: stdout === '' ? undefined : JSON.parse(stdout), log };
}

/** The same for what prints something else than JSON. */
export async function runWith(
  sandbox: Sandbox,
  { defaults, keys }: ManifestContent,
  perform: (run: CommandRun, manifest: Manifest) => Promise<ExitCode>,
  options: InProcessOptions = {},
): Promise<CommandResult> {
  const file = manifestFile({ defaults: { regions: [REGION], ...defaults }, keys: keys.map(withKey) });
  const manifest = await readManifest(file);
  return runInProcess(sandbox, (run) => perform(run, manifest), {
    env: { FEED_KEY: KEYS.aes256, OTHER_KEY: KEYS.other },
    ...options,
  });
}

/** Runs `setup --manifest`. */
export function setUpAll(
  sandbox: Sandbox,
  content: ManifestContent,
  {
    dryRun = false,
    restore = false,
    ...options
  }: InProcessOptions & { dryRun?: boolean; restore?: boolean } = {},
): Promise<BatchResult> {
  return runAll(
    sandbox,
    content,
    (run, manifest) => performSetupManifest(run, manifest, { dryRun, restore }),
    options,
  );
}

function withKey(entry: object): object {
  return 'key' in entry || 'secretArns' in entry ? entry : { key: { env: 'FEED_KEY' }, ...entry };
}

/** So many entries, named after their number. */
export function feeds(count: number, more: object = {}): { secretName: string }[] {
  return Array.from({ length: count }, (_, index) => ({ secretName: `live/feed-${index + 1}`, ...more }));
}
