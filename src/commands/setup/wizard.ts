import { policyArn } from '../../aws/arn.ts';
import { requestPolicy } from '../../aws/iam/policies.ts';
import { describeRole } from '../../aws/iam/roles.ts';
import { readSecret } from '../../aws/secrets/index.ts';
import type { ListedSecret } from '../../aws/secrets/listing.ts';
import { observed, seenIn } from '../../aws/session.ts';
import { askAccount, heading, type WizardContext, warn } from '../../cli/questions/context.ts';
import {
  type KeyDialog,
  keyOriginStep,
  keyTypeOf,
  keyTypeStep,
  newKeyStep,
} from '../../cli/questions/key.ts';
import { wizardMessages as messages } from '../../cli/questions/messages.ts';
import {
  askPolicyName,
  askRegions,
  askRoleName,
  askSecretName,
  chooseExisting,
  existingOrigin,
  listExisting,
} from '../../cli/questions/secret.ts';
import { DEFAULTS } from '../../defaults.ts';
import { loadKey } from '../../key/index.ts';
import { type CompleteAnswers, keyRules, prefixOf, type SetupAnswers } from '../../options/setup-request.ts';
import { clean } from '../../text.ts';
import { type DialogStep, runDialog, unlessBack } from '../../ui/dialog.ts';
import { askChoice } from '../../ui/prompt.ts';

/** The answers so far, and what the next questions need to know. */
interface SetupDialog extends KeyDialog<SetupAnswers> {
  /** The secrets that can be used instead of a new one. */
  existing: ListedSecret[];
  /** True if the names of the policy and the role are shown for approval. Otherwise, missing ones get the default. */
  asksForNames: boolean;
}

/** Asks for what the flags don't give, in the order of the AWS guide. */
export async function askMissing(context: WizardContext): Promise<CompleteAnswers> {
  // The key that the flags name is read first. If the key is invalid, the run ends before any question.
  const checked = await loadKeyOfFlags(context);
  await askAccount(context);
  const { answers } = context;
  const isComplete =
    answers.secretArns.length > 0 || (answers.regions.length > 0 && checked && answers.secretName);
  return askSteps(context, { answers, checked, existing: [], asksForNames: !isComplete });
}

async function loadKeyOfFlags(context: WizardContext): Promise<CompleteAnswers['checked']> {
  const { keySource } = context.answers;
  if (!keySource) return undefined;
  const { warnings, ...checked } = await loadKey(keySource, keyRules(context.answers), context.keyInput);
  warn(context, warnings);
  return checked;
}

async function askSteps(context: WizardContext, dialog: SetupDialog): Promise<CompleteAnswers> {
  const { answers, checked } = await runDialog(dialog, stepsOf(context));
  return { answers, checked };
}

/** Returns the questions, in their order. */
function stepsOf(context: WizardContext): DialogStep<SetupDialog>[] {
  const secretSteps: DialogStep<SetupDialog>[] = [
    {
      isNeeded: ({ answers }) => answers.regions.length === 0,
      ask: async (dialog) => ({
        ...dialog,
        answers: { ...dialog.answers, regions: await askRegions(context) },
      }),
    },
    keyTypeStep(),
    originStep(context),
    {
      isNeeded: ({ origin }) => origin === 'existing',
      async ask(dialog) {
        const { arn } = await chooseExisting(dialog.existing);
        return { ...dialog, answers: { ...dialog.answers, secretArns: [arn], regions: [] } };
      },
    },
    newKeyStep(context),
    {
      isNeeded: ({ answers }) => answers.secretName === undefined,
      async ask(dialog) {
        const secretName = await askNewSecretName(context, dialog);
        return { ...dialog, answers: { ...dialog.answers, secretName } };
      },
    },
  ];
  const isNew = ({ answers }: SetupDialog) => answers.secretArns.length === 0;
  return [
    ...secretSteps.map(({ isNeeded, ask }) => ({
      isNeeded: (dialog: SetupDialog) => isNew(dialog) && isNeeded(dialog),
      ask: (dialog: SetupDialog) => {
        heading(context, messages.stepOne);
        return ask(dialog);
      },
    })),
    namesStep(context),
  ];
}

/** The question where the key comes from, with the existing secrets of the Region as a choice. */
function originStep(context: WizardContext): DialogStep<SetupDialog> {
  const step = keyOriginStep<SetupAnswers, SetupDialog>(({ existing, answers }) =>
    existing.length > 0 ? [existingOrigin(existing, answers.regions[0] ?? '')] : [],
  );
  return {
    isNeeded: step.isNeeded,
    async ask(dialog) {
      const { answers } = dialog;
      const [region, ...otherRegions] = answers.regions;
      const canUseExisting = region !== undefined && otherRegions.length === 0 && !answers.secretName;
      const listed = canUseExisting ? await listExisting(context, region, prefixOf(answers)) : [];
      // A secret with the tag of the other key type holds no key for this protocol.
      const existing = listed.filter(({ keyType = keyTypeOf(answers) }) => keyType === keyTypeOf(answers));
      return step.ask({ ...dialog, existing });
    },
  };
}

