import type { Identity } from '../../aws/session.ts';
import { evaluateAccess, type PolicyDocument, READ_ACTIONS } from '../../policy/index.ts';
import { requestsForReading, withTime } from './read-requests.ts';

/** Additional actions that a read policy may allow. They reveal nothing beyond the four read actions, and change nothing. */
const HARMLESS = /^(secretsmanager:(get|list|describe|batchget)[\w*?]*|kms:(decrypt|describekey))$/;

/**
 * Returns the actions that a policy allows and that reading secrets doesn't require, as the policy names them; `*` for
 * `NotAction`. Empty for a policy that only reads. Pure.
 */
export function furtherActions({ statements }: PolicyDocument): string[] {
  const allowing = statements.filter(({ effect }) => effect === 'Allow');
  const allowedActions = allowing.flatMap(({ actions }) => (actions.negated ? ['*'] : actions.values));
  const reads = new Set(READ_ACTIONS.map((action) => action.toLowerCase()));
  return [...new Set(allowedActions)].filter((action) => {
    const lower = action.toLowerCase();
    return !reads.has(lower) && !HARMLESS.test(lower);
  });
}

/** Names that no policy is written for. They have no common prefix, so a pattern for one letter can't match both. */
const UNRELATED_NAMES = ['another-feed-7Qx2Zk/9', '7Qx2Zk.9/feed-of-another'];

/** Returns true if a policy by itself allows reading any secret of the Region, regardless of its name. Pure. */
export function readsAnySecret(document: PolicyDocument, region: string, identity: Identity): boolean {
  const { partition, account } = identity;
  return UNRELATED_NAMES.every((name) => {
    const arn = `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-a1B2c3`;
    return requestsForReading({ arn, region }, identity).some(
      (request) =>
        evaluateAccess({ identityPolicies: [document], request: withTime(request) }).verdict === 'allowed',
    );
  });
}

/**
 * Returns what a policy allows beyond reading its secrets: the first action that reading doesn't require, if any, and whether it
 * allows reading any secret of one of the Regions. Pure.
 */
export function checkExcess(document: PolicyDocument, regions: string[], identity: Identity) {
  const [furtherAction] = furtherActions(document);
  return {
    furtherAction,
    allowsAnySecret: regions.some((region) => readsAnySecret(document, region, identity)),
  };
}
