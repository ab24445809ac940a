import type { Command } from 'commander';
import { addManifestOption, manifestProblems } from '../../cli/batch/manifest-option.ts';
import { onRun, type Registration } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOption } from '../../cli/options.ts';
import { permissionsHelp } from './help.ts';
import { PERMISSION_COMMANDS, type PermissionCommand, takesConfiguredRegion } from './needs/types.ts';
import type { PermissionsOptions } from './options.ts';

/** An option that changes what a command needs: its flags, its words, and whether it can be given again. */
type OptionSpec = [flags: string, description: string, repeatable?: boolean];

const SECRET: OptionSpec[] = [
  ['--secret-name <name>', help.secretName],
  ['--secret-arn <arn...>', permissionsHelp.secretArn, true],
];
const KMS: OptionSpec = ['--kms-key-id <id>', help.kmsKeyId];
const POLICY: OptionSpec = ['--policy-name <name>', help.policyName];
const ROLE: OptionSpec = ['--role-name <name>', help.roleName];
const ROLE_ARN: OptionSpec = ['--role-arn <arn>', help.roleArn];
const DRY_RUN: OptionSpec = ['--dry-run', permissionsHelp.dryRun];
const REGION: OptionSpec = ['--region <region...>', permissionsHelp.region, true];
const ANY_REGION: OptionSpec = ['--region <region...>', permissionsHelp.anyRegion, true];

const OPTIONS: Record<PermissionCommand, OptionSpec[]> = {
  setup: [
    ...SECRET,
    REGION,
    KMS,
    POLICY,
    ROLE,
    ['--permissions-boundary <arn>', help.permissionsBoundary],
    ['--tag <tag...>', help.tag, true],
    ['--existing-key <answer>', help.existingKey],
    ['--restore', help.restore],
    ['--update-trust', help.updateTrust],
    DRY_RUN,
  ],
  verify: [...SECRET, REGION, KMS, ROLE, ROLE_ARN, ['--flow-arn <arn>', permissionsHelp.flowArn]],
  status: [ANY_REGION],
  rotate: [...SECRET, ANY_REGION, KMS, ROLE, ['--rollback', permissionsHelp.rollback], DRY_RUN],
  teardown: [
    ...SECRET,
    ANY_REGION,
    KMS,
    POLICY,
    ROLE,
    ['--include-untagged', permissionsHelp.includeUntagged],
    DRY_RUN,
  ],
  'create-flow': [ROLE, ROLE_ARN, ['--region <region...>', permissionsHelp.partitionRegion, true]],
};

/** Options that say how a manifest is gone about, or what is printed. */
const BESIDE_MANIFEST = ['--rollback', '--include-untagged', '--dry-run', '--optional', '--account-id'];

/** Adds the `permissions` command, which has one command for each that permissions can be printed for. */
export function addPermissions(program: Command, registration: Registration): void {
  const parent = program
    .command('permissions')
    .description(help.permissions)
    .addHelpText('before', permissionsHelp.examples)
    .helpCommand(false);
  for (const name of PERMISSION_COMMANDS) addOne(parent, name, registration);
}

function addOne(parent: Command, name: PermissionCommand, registration: Registration): void {
  const command = parent
    .command(name)
    .description(permissionsHelp.of[name])
    .addHelpText('before', permissionsHelp.examplesOf[name]);
  command.optionsGroup(permissionsHelp.title);
  for (const [flags, description, repeatable] of OPTIONS[name])
    addOption(command, flags, description, repeatable);
  addManifestOption(command);
  command.optionsGroup(permissionsHelp.outputTitle);
  if (name !== 'create-flow') addOption(command, '--optional', permissionsHelp.optional);
  addOption(command, '--account-id <id>', permissionsHelp.accountId);
  addCommonOptions(command);
  onRun<PermissionsOptions & { manifest?: string }>(command, registration, async (options, common) => {
    const { readPermissionsAnswers } = await import('./options.ts');
    const { answers, problems } = readPermissionsAnswers(name, options);
    const { manifest } = options;
    if (manifest !== undefined) {
      return {
        problems: [...manifestProblems(command, BESIDE_MANIFEST), ...problems],
        asksForRegion: false,
        run: async () => (await import('./batch.ts')).runPermissionsManifest(manifest, answers, common),
      };
    }
    return {
      problems,
      asksForRegion: takesConfiguredRegion(name) && !options.secretArn && !options.region,
      run: async () => (await import('./run.ts')).runPermissions(answers, common),
    };
  });
}
