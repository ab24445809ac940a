import { parseSecretArn } from '../../aws/arn.ts';
import { describeRole } from '../../aws/iam/roles.ts';
import { observed, seenIn } from '../../aws/session.ts';
import { askAccount, explain, heading, type WizardContext, warn } from '../../cli/questions/context.ts';
import { askKey } from '../../cli/questions/key.ts';
import { wizardMessages as messages } from '../../cli/questions/messages.ts';
import { askExisting, askRegions, askSecretName } from '../../cli/questions/secret.ts';
import { DEFAULTS } from '../../defaults.ts';
import { Interrupted } from '../../failure.ts';
import { loadKey } from '../../key/index.ts';
import * as rules from '../../options/rules.ts';
import { type CompleteAnswers, keyRules, prefixOf, type SetupAnswers } from '../../options/setup-request.ts';
import type { Choice, Conflict } from '../../plan-types.ts';
import { clean } from '../../text.ts';
import { conflictLines } from '../../ui/plan.ts';
import { askChoice, askText } from '../../ui/prompt.ts';

/** Asks for what the flags don't give, in the order of the AWS guide. */
export async function askMissing(context: WizardContext): Promise<CompleteAnswers> {
  // The key that the flags name is read first. If the key is invalid, the run ends before any question.
  const checkedFromFlags = await loadKeyOfFlags(context);
  await askAccount(context);
  if (asksForSecret(context.answers, checkedFromFlags)) heading(context, messages.stepOne);
  const { answers, checked } = await askSecret(context, checkedFromFlags);
  if (answers.policyName === undefined) heading(context, messages.stepTwo);
  const policyName = answers.policyName ?? (await askPolicyName(context));
  if (answers.roleName === undefined || answers.roleDescription === undefined)
    heading(context, messages.stepThree);
  const roleName = answers.roleName ?? (await askRoleName(context));
  // The description of an existing role stays the same.
  const roleDescription =
    answers.roleDescription ??
    ((await roleExists(context, roleName)) ? undefined : await askRoleDescription(context));
  return { answers: { ...answers, policyName, roleName, roleDescription }, checked };
}

/** Returns true if a role with that name exists and the caller may read it. */
async function roleExists({ aws, output }: WizardContext, name: string): Promise<boolean> {
  const role = seenIn(await observed(describeRole(aws, name)));
  if (role) output.info(messages.roleThere(clean(role.name)));
  return role !== undefined;
}

async function loadKeyOfFlags(context: WizardContext): Promise<CompleteAnswers['checked']> {
  const { keySource } = context.answers;
  if (!keySource) return undefined;
  const { warnings, ...checked } = await loadKey(keySource, keyRules(context.answers), context.keyInput);
  warn(context, warnings);
  return checked;
}

/** Returns true if anything about the secret is to be asked. */
function asksForSecret(
  { secretArns, regions, secretName }: SetupAnswers,
  checkedFromFlags: CompleteAnswers['checked'],
): boolean {
  return secretArns.length === 0 && (regions.length === 0 || !checkedFromFlags || secretName === undefined);
}

async function askSecret(
  context: WizardContext,
  checkedFromFlags: CompleteAnswers['checked'],
): Promise<CompleteAnswers> {
  if (context.answers.secretArns.length > 0) return { answers: context.answers };
  const regions = context.answers.regions.length > 0 ? context.answers.regions : await askRegions(context);
  let answers: SetupAnswers = { ...context.answers, regions };
  const [firstRegion] = regions;
  if (!checkedFromFlags && answers.secretName === undefined && regions.length === 1 && firstRegion) {
    const arn = await askExisting(context, firstRegion, prefixOf(answers));
    if (arn) return { answers: { ...answers, secretArns: [arn], regions: [] } };
  }
  let checked = checkedFromFlags;
  if (!checked) ({ answers, checked } = await askKey({ ...context, answers }));
  const secretName = answers.secretName ?? (await askSecretName(context, prefixOf(answers)));
  return { answers: { ...answers, secretName }, checked };
}

