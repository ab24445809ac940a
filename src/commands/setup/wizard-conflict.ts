import { parseSecretArn } from '../../aws/arn.ts';
import { explain, type WizardContext } from '../../cli/questions/context.ts';
import { wizardWords as words } from '../../cli/questions/messages.ts';
import { askSecretName } from '../../cli/questions/secret.ts';
import { DEFAULTS } from '../../defaults.ts';
import { Interrupted } from '../../failure.ts';
import * as rules from '../../options/rules.ts';
import { sharedPrefix } from '../../options/rules.ts';
import { type CompleteAnswers, prefixOf, type SetupAnswers } from '../../options/setup-request.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import { conflictLines } from '../../ui/plan.ts';
import { askChoice, askText } from '../../ui/prompt.ts';

/** What changes nothing that is there already. */
const CHANGE_NOTHING_THERE: ReadonlySet<Choice['id']> = new Set([
  'keep-key',
  'secret-name',
  'policy-name',
  'role-name',
  'key-type',
]);

/** Shows what is in the way and asks for one of the ways out. */
export async function resolveConflict(
  context: WizardContext,
  conflict: Conflict,
  answered: CompleteAnswers,
): Promise<CompleteAnswers> {
  context.output.say();
  for (const line of conflictLines(conflict)) context.output.say(line);
  const options = conflict.choices.map(({ id, text }) => ({ value: id, name: text }));
  const isSafe = ({ value }: { value: Choice['id'] }) => CHANGE_NOTHING_THERE.has(value);
  const stop = { value: 'stop' as const, name: words.stop };
  const [safe, others] = [options.filter(isSafe), options.filter((option) => !isSafe(option))];
  // The first one is what Enter takes.
  const chosen = await askChoice<Choice['id'] | 'stop'>(
    words.conflict,
    safe.length > 0 ? [...safe, ...others, stop] : [stop, ...others],
  );
  if (chosen === 'stop') throw new Interrupted({ chosen: true });
  return {
    ...answered,
    answers: { ...answered.answers, ...(await answerTo({ ...context, answers: answered.answers }, chosen)) },
  };
}

async function answerTo(context: WizardContext, chosen: Choice['id']): Promise<Partial<SetupAnswers>> {
  const ways: Record<Choice['id'], () => Promise<Partial<SetupAnswers>>> = {
    'keep-key': async () => ({ existingKey: 'keep' }),
    'replace-key': async () => ({ existingKey: 'replace' }),
    restore: () => askRestore(context),
    'update-trust': async () => ({ updateTrust: true }),
    'secret-name': async () => ({ secretName: await askSecretName(context, prefixOf(context.answers)) }),
    'policy-name': async () => ({ policyName: await askPolicyName(context) }),
    'role-name': async () => ({ roleName: await askRoleName(context) }),
    'policy-prefix': async () => ({
      policyScope: 'prefix',
      policyPrefix: await askPolicyPrefix(context, secretNames(context.answers)),
    }),
    'policy-scope': askScope,
    'key-type': async () => ({ keyType: 'srt-password' }),
  };
  return ways[chosen]();
}

function secretNames({ secretName, secretArns }: SetupAnswers): string[] {
  const given = secretArns.flatMap((arn) => parseSecretArn(arn)?.name ?? []);
  return secretName === undefined ? given : [...given, secretName];
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

export function askPolicyName(context: WizardContext): Promise<string> {
  return askName(context, words.policyName, words.policyNameWhy, DEFAULTS.policyName, rules.policyName);
}

/** Asks what the names of the secrets begin with, all of which those must that are known. */
function askPolicyPrefix(context: WizardContext, names: string[]): Promise<string> {
  explain(context, words.prefixWhy);
  const check = (answer: string) =>
    rules.secretPrefix(answer, words.prefixSubject) ??
    (names.every((name) => name.startsWith(answer)) ? undefined : words.prefixOfOthers);
  return askText(words.prefix, sharedPrefix(names) ?? '', check, context.output.paint.red);
}

export function askRoleName(context: WizardContext): Promise<string> {
  return askName(context, words.roleName, words.roleNameWhy, DEFAULTS.roleName, rules.roleName);
}

export function askRoleDescription(context: WizardContext): Promise<string> {
  explain(context, words.roleDescriptionWhy);
  const check = (answer: string) => rules.roleDescription(answer, words.descriptionSubject);
  return askText(words.roleDescription, DEFAULTS.roleDescription, check, context.output.paint.red);
}

function askName(
  context: WizardContext,
  message: string,
  why: string,
  fallback: string,
  rule: rules.Rule,
): Promise<string> {
  explain(context, why);
  return askText(message, fallback, (answer) => rule(answer, words.nameSubject), context.output.paint.red);
}
