import { FLOW_CHECKS } from './flow-checks.ts';
import { ROLE_CHECKS } from './role-checks.ts';
import { SECRET_CHECKS } from './secret-checks.ts';
import type { CheckSpec } from './spec.ts';

export type { CheckSpec } from './spec.ts';

/** Every check of `verify` and `status`. What comes before the first hyphen of its ID says what it is about. */
export const CHECKS = { ...SECRET_CHECKS, ...ROLE_CHECKS, ...FLOW_CHECKS };

export type CheckId = keyof typeof CHECKS;

type CheckWith<Member extends keyof CheckSpec> = {
  [Id in CheckId]: (typeof CHECKS)[Id] extends Record<Member, string> ? Id : never;
}[CheckId];

/** A check of `verify`. */
export type VerifyId = CheckWith<'asks'>;

/** A check of `status`. */
export type StatusId = CheckWith<'inStatus'>;

/** What a check says: the sentence itself, or which of its words. */
export type Detail<Id extends CheckId> = string | ((words: (typeof CHECKS)[Id]['words']) => string);

/** Returns what a check says. */
export function detailOf<Id extends CheckId>(id: Id, detail: Detail<Id>): string {
  return typeof detail === 'string' ? detail : detail(CHECKS[id].words);
}

/** Returns what a check says of which the outcome is not known. */
export function cannotTell(id: CheckId, because: string): string {
  return `can't tell ${CHECKS[id].question}: ${because}`;
}

/** Returns whether a check decides nothing where it could not be looked at. */
export function isBeside(id: CheckId): boolean {
  const check: CheckSpec = CHECKS[id];
  return check.isBeside === true;
}