/** Resolutions that don't change existing resources. */
const SAFE_RESOLUTIONS: ReadonlySet<Choice['id']> = new Set([
  'keep-key',
  'secret-name',
  'policy-name',
  'role-name',
  'key-type',
]);

/** Shows a conflict and asks for one of its resolutions. */
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
  const chosen = await askChoice<Choice['id'] | 'stop'>(
    messages.conflict,
    safeOptions.length > 0 ? [...safeOptions, ...otherOptions, stop] : [stop, ...otherOptions],
  );
  if (chosen === 'stop') throw new Interrupted({ chosen: true });
  const { answers } = currentAnswers;
  const changedAnswers = await answersFor({ ...context, answers }, chosen);
  return { ...currentAnswers, answers: { ...answers, ...changedAnswers } };
}

/** Asks for what a resolution needs, and returns the answers that it changes. */
async function answersFor(context: WizardContext, chosen: Choice['id']): Promise<Partial<SetupAnswers>> {
  const answersByResolution: Record<Choice['id'], () => Promise<Partial<SetupAnswers>>> = {
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
  return answersByResolution[chosen]();
}

function secretNames({ secretName, secretArns }: SetupAnswers): string[] {
  const namesInArns = secretArns.flatMap((arn) => parseSecretArn(arn)?.name ?? []);
  return secretName === undefined ? namesInArns : [...namesInArns, secretName];
}

async function askRestore(context: WizardContext): Promise<Partial<SetupAnswers>> {
  // An existing secret is used as is, whatever its value.
  if (context.answers.secretArns.length > 0) return { restore: true };
  explain(context, messages.restoreThenWhy);
  const existingKey = await askChoice<'compare' | 'keep' | 'replace'>(messages.restoreThen, [
    { value: 'compare', name: messages.restoreCompare },
    { value: 'keep', name: messages.restoreKeep },
    { value: 'replace', name: messages.restoreReplace },
  ]);
  return { restore: true, existingKey: existingKey === 'compare' ? undefined : existingKey };
}

async function askScope(): Promise<Partial<SetupAnswers>> {
  const policyScope = await askChoice<'region' | 'account'>(messages.scope, [
    { value: 'region', name: messages.scopeRegion },
    { value: 'account', name: messages.scopeAccount },
  ]);
  return { policyScope };
}

function askPolicyName(context: WizardContext): Promise<string> {
  return askName(
    context,
    messages.policyName,
    messages.policyNameWhy,
    DEFAULTS.policyName,
    rules.policyNameProblem,
  );
}

/** Asks for a prefix with which all these secret names start. */
function askPolicyPrefix(context: WizardContext, names: string[]): Promise<string> {
  explain(context, messages.prefixWhy);
  const check = (answer: string) =>
    rules.secretPrefixProblem(answer, messages.prefixSubject) ??
    (names.every((name) => name.startsWith(answer)) ? undefined : messages.prefixOfOthers);
  return askText(messages.prefix, rules.sharedPrefix(names) ?? '', check, context.output.paint.red);
}

function askRoleName(context: WizardContext): Promise<string> {
  return askName(context, messages.roleName, messages.roleNameWhy, DEFAULTS.roleName, rules.roleNameProblem);
}

function askRoleDescription(context: WizardContext): Promise<string> {
  explain(context, messages.roleDescriptionWhy);
  const check = (answer: string) => rules.roleDescriptionProblem(answer, messages.descriptionSubject);
  return askText(messages.roleDescription, DEFAULTS.roleDescription, check, context.output.paint.red);
}

function askName(
  context: WizardContext,
  message: string,
  why: string,
  fallback: string,
  rule: rules.Rule,
): Promise<string> {
  explain(context, why);
  return askText(message, fallback, (answer) => rule(answer, messages.nameSubject), context.output.paint.red);
}
