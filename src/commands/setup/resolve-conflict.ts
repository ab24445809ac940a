import { parseSecretArn } from '../../aws/arn.ts';
import type { WizardContext } from '../../cli/questions/context.ts';
import { wizardMessages as messages } from '../../cli/questions/messages.ts';
import { askPolicyName, askRoleName } from '../../cli/questions/secret.ts';
import { DEFAULTS } from '../../defaults.ts';
import { Interrupted } from '../../failure.ts';
import * as rules from '../../options/rules.ts';
import type { CompleteAnswers, SetupAnswers } from '../../options/setup-request.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import { runDialog } from '../../ui/dialog.ts';
import { conflictLines } from '../../ui/plan.ts';
import { askChoice, askText } from '../../ui/prompt.ts';
import { askNewSecretName } from './wizard.ts';

/** Resolutions that don't change existing resources. */
const SAFE_RESOLUTIONS: ReadonlySet<Choice['id']> = new Set([
  'keep-key',
  'secret-name',
  'policy-name',
  'role-name',
  'key-type',
]);

/** Shows a conflict and asks for one of its resolutions, and for what that needs. */
export async function resolveConflict(
  context: WizardContext,
  conflict: Conflict,
  currentAnswers: CompleteAnswers,
): Promise<CompleteAnswers> {
  context.output.info();
  for (const line of conflictLines(conflict)) context.output.info(line);
  const options = conflict.choices.map(({ id, text }) => ({ value: id, name: text }));
  const stop = { value: 'stop' as const, name: messages.stop };
  const safeOptions = options.filter(({ value }) => SAFE_RESOLUTIONS.has(value));
  const otherOptions = options.filter(({ value }) => !SAFE_RESOLUTIONS.has(value));
  // Enter selects the first option.
  const allOptions =
    safeOptions.length > 0 ? [...safeOptions, ...otherOptions, stop] : [stop, ...otherOptions];
  let chosen: Choice['id'] | 'stop' = 'stop';
  return runDialog(currentAnswers, [
    {
      isNeeded: () => true,
      async ask() {
        chosen = await askChoice<typeof chosen>(messages.conflict, allOptions);
        return currentAnswers;
      },
    },
    {
      isNeeded: () => true,
      async ask() {
        if (chosen === 'stop') throw new Interrupted({ chosen: true });
        const changedAnswers = await answersFor(context, chosen, currentAnswers);
        return { ...currentAnswers, answers: { ...currentAnswers.answers, ...changedAnswers } };
      },
    },
  ]);
}

/** Asks for what a resolution needs, and returns the answers that it changes. */
async function answersFor(
  context: WizardContext,
  chosen: Choice['id'],
  current: CompleteAnswers,
): Promise<Partial<SetupAnswers>> {
  const { answers } = current;
  const answersByResolution: Record<Choice['id'], () => Promise<Partial<SetupAnswers>>> = {
    'keep-key': async () => ({ existingKey: 'keep' }),
    'replace-key': async () => ({ existingKey: 'replace' }),
    restore: () => askRestore(answers),
    'update-trust': async () => ({ updateTrust: true }),
    'secret-name': async () => ({ secretName: await askNewSecretName(context, current) }),
    'policy-name': async () => ({ policyName: await askPolicyName(DEFAULTS.policyName) }),
    'role-name': async () => ({ roleName: await askRoleName(DEFAULTS.roleName) }),
    'policy-prefix': async () => ({
      policyScope: 'prefix',
      policyPrefix: await askPolicyPrefix(secretNames(answers)),
    }),
    'policy-scope': askScope,
    'key-type': async () => ({ keyType: 'srt-password' }),
  };
  return answersByResolution[chosen]();
}

function secretNames({ secretName, secretArns }: SetupAnswers): string[] {
  const namesInArns = secretArns.flatMap((arn) => parseSecretArn(arn)?.name ?? []);
  return secretName === undefined ? namesInArns : [...namesInArns, secretName];
}

async function askRestore({ secretArns }: SetupAnswers): Promise<Partial<SetupAnswers>> {
  // An existing secret is used as is, whatever its value.
  if (secretArns.length > 0) return { restore: true };
  const existingKey = await askChoice<'compare' | 'keep' | 'replace'>(
    messages.restoreThen,
    [
      { value: 'compare', name: messages.restoreCompare },
      { value: 'keep', name: messages.restoreKeep },
      { value: 'replace', name: messages.restoreReplace },
    ],
    { hint: messages.restoreThenHint },
  );
  return { restore: true, existingKey: existingKey === 'compare' ? undefined : existingKey };
}

async function askScope(): Promise<Partial<SetupAnswers>> {
  const policyScope = await askChoice<'region' | 'account'>(messages.scope, [
    { value: 'region', name: messages.scopeRegion },
    { value: 'account', name: messages.scopeAccount },
  ]);
  return { policyScope };
}

/** Asks for a prefix with which all these secret names start. */
function askPolicyPrefix(names: string[]): Promise<string> {
  const check = (answer: string) =>
    rules.secretPrefixProblem(answer, messages.prefixSubject) ??
    (names.every((name) => name.startsWith(answer)) ? undefined : messages.prefixOfOthers);
  const fallback = rules.sharedPrefix(names) ?? '';
  return askText({ message: messages.prefix, hint: messages.prefixHint, fallback, check, checkTyped: check });
}