/** Asks for the name of a new secret, which must be free in all Regions, unless the secret holds this very key. */
export function askNewSecretName(
  { aws }: WizardContext,
  { answers, checked }: CompleteAnswers,
): Promise<string> {
  return askSecretName(prefixOf(answers), async (name) => {
    // A flag says what is done about another key in the secret.
    if (answers.existingKey) return undefined;
    const secrets = await Promise.all(
      answers.regions.map(async (region) => seenIn(await observed(readSecret(aws, region, name, {})))),
    );
    const taken = secrets.find((secret) => {
      if (!secret || secret.deletedAt) return false;
      const { content } = secret;
      const holdsKey =
        content.kind === 'text' && checked && content.key.equals(checked.key, keyRules(answers).keyType);
      return !holdsKey;
    });
    return taken && messages.secretNameTaken(taken.name, taken.region);
  });
}

/** The question for the names of the policy and the role. */
function namesStep(context: WizardContext): DialogStep<SetupDialog> {
  return {
    isNeeded: ({ answers, asksForNames }) =>
      asksForNames && (answers.policyName === undefined || answers.roleName === undefined),
    async ask(dialog) {
      heading(context, messages.stepTwo);
      heading(context, messages.stepThree);
      let { policyName = DEFAULTS.policyName, roleName = DEFAULTS.roleName } = dialog.answers;
      for (;;) {
        await showNames(context, policyName, roleName);
        const answer = await askChoice<'yes' | 'policy' | 'role'>(messages.useNames, [
          { value: 'yes', name: messages.useNamesYes },
          { value: 'policy', name: messages.changePolicyName },
          { value: 'role', name: messages.changeRoleName },
        ]);
        if (answer === 'policy')
          policyName = (await unlessBack(() => askPolicyName(policyName))) ?? policyName;
        if (answer === 'role') roleName = (await unlessBack(() => askRoleName(roleName))) ?? roleName;
        if (answer === 'yes') return { ...dialog, answers: { ...dialog.answers, policyName, roleName } };
      }
    },
  };
}

/** Shows the names, and whether a policy or role with that name exists, as far as the caller may read that. */
async function showNames({ aws, output }: WizardContext, policyName: string, roleName: string) {
  const arn = policyArn(await aws.identity(), policyName);
  const [policy, role] = await Promise.all([
    observed(requestPolicy(aws, arn)),
    observed(describeRole(aws, roleName)),
  ]);
  const stateOf = (found: Awaited<typeof policy | typeof role>) => {
    if ('unseen' in found) return '';
    return found.seen ? messages.nameExists : messages.nameNew;
  };
  const length = Math.max(policyName.length, roleName.length);
  const lines = [
    messages.policyLine(clean(policyName).padEnd(length), stateOf(policy)),
    messages.roleLine(clean(roleName).padEnd(length), stateOf(role)),
  ];
  output.info();
  for (const line of lines) output.info(`  ${line}`.trimEnd());
  output.info();
}

/** An answer that can be changed in the plan. */
type ChangeableAnswer = 'regions' | 'key' | 'secret-name' | 'policy-name' | 'role-name';

/**
 * Asks which answer to change, asks for it anew, and for what depends on it.
 * @throws GoBack if the user returns to the plan
 */
export async function changeAnswer(
  context: WizardContext,
  current: CompleteAnswers,
): Promise<CompleteAnswers> {
  const isNew = current.answers.secretArns.length === 0;
  const askWhich = () =>
    askChoice<ChangeableAnswer>(messages.whichAnswer, [
      { value: 'regions', name: messages.changeRegions },
      ...(isNew ? [{ value: 'key' as const, name: messages.changeKey }] : []),
      ...(isNew ? [{ value: 'secret-name' as const, name: messages.changeSecretName }] : []),
      { value: 'policy-name', name: messages.changePolicyName },
      { value: 'role-name', name: messages.changeRoleName },
    ]);
  const { answers, checked } = await runDialog<CompleteAnswers & { chosen?: ChangeableAnswer }>(current, [
    { isNeeded: () => true, ask: async () => ({ ...current, chosen: await askWhich() }) },
    {
      isNeeded: ({ chosen }) => chosen !== undefined,
      ask: ({ chosen = 'regions' }) => askAnew(context, current, chosen),
    },
  ]);
  return { answers, checked };
}

async function askAnew(
  context: WizardContext,
  { answers, checked }: CompleteAnswers,
  chosen: ChangeableAnswer,
): Promise<CompleteAnswers> {
  const { policyName = DEFAULTS.policyName, roleName = DEFAULTS.roleName } = answers;
  // What was decided about a conflict with another resource doesn't apply to the next one.
  const { existingKey, restore, updateTrust } = context.answers;
  if (chosen === 'policy-name')
    return { answers: { ...answers, policyName: await askPolicyName(policyName) }, checked };
  if (chosen === 'role-name')
    return { answers: { ...answers, updateTrust, roleName: await askRoleName(roleName) }, checked };
  const cleared: Record<typeof chosen, Partial<SetupAnswers>> = {
    regions: { regions: [], secretArns: [] },
    key: { keyType: undefined, algorithm: undefined, keySource: undefined },
    'secret-name': { secretName: undefined },
  };
  return askSteps(context, {
    answers: { ...answers, existingKey, restore, policyName, roleName, ...cleared[chosen] },
    checked: chosen === 'key' ? undefined : checked,
    existing: [],
    asksForNames: false,
  });
}
