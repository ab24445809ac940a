import { explain, type WizardContext } from '../../cli/questions/context.ts';
import { wizardWords as words } from '../../cli/questions/messages.ts';
import { DEFAULTS } from '../../defaults.ts';
import * as rules from '../../options/rules.ts';
import { sharedPrefix } from '../../steps/shared-prefix.ts';
import { askText } from '../../ui/prompt.ts';

export function askPolicyName(context: WizardContext): Promise<string> {
  return askName(context, words.policyName, words.policyNameWhy, DEFAULTS.policyName, rules.policyName);
}

/** Asks what the names of the secrets begin with, all of which those must that are known. */
export function askPolicyPrefix(context: WizardContext, names: string[]): Promise<string> {
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
