import { describeRole } from '../../aws/iam/roles.ts';
import { look, seenIn } from '../../aws/look.ts';
import { askAccount } from '../../cli/questions/account.ts';
import { heading, type WizardContext, warn } from '../../cli/questions/context.ts';
import { askKey } from '../../cli/questions/key.ts';
import { wizardWords as words } from '../../cli/questions/messages.ts';
import { askRegions } from '../../cli/questions/regions.ts';
import { askExisting, askSecretName } from '../../cli/questions/secret.ts';
import { loadKey } from '../../key/index.ts';
import { type CompleteAnswers, keyRules, prefixOf, type SetupAnswers } from '../../options/setup-request.ts';
import { plain } from '../../text.ts';
import { askPolicyName, askRoleDescription, askRoleName } from './wizard-conflict.ts';

export { confirm } from '../../cli/questions/context.ts';
export { resolveConflict } from './wizard-conflict.ts';

/** Asks what the flags left open, in the order of the AWS guide. */
export async function askMissing(context: WizardContext): Promise<CompleteAnswers> {
  // A key that the flags name is read first: if it is wrong, nothing needs to be asked.
  const early = await keyOfFlags(context);
  await askAccount(context);
  if (asksForSecret(context.answers, early)) heading(context, words.stepOne);
  const { answers, checked } = await askSecret(context, early);
  if (answers.policyName === undefined) heading(context, words.stepTwo);
  const policyName = answers.policyName ?? (await askPolicyName(context));
  if (answers.roleName === undefined || answers.roleDescription === undefined)
    heading(context, words.stepThree);
  const roleName = answers.roleName ?? (await askRoleName(context));
  // The description of a role that exists stays as it is.
  const roleDescription =
    answers.roleDescription ??
    ((await roleExists(context, roleName)) ? undefined : await askRoleDescription(context));
  const described = roleDescription === undefined ? {} : { roleDescription };
  return { answers: { ...answers, policyName, roleName, ...described }, ...(checked ? { checked } : {}) };
}

/** Whether a role of that name exists; false where that may not be looked at. */
async function roleExists({ aws, output }: WizardContext, name: string): Promise<boolean> {
  const role = seenIn(await look(describeRole(aws, name)));
  if (role) output.say(words.roleThere(plain(role.name)));
  return role !== undefined;
}

async function keyOfFlags(context: WizardContext): Promise<CompleteAnswers['checked']> {
  const { keySource } = context.answers;
  if (!keySource) return undefined;
  const { warnings, ...checked } = await loadKey(keySource, keyRules(context.answers), context.keyInput);
  warn(context, warnings);
  return checked;
}

function asksForSecret({ secretArns, regions, secretName }: SetupAnswers, early: CompleteAnswers['checked']) {
  return secretArns.length === 0 && (regions.length === 0 || !early || secretName === undefined);
}

async function askSecret(
  context: WizardContext,
  early: CompleteAnswers['checked'],
): Promise<CompleteAnswers> {
  if (context.answers.secretArns.length > 0) return { answers: context.answers };
  const regions = context.answers.regions.length > 0 ? context.answers.regions : await askRegions(context);
  let answers: SetupAnswers = { ...context.answers, regions };
  const [only] = regions;
  if (!early && answers.secretName === undefined && regions.length === 1 && only) {
    const arn = await askExisting(context, only, prefixOf(answers));
    if (arn) return { answers: { ...answers, secretArns: [arn], regions: [] } };
  }
  let checked = early;
  if (!checked) ({ answers, checked } = await askKey({ ...context, answers }));
  const secretName = answers.secretName ?? (await askSecretName(context, prefixOf(answers)));
  return { answers: { ...answers, secretName }, checked };
}
