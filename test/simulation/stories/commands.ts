import { Chalk } from 'chalk';
import type { createClients } from '../../../src/aws/clients.ts';
import { homeRegionAmong } from '../../../src/aws/regions.ts';
import { openAws } from '../../../src/aws/session.ts';
import { exitCodeOf, reportFailure } from '../../../src/cli/failure-output.ts';
import type { CommandRun } from '../../../src/cli/run-command.ts';
import { performExportManifest } from '../../../src/commands/export/manifest/run.ts';
import { readRotateAnswers } from '../../../src/commands/rotate/options.ts';
import { performRotate } from '../../../src/commands/rotate/run.ts';
import { performSetupManifest } from '../../../src/commands/setup/batch.ts';
import { performSetup } from '../../../src/commands/setup/run.ts';
import { readTeardownAnswers } from '../../../src/commands/teardown/options.ts';
import { performTeardown } from '../../../src/commands/teardown/run.ts';
import { EXIT, type ExitCode, Failure, Interrupted } from '../../../src/failure.ts';
import { asManifest, parseManifest } from '../../../src/manifest/index.ts';
import { readAnswers, type SetupOptions } from '../../../src/options/setup-request.ts';
import type { SandboxState } from '../../../src/sandbox/sandbox-state.ts';
import type { Output } from '../../../src/ui/output.ts';
import type { Run } from '../run.ts';
import { accountOrThrow } from '../world/delivery.ts';
import type {
  Command,
  KmsKind,
  ManifestCommand,
  RotateCommand,
  SetupCommand,
  TeardownCommand,
} from './story.ts';
import { ACCOUNT, KEYS, KMS_ALIAS, KMS_ID, longName, OTHER_ACCOUNT, REGIONS } from './vocabulary.ts';

/** Creates the clients of a run. */
export type MakeClients = typeof createClients;

const paint = new Chalk({ level: 0 });

/** Runs a command as the program does, without its arguments, environment and streams. Never rejects. */
export async function carryOut(
  sandbox: SandboxState,
  run: Run,
  command: Command,
  makeClients: MakeClients,
): Promise<void> {
  const write = (text = '') => {
    run.log += `${text}\n`;
  };
  const output: Output = {
    options: { json: false, quiet: false, debug: false, color: false },
    paint,
    paintResult: paint,
    width: 80,
    resultWidth: 80,
    result: write,
    prose: (text) => text,
    command: (text) => text,
    info: write,
    warn: write,
  };
  const { signal: interrupt } = run.controller;
  const homeRegion = homeRegionAmong(regionsIn(command)) ?? REGIONS[0];
  const { credentials } = sandbox.accessKeys.userKey;
  const aws = openAws({ homeRegion, credentials }, interrupt, undefined, makeClients);
  const commandRun: CommandRun = {
    common: { sandbox: false, yes: true, input: false, ...output.options },
    aws,
    output,
    progress: {
      start: write,
      count: () => undefined,
      wait: () => undefined,
      done: write,
      printBetween: (print) => print(),
      stop: () => undefined,
    },
    interrupt,
    outcomes: { secrets: [], policies: [], roles: [] },
    keyInput: { stdin: process.stdin, env: { ...KEYS }, interrupt },
    interactive: false,
  };
  try {
    run.code = await perform(sandbox, run, command, commandRun);
  } catch (error) {
    reportFailure(output, error, commandRun.outcomes);
    run.code = exitCodeOf(error);
    run.defect = !(error instanceof Failure || error instanceof Interrupted);
    if (run.defect) run.log += `${error instanceof Error ? (error.stack ?? error.message) : error}`;
  } finally {
    aws.clients.close();
  }
}

async function perform(
  sandbox: SandboxState,
  run: Run,
  command: Command,
  commandRun: CommandRun,
): Promise<ExitCode> {
  switch (command.kind) {
    case 'setup': {
      const answers = accepted(readAnswers(setupOptions(sandbox, command)));
      await performSetup({ ...commandRun, answers });
      return EXIT.done;
    }
    case 'manifest':
      return setUpFrom(commandRun, JSON.stringify(manifestOf(sandbox, command)));
    case 'rotate':
      return performRotate({ ...commandRun, answers: accepted(readRotateAnswers(rotateOptions(command))) });
    case 'teardown':
      return performTeardown({
        ...commandRun,
        answers: accepted(readTeardownAnswers(teardownOptions(command))),
      });
    case 'export': {
      const begun = run.log.length;
      const printed: string[] = [];
      const output = { ...commandRun.output, result: (text: string) => void printed.push(text) };
      await performExportManifest({ ...commandRun, output }, { regions: [...REGIONS] }, { force: false });
      run.log = `${run.log.slice(0, begun)}${printed.join('\n')}\n`;
      if (/^keys: \[\]/m.test(printed.join('\n'))) return EXIT.done;
      return setUpFrom(commandRun, printed.join('\n'));
    }
  }
}

