import type { Command } from 'commander';
import { type CommandSetup, onRun } from '../../cli/command.ts';
import { helpMessages as help } from '../../cli/help.ts';
import { addCommonOptions, addOptions, manifestProblems } from '../../cli/options.ts';
import { permissionsHelp } from './messages.ts';
import { PERMISSION_COMMANDS, type PermissionCommand, takesConfiguredRegion } from './needs/types.ts';
import type { PermissionsOptions } from './options.ts';

/** Adds the `permissions` command, with a subcommand for each command that it can print permissions for. */
export function addPermissions(program: Command, commandSetup: CommandSetup): void {
  const permissionsCommand = program
    .command('permissions')
    .description(help.permissions)
    .addHelpText('after', permissionsHelp.examples)
    .helpCommand(false);
  for (const name of PERMISSION_COMMANDS) addSubcommand(permissionsCommand, name, commandSetup);
}

function addSubcommand(parent: Command, name: PermissionCommand, commandSetup: CommandSetup): void {
  const command = parent
    .command(name)
    .description(permissionsHelp.of[name])
    .addHelpText('after', permissionsHelp.examplesOf[name]);
  addOptions(command, `permissions ${name}`, permissionsHelp.titles);
  addCommonOptions(command);
  onRun<PermissionsOptions>(command, commandSetup, async (options, common) => {
    const { readPermissionsValues } = await import('./options.ts');
    const { answers, problems } = readPermissionsValues(name, options);
    const { manifest } = options;
    if (manifest !== undefined) {
      return {
        problems: [...manifestProblems(command, `permissions ${name}`), ...problems],
        usesConfiguredRegion: false,
        run: async () => (await import('./batch.ts')).runPermissionsManifest(manifest, answers, common),
      };
    }
    return {
      problems,
      usesConfiguredRegion: takesConfiguredRegion(name) && !options.secretArn && !options.region,
      run: async () => (await import('./run.ts')).runPermissions(answers, common),
    };
  });
}
