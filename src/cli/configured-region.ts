import { region as regionRule } from '../aws/names.ts';
import { DEFAULTS } from '../defaults.ts';
import { inputWords } from '../report/words/input.ts';
import type { CommandRun } from './command-run.ts';
import { usageFailure } from './usage.ts';

/**
 * The Region of the AWS configuration, as a list; empty where none is configured. In the sandbox, the guide's example.
 * @throws Failure when a profile names something that is no Region
 */
export async function configuredRegions({
  aws,
  common,
}: Pick<CommandRun, 'aws' | 'common'>): Promise<string[]> {
  const region = common.sandbox ? DEFAULTS.example.region : await aws.clients.configuredRegion();
  if (region === undefined) return [];
  const wrong = regionRule(region, inputWords.profileRegion);
  if (wrong) throw usageFailure([wrong]);
  return [region];
}
