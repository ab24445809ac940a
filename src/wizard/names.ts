import * as rules from '../aws/names.ts';
import { DEFAULTS } from '../defaults.ts';
import { wizardWords as words } from '../report/words/wizard.ts';
import { explain, type WizardContext } from './context.ts';
import { askText } from './prompt.ts';

export function askPolicyName(context: WizardContext): Promise<string> {
  return askName(context, words.policyName, words.policyNameWhy, DEFAULTS.policyName, rules.policyName);
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
