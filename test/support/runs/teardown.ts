import {
  type ManifestTeardownOptions,
  performTeardownManifest,
} from '../../../src/commands/teardown/batch.ts';
import { readTeardownAnswers, type TeardownOptions } from '../../../src/commands/teardown/options.ts';
import { performTeardown } from '../../../src/commands/teardown/run.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { FAR_REGION, REGION } from '../account.ts';
import { type InProcessOptions, runInProcess } from './command.ts';
import { type FleetDocument, type ManifestContent, runAll } from './manifest.ts';
import type { SetupDocument } from './setup.ts';

interface TornDownResource {
  name: string;
  arn: string;
  action: string;
}

export interface TeardownDocument extends Pick<SetupDocument, 'error' | 'completed' | 'dryRun'> {
  secrets: (TornDownResource & { region: string; deletionDate?: string })[];
  policies: TornDownResource[];
  role?: TornDownResource;
  undo: string;
}

export interface TeardownResult {
  code: number;
  json: TeardownDocument;
  log: string;
}

/**
 * Runs `teardown --yes --json` for `studio-a` in this process, in the two Regions that tests use; with `region: []` it looks
 * for the secret in every Region, which takes longer.
 */
export async function tearDown(
  sandbox: Sandbox,
  options: TeardownOptions = {},
  inProcess: InProcessOptions = {},
): Promise<TeardownResult> {
  const meant = options.secretArn ? {} : { secretName: 'studio-a', region: [REGION, FAR_REGION] };
  const { answers, problems } = readTeardownAnswers({ ...meant, ...options });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const { code, stdout, log } = await runInProcess(
    sandbox,
    (run) => performTeardown({ ...run, answers }),
    inProcess,
  );
  return { code, json: JSON.parse(stdout), log };
}

/** The JSON document of a teardown by a manifest. */
export interface FleetTeardownDocument extends Omit<FleetDocument, 'secrets'> {
  secrets: (FleetDocument['secrets'][number] & { deletionDate?: string })[];
  undo?: string;
}

/** Runs `teardown --manifest --yes --json` in this process. */
export function tearDownAll(
  sandbox: Sandbox,
  content: ManifestContent,
  {
    dryRun = false,
    recoveryDays = 30,
    includeUntagged = false,
    ...options
  }: InProcessOptions & Partial<ManifestTeardownOptions> = {},
): Promise<{ code: number; json: FleetTeardownDocument; log: string }> {
  const how = { dryRun, recoveryDays, includeUntagged };
  return runAll(sandbox, content, (run, manifest) => performTeardownManifest(run, manifest, how), options);
}
