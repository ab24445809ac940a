import { DEFAULTS } from '../defaults.ts';
import type { CommandRun } from './run-command.ts';

/** Returns the Region of the AWS configuration as a list, empty where none is configured. In the sandbox it is the guide's example. */
export function configuredRegions({ aws, common }: Pick<CommandRun, 'aws' | 'common'>): string[] {
  const region = common.sandbox ? DEFAULTS.example.region : aws.settings.configuration?.region?.value;
  return region === undefined ? [] : [region];
}
