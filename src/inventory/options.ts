import { reader } from '../options/option-reader.ts';
import * as rules from '../options/rules.ts';

/** The options of `status` as the parser returns them: text, not checked. */
export interface StatusOptions {
  region?: string[];
}

/** What `status` was asked for. */
export interface StatusAnswers {
  /** Where to look for secrets, each once; none means all Regions in which there may be some. */
  regions: string[];
}

/** Turns options into typed answers, and says everything that is wrong with them, a sentence each. */
export function readStatusAnswers(options: StatusOptions): { answers: StatusAnswers; problems: string[] } {
  const problems: string[] = [];
  const regions = reader(problems).list(options.region, rules.region, '--region');
  return { answers: { regions: [...new Set(regions)] }, problems };
}
