import { kmsKeyRef } from '../aws/kms.ts';
import type { Identity } from '../aws/session.ts';
import {
  evaluateAccess,
  evaluateTrust,
  MEDIACONNECT_SERVICE,
  type PolicyDocument,
  tryParsePolicy,
} from '../policy/index.ts';
import { readRequests } from '../proof/reading.ts';
import { judgeTrust } from '../proof/trust.ts';
import type { StatusCheck, StatusVerdict } from '../report/status-types.ts';
import { statusWords as words } from '../report/words/status.ts';
import { onlyWhatMayConcern } from './naming.ts';
import type { SeenRole } from './roles.ts';
import type { SeenSecret } from './secrets.ts';

/** Whether the role lets MediaConnect in for flows in these Regions, and keeps those of other accounts out. Pure. */
export function judgeTrustOf({ arn, trust }: SeenRole, regions: string[], identity: Identity): StatusCheck[] {
  const check = (id: StatusCheck['id'], verdict: StatusVerdict, detail: string): StatusCheck => ({
    id,
    verdict,
    subject: arn,
    detail,
  });
  const judged = judgeTrust(trust, { sourceArns: [], regions }, identity);
  if (judged.verdict === 'unreadable') return [check('role-trust', 'failed', words.trustUnreadable)];
  if (judged.verdict === 'not-allowed') {
    return [check('role-trust', 'failed', words.notTrusted(judged.because))];
  }
  const trusted = judged.scope === 'narrower' ? words.trustedForSome : words.trusted;
  const guarded = !letsOthersIn(trust, identity);
  return [
    check('role-trust', 'ok', trusted),
    check('role-guard', guarded ? 'ok' : 'warning', guarded ? words.guarded : words.noGuard),
  ];
}

/**
 * Whether a flow of another account would be let in.
 * Source: IAM User Guide, "The confused deputy problem".
 */
function letsOthersIn(trust: string, { account, partition }: Identity): boolean {
  const document = tryParsePolicy(trust);
  const other = account === OTHER_ACCOUNT ? '000000000000' : OTHER_ACCOUNT;
  const flow = `arn:${partition}:mediaconnect:us-east-1:${other}:flow:1-AnyFlow:any`;
  const context = { 'aws:SourceAccount': other, 'aws:SourceArn': flow };
  const request = { service: MEDIACONNECT_SERVICE, context, unknownContext: ['aws:SourceOrg*'] };
  return document !== undefined && evaluateTrust(document, request).verdict === 'allowed';
}

const OTHER_ACCOUNT = '999999999999';

/** The policies of a role that allow something, parsed, and its permissions boundary. */
export interface RoleDocuments {
  policies: PolicyDocument[];
  boundary?: PolicyDocument;
}

/** The documents that decide what a role may do; the name of the first one that cannot be read as a policy. */
export function documentsOf({ found }: SeenRole): RoleDocuments | { unreadable: string } | undefined {
  if (!found) return undefined;
  const policies: PolicyDocument[] = [];
  for (const { name, document } of found.policies) {
    const parsed = tryParsePolicy(document);
    if (!parsed) return { unreadable: name };
    policies.push(parsed);
  }
  if (!found.boundary) return { policies };
  const boundary = tryParsePolicy(found.boundary.document ?? '');
  return boundary ? { policies, boundary } : { unreadable: found.boundary.arn };
}

/**
 * Whether the role may read the secret, by its own policies and its permissions boundary; the secret's resource policy and
 * the KMS key's policy are not looked at. Pure.
 */
export function judgeReading(
  { arn: roleArn }: SeenRole,
  { policies, boundary }: RoleDocuments,
  secret: SeenSecret,
  identity: Identity,
): StatusCheck {
  const { region, arn, kmsKeyId } = secret;
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, identity);
  const check = (verdict: StatusVerdict, detail: string): StatusCheck => ({
    id: 'role-reads-secret',
    verdict,
    subject: arn,
    detail,
  });
  const ofSecret = policies.map((policy) => onlyWhatMayConcern(policy, arn));
  for (const request of readRequests({ arn, region, ...(kmsKey ? { kmsKey } : {}) }, identity, roleArn)) {
    const { verdict, because } = evaluateAccess({
      // The KMS key that one of the requests is about has another ARN.
      identityPolicies: request.resource === arn ? ofSecret : policies,
      ...(boundary ? { permissionsBoundary: boundary } : {}),
      request,
    });
    if (verdict === 'denied') return check('failed', words.notReadable(request.action, because));
    if (verdict === 'cannot-tell') return check('cannot-tell', words.mayRead(because));
  }
  return check('ok', words.readable);
}
