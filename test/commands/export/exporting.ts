import { buildTemplate } from '../../../src/commands/export/cloudformation/template.ts';
import { planExport } from '../../../src/commands/export/plan.ts';
import type { ExportPlan } from '../../../src/commands/export/types.ts';
import type { SetupAnswers } from '../../../src/options/setup-request.ts';
import { readAnswers, type SetupOptions } from '../../../src/options/setup-request.ts';
import { REGION } from '../../support/account.ts';
import type { TemplateLike } from './stack.ts';

/** What a key is asked for with; `existing` is what only a manifest can say. */
export type KeyWishes = SetupOptions & { existing?: boolean };

/** Some keys, each asked for with the flags of `setup`; without more it is `studio-a` in one Region. */
export function answersOf(...keys: KeyWishes[]): SetupAnswers[] {
  return keys.map(({ existing = false, ...options }) => {
    const named = options.secretArn ? {} : { secretName: 'studio-a', region: [REGION] };
    const { answers, problems } = readAnswers({ ...named, ...options });
    if (problems.length > 0) throw new Error(problems.join('\n'));
    return { ...answers, existing };
  });
}

/** What is exported for these keys. */
export function planOf(...keys: KeyWishes[]): ExportPlan {
  return planExport(answersOf(...keys));
}

/** The template for these keys, with the first Region for a home. */
export function templateOf(...keys: KeyWishes[]): TemplateLike {
  const plan = planOf(...keys);
  return JSON.parse(JSON.stringify(buildTemplate(plan, plan.regions[0] ?? '').template));
}
