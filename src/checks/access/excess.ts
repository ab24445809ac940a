import type { Identity } from '../../aws/session.ts';
import { evaluateAccess, type PolicyDocument, READ_ACTIONS } from '../../policy/index.ts';
import { readRequests, withTime } from './read-requests.ts';

/** Actions that a policy for reading may have besides: they show nothing that the four do not, and change nothing. */
const HARMLESS = /^(secretsmanager:(get|list|describe|batchget)[\w*?]*|kms:(decrypt|describekey))$/;

/**
 * What a policy allows that reading secrets does not take: actions as it names them, `*` for one that allows all but some.
 * Empty for a policy that only reads. Pure.
 */
export function furtherActions({ statements }: PolicyDocument): string[] {
  const allowing = statements.filter(({ effect }) => effect === 'Allow');
  const named = allowing.flatMap(({ actions }) => (actions.negated ? ['*'] : actions.values));
  const reads = new Set(READ_ACTIONS.map((action) => action.toLowerCase()));
  return [...new Set(named)].filter((action) => {
    const lower = action.toLowerCase();
    return !reads.has(lower) && !HARMLESS.test(lower);
  });
}

/** Names that no policy is made for. They have no beginning in common, so that one of a single letter does not take in both. */
const UNHEARD_OF = ['another-feed-7Qx2Zk/9', '7Qx2Zk.9/feed-of-another'];

/** Whether a policy by itself allows reading any secret of the Region, whatever its name. Pure. */
export function readsAnySecret(document: PolicyDocument, region: string, identity: Identity): boolean {
  const { partition, account } = identity;
  return UNHEARD_OF.every((name) => {
    const arn = `arn:${partition}:secretsmanager:${region}:${account}:secret:${name}-a1B2c3`;
    return readRequests({ arn, region }, identity).some(
      (request) =>
        evaluateAccess({ identityPolicies: [document], request: withTime(request) }).verdict === 'allowed',
    );
  });
}

/** What a policy allows beyond reading the secrets that are meant. */
export interface Excess {
  /** The first action that reading does not take. */
  further?: string;
  /** Whether it allows reading any secret, whatever its name. */
  anySecret: boolean;
}

/** Checks whether a policy allows more than it has to, in any of the Regions. Pure. */
export function checkExcess(document: PolicyDocument, regions: string[], identity: Identity): Excess {
  const [further] = furtherActions(document);
  const anySecret = regions.some((region) => readsAnySecret(document, region, identity));
  return further === undefined ? { anySecret } : { further, anySecret };
}
