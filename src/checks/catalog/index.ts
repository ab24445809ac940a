import { FLOW_CHECKS, FLOW_FIXES, ROUTER_FIXES } from './flow-checks.ts';
import { KMS_CHECKS, KMS_FIXES } from './kms-checks.ts';
import { POLICY_CHECKS, POLICY_FIXES } from './policy-checks.ts';
import { ROLE_CHECKS, ROLE_FIXES } from './role-checks.ts';
import { SECRET_CHECKS, SECRET_FIXES } from './secret-checks.ts';
import type { CheckSpec } from './spec.ts';

export type { CheckSpec } from './spec.ts';

/** All checks of `verify` and `status`. The ID starts with the kind of subject, up to the first hyphen. */
export const CHECKS = {
  ...SECRET_CHECKS,
  ...ROLE_CHECKS,
  ...POLICY_CHECKS,
  ...KMS_CHECKS,
  ...FLOW_CHECKS,
};

/** The fixes for the checks of secrets, roles and policies. */
export const fixes = { ...SECRET_FIXES, ...ROLE_FIXES, ...POLICY_FIXES, ...KMS_FIXES };

/** The fixes for the checks of flows, and of router inputs and outputs. */
export { FLOW_FIXES as flowFixes, ROUTER_FIXES as routerFixes };

export type CheckId = keyof typeof CHECKS;

type CheckWith<Member extends keyof CheckSpec> = {
  [Id in CheckId]: (typeof CHECKS)[Id] extends Record<Member, string> ? Id : never;
}[CheckId];

/** A check of `verify`. */
export type VerifyId = CheckWith<'asks'>;

/** A check of `status`. */
export type StatusId = CheckWith<'inStatus'>;

/** The detail of a check: a sentence, or a function that selects one of the check's texts. */
export type Detail<Id extends CheckId> = string | ((words: (typeof CHECKS)[Id]['words']) => string);

/** Returns the detail of a check as text. */
export function detailOf<Id extends CheckId>(id: Id, detail: Detail<Id>): string {
  return typeof detail === 'string' ? detail : detail(CHECKS[id].words);
}

/** Returns the detail of a check with an unknown result. All commands use it. */
export function cannotTell(id: CheckId, because: string): string {
  return `can't tell ${CHECKS[id].question}: ${because}`;
}

/** Returns true if `verify` shows the result of the check when it passed. */
export function isSummary(id: CheckId): boolean {
  const check: CheckSpec = CHECKS[id];
  return check.isSummary === true;
}

/** Returns true if an unknown result of the check doesn't affect the overall verdict. */
export function isInformational(id: CheckId): boolean {
  const check: CheckSpec = CHECKS[id];
  return check.isInformational === true;
}