async function setUpFrom(run: CommandRun, text: string): Promise<ExitCode> {
  const manifest = await parseManifest(text, 'keys.yaml');
  return asManifest(() => performSetupManifest(run, manifest, { dryRun: false, restore: false }));
}

/** @throws Error for a story whose command has invalid options */
function accepted<T>({ answers, problems }: { answers: T; problems: string[] }): T {
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return answers;
}

/** Returns the Regions that a command names. */
export function regionsIn(command: Command): string[] {
  if (command.kind === 'export') return [...REGIONS];
  if (command.kind === 'manifest') return command.keys.flatMap(({ regions }) => regions);
  return [...command.regions];
}

type SetupKey = Omit<SetupCommand, 'kind'>;

function setupOptions(sandbox: SandboxState, command: SetupKey): SetupOptions {
  const { secret, regions, key, policy, scope, role, existingKey, restore, updateTrust, kms, sourceArns } =
    command;
  const name = longName(secret);
  const place =
    key === 'arn'
      ? { secretArn: regions.map((region) => arnOf(sandbox, region, name)) }
      : {
          secretName: name,
          region: [...regions],
          ...(key === 'generate' ? { generate: 'aes256' } : { keyEnv: key }),
          ...(kms ? { kmsKeyId: kmsId(kms, regions[0] ?? REGIONS[0] ?? '') } : {}),
        };
  return {
    ...place,
    policyName: policy,
    roleName: role,
    ...(scope === 'secrets' ? {} : { policyScope: scope }),
    ...(scope === 'prefix' ? { policyPrefix: name.slice(0, 1) } : {}),
    ...(existingKey ? { existingKey } : {}),
    ...(restore ? { restore } : {}),
    ...(updateTrust ? { updateTrust } : {}),
    ...(sourceArns ? { sourceArn: regions.flatMap((region) => sourceArnsOf(sourceArns, region)) } : {}),
  };
}

function sourceArnsOf(count: number, region: string): string[] {
  return Array.from(
    { length: count },
    (_, index) =>
      `arn:aws:mediaconnect:${region}:${ACCOUNT}:flow:1-${String(index).padStart(16, 'A')}:flow-${index}`,
  );
}

/** Returns the ARN of the secret with a name, or an ARN of no secret if there is none. */
function arnOf(sandbox: SandboxState, region: string, name: string): string {
  const secret = accountOrThrow(sandbox, region).secretsIn(region).byName(name, sandbox.now());
  return secret?.arn ?? `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:${name}-Absent`;
}

/** Returns the ARN of a KMS key or alias. */
export function kmsId(kind: KmsKind, region: string): string {
  const account = kind.startsWith('foreign') ? OTHER_ACCOUNT : ACCOUNT;
  const resource = kind.endsWith('alias') ? KMS_ALIAS : `key/${KMS_ID}`;
  return `arn:aws:kms:${region}:${account}:${resource}`;
}

function manifestOf(sandbox: SandboxState, { keys }: ManifestCommand): object {
  return {
    version: 1,
    keys: keys.map((key) => {
      const { secret, regions, policy, scope, role, existingKey, restore, updateTrust, kms } = key;
      const name = longName(secret);
      const place =
        key.key === 'arn'
          ? { secretArns: regions.map((region) => arnOf(sandbox, region, name)) }
          : {
              secretName: name,
              regions,
              key: key.key === 'generate' ? { generate: 'aes256' } : { env: key.key },
              ...(kms ? { kmsKeyId: kmsId(kms, regions[0] ?? '') } : {}),
            };
      return {
        ...place,
        policyName: policy,
        roleName: role,
        ...(scope === 'secrets' ? {} : { policyScope: scope }),
        ...(scope === 'prefix' ? { policyPrefix: name.slice(0, 1) } : {}),
        ...(existingKey ? { existingKey } : {}),
        ...(restore ? { restore } : {}),
        ...(updateTrust ? { updateTrust } : {}),
      };
    }),
  };
}

function rotateOptions({ secret, regions, key, role }: RotateCommand) {
  const source =
    key === 'rollback' ? { rollback: true } : key === 'generate' ? { generate: 'aes256' } : { keyEnv: key };
  return { secretName: longName(secret), region: [...regions], roleName: role, ...source };
}

function teardownOptions({ secret, regions, policy, role, includeUntagged }: TeardownCommand) {
  return {
    secretName: longName(secret),
    region: [...regions],
    policyName: policy,
    roleName: role,
    ...(includeUntagged ? { includeUntagged } : {}),
  };
}
