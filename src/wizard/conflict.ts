import { Interrupted } from '../failure.ts';
import { conflictLines } from '../report/plan.ts';
import type { Choice, Conflict } from '../report/types.ts';
import { wizardWords as words } from '../report/words/wizard.ts';
import type { CompleteAnswers, SetupAnswers } from '../steps/request.ts';
import { explain, type WizardContext } from './context.ts';
import { askPolicyName, askRoleName } from './names.ts';
import { askChoice } from './prompt.ts';
import { askSecretName } from './secret.ts';

/** Shows what is in the way and asks for one of the ways out. */
export async function resolveConflict(
  context: WizardContext,
  conflict: Conflict,
  answered: CompleteAnswers,
): Promise<CompleteAnswers> {
  context.output.say();
  for (const line of conflictLines(conflict)) context.output.say(line);
  const chosen = await askChoice<Choice['id'] | 'stop'>(words.conflict, [
    ...conflict.choices.map(({ id, text }) => ({ value: id, name: text })),
    { value: 'stop', name: words.stop },
  ]);
  if (chosen === 'stop') throw new Interrupted({ chosen: true });
  return { ...answered, answers: { ...answered.answers, ...(await answerTo(context, chosen)) } };
}

async function answerTo(context: WizardContext, chosen: Choice['id']): Promise<Partial<SetupAnswers>> {
  const ways: Record<Choice['id'], () => Promise<Partial<SetupAnswers>>> = {
    'keep-key': async () => ({ existingKey: 'keep' }),
    'replace-key': async () => ({ existingKey: 'replace' }),
    restore: () => askRestore(context),
    'update-trust': async () => ({ updateTrust: true }),
    'secret-name': async () => ({ secretName: await askSecretName(context) }),
    'policy-name': async () => ({ policyName: await askPolicyName(context) }),
    'role-name': async () => ({ roleName: await askRoleName(context) }),
    'policy-scope': askScope,
  };
  return ways[chosen]();
}

async function askRestore(context: WizardContext): Promise<Partial<SetupAnswers>> {
  // A secret that exists is used as it is, whatever it holds.
  if (context.answers.secretArns.length > 0) return { restore: true };
  explain(context, words.restoreThenWhy);
  const then = await askChoice<'compare' | 'keep' | 'replace'>(words.restoreThen, [
    { value: 'compare', name: words.restoreCompare },
    { value: 'keep', name: words.restoreKeep },
    { value: 'replace', name: words.restoreReplace },
  ]);
  return { restore: true, ...(then === 'compare' ? {} : { existingKey: then }) };
}

async function askScope(): Promise<Partial<SetupAnswers>> {
  const policyScope = await askChoice<'region' | 'account'>(words.scope, [
    { value: 'region', name: words.scopeRegion },
    { value: 'account', name: words.scopeAccount },
  ]);
  return { policyScope };
}
