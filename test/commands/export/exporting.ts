import { buildTemplate } from '../../../src/commands/export/cloudformation/template.ts';
import { planExport } from '../../../src/commands/export/plan.ts';
import type { ExportPlan } from '../../../src/commands/export/types.ts';
import type { SetupAnswers } from '../../../src/options/setup-request.ts';
import { readAnswers, type SetupOptions } from '../../../src/options/setup-request.ts';
import { REGION } from '../../support/account.ts';
import type { TemplateLike } from './stack.ts';

/** The options of a key. Only a manifest can set `existing`. */
export type KeyWishes = SetupOptions & { existing?: boolean };

/** Returns the answers for keys with these flags of `setup`. The default is `studio-a` in one Region. */
export function answersOf(...keys: KeyWishes[]): SetupAnswers[] {
  return keys.map(({ existing = false, ...options }) => {
    const named = options.secretArn ? {} : { secretName: 'studio-a', region: [REGION] };
    const { answers, problems } = readAnswers({ ...named, ...options });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return { ...answers, existing };
  });
}

/** Returns the export plan for these keys. */
export function planOf(...keys: KeyWishes[]): ExportPlan {
  return planExport(answersOf(...keys));
}

/** Returns the template for these keys, with the first Region as the home Region. */
export function templateOf(...keys: KeyWishes[]): TemplateLike {
  const plan = planOf(...keys);
  return JSON.parse(JSON.stringify(buildTemplate(plan, plan.regions[0] ?? '').template));
}
