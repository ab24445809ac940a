import type { Outcomes } from '../plan-types.ts';

/** What happened to resources, by their kind. */
type ByKind = Pick<Outcomes, 'secrets' | 'policies' | 'roles'>;

/** The resources of all kinds in one list. */
export function listed({ secrets = [], policies = [], roles = [] }: Partial<ByKind>) {
  return [...secrets, ...policies, ...roles];
}

/** What was changed, without what was found as it should be. */
export function changesIn(outcomes: ByKind): ByKind {
  return only(outcomes, ({ action }) => action !== 'kept');
}

/** What happened to resources that others do not tell of. */
export function apartFrom(others: Partial<ByKind>, outcomes: ByKind): ByKind {
  const known = new Set(listed(others).map(({ arn }) => arn));
  return only(outcomes, ({ arn }) => !known.has(arn));
}

function only(
  { secrets, policies, roles }: ByKind,
  isMeant: (outcome: { arn: string; action: string }) => boolean,
): ByKind {
  return {
    secrets: secrets.filter(isMeant),
    policies: policies.filter(isMeant),
    roles: roles.filter(isMeant),
  };
}
