import { isRegionName } from '../aws/arn.ts';
import { DEFAULTS } from '../defaults.ts';
import { configurationWords } from '../report/words/configuration.ts';
import type { CommandRun } from './command-run.ts';
import { usageFailure } from './usage.ts';

/**
 * The Region of the AWS configuration, as a list; empty where none is configured. In the sandbox, the guide's example.
 * @throws Failure when what is configured is no Region
 */
export function configuredRegions({ aws, common }: Pick<CommandRun, 'aws' | 'common'>): string[] {
  const region = common.sandbox
    ? { value: DEFAULTS.example.region, from: '--sandbox' }
    : aws.settings.configuration?.region;
  if (region === undefined) return [];
  if (!isRegionName(region.value)) throw usageFailure([configurationWords.wrongRegion(region.from)]);
  return [region.value];
}
