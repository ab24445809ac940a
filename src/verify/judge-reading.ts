import { parseSecretArn } from '../aws/arn.ts';
import type { Identity } from '../aws/session.ts';
import { type KmsKeyRef, type PolicyDocument, parsePolicy, tryParsePolicy } from '../policy/index.ts';
import { type DecidingDocuments, type Refusal, refusalsOf } from '../proof/reading.ts';
import type { VerifyCheck, VerifyId } from '../report/verify-types.ts';
import type { SetUp } from '../report/words/commands.ts';
import { verifyWords as words } from '../report/words/verify.ts';
import { remedies } from '../report/words/verify-remedies.ts';
import { kmsKeyOf } from './judge-kms-key.ts';
import { type RoleWish, setUpOf } from './judge-role.ts';
import { seenIn } from './look.ts';
import { checksOf, type Making } from './make.ts';
import type { RoleSight, ThereRole } from './role-sight.ts';
import type { SecretSight, ThereSecret } from './secret-sight.ts';

type Role = RoleSight & ThereRole;
type Secret = SecretSight & ThereSecret;

/** What a check of reading is about, and what its remedy has to name. */
interface About {
  make: Making;
  setUp: SetUp;
}

/** Stands for a role that nothing but the secret's own policy could keep out. */
const ALL_ALLOWED = parsePolicy(
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }),
);

/**
 * Makes the judge of what a role may read, which says of a secret whether the role may read it: by its own policies, which
 * are parsed once for all secrets, and by the secret's. Pure.
 */
export function readingJudge(
  role: Role,
  { policyNames }: Pick<RoleWish, 'policyNames'>,
  identity: Identity,
): (secret: Secret, subject: string) => VerifyCheck[] {
  const own = ownDocuments(role);
  return (secret, subject) => [
    ...judgeOwnPolicies({ role, own, policyNames }, secret, subject, identity),
    ...judgeResourcePolicy(role, secret, subject, identity),
  ];
}

function judgeOwnPolicies(
  { role, own, policyNames }: { role: Role; own: DecidingDocuments | 'unreadable'; policyNames: string[] },
  secret: Secret,
  subject: string,
  identity: Identity,
): VerifyCheck[] {
  const { described, arn, target } = secret;
  const make = checksOf(subject, role.arn);
  const kmsKey = kmsKeyOf(secret, identity);
  const ids: VerifyId[] = ['role-reads-secret', ...(kmsKey ? (['role-decrypts-secret'] as const) : [])];
  const [hidden] = role.unseen;
  if (hidden) return ids.map((id) => make.unseen(id, hidden));
  if (own === 'unreadable') return [];
  // Without the description it is not known whether there is a KMS key.
  const unknown = 'unseen' in described ? [make.unseen('role-decrypts-secret', described.unseen)] : [];
  if (arn === undefined) {
    return 'unseen' in described ? [make.unseen('role-reads-secret', described.unseen), ...unknown] : [];
  }
  const allowing = allowPart(tryParsePolicy(seenIn(secret.resourcePolicy) ?? ''));
  const documents = { ...own, ...(allowing ? { resourcePolicy: allowing } : {}) };
  const readable = { arn, region: target.region, ...(kmsKey ? { kmsKey } : {}) };
  const refusals = refusalsOf(readable, documents, role.arn, identity);
  const name = parseSecretArn(arn)?.name ?? '';
  const secrets = [{ arn, keyType: target.keyType }];
  const manifest = target.manifest?.path;
  const about = { make, setUp: setUpOf(role, { secrets, policyNames, manifest }) };
  const [ofKey, ofSecret] = [refusals.filter(isOfKey), refusals.filter((each) => !isOfKey(each))];
  return [
    conclude(about, 'role-reads-secret', ofSecret, words.mayRead(name, target.region)),
    ...unknown,
    ...(kmsKey ? [judgeDecrypting(secret, kmsKey, about, ofKey, words.mayDecrypt(name, target.region))] : []),
  ];
}

/** A policy may name the key by its ARN, which an alias alone does not tell. */
function judgeDecrypting(
  { kmsKey: look }: ThereSecret,
  named: KmsKeyRef,
  about: About,
  refusals: Refusal[],
  allowed: string,
): VerifyCheck {
  const hidden = look && 'unseen' in look && named.kind === 'alias' && refusals.length > 0;
  return hidden
    ? about.make.unseen('role-decrypts-secret', look.unseen)
    : conclude(about, 'role-decrypts-secret', refusals, allowed);
}

function isOfKey({ action }: Refusal): boolean {
  return action.startsWith('kms:');
}

function conclude({ make, setUp }: About, id: VerifyId, refusals: Refusal[], allowed: string): VerifyCheck {
  const denied = refusals.filter((refusal) => refusal.verdict === 'denied');
  const [first] = denied.length > 0 ? denied : refusals;
  if (!first) return make.ok(id, allowed);
  if (denied.length === 0) return make.open(id, first.because);
  const actions = denied.map(({ action }) => action);
  const explicit = / denies it$|permissions boundary/.test(first.because);
  const remedy = explicit ? remedies.takeOut(first.because) : remedies.setUp(setUp);
  return make.failed(id, words.mayNot(actions, first.because), remedy);
}

/** The role's policies and boundary, parsed. One that cannot be read is told by the checks of the policies. */
function ownDocuments({ policies, boundary }: Role): DecidingDocuments | 'unreadable' {
  const parsed = policies.flatMap(({ document }) => tryParsePolicy(document) ?? []);
  const limit = boundary && tryParsePolicy(seenIn(boundary.document) ?? '');
  if (parsed.length < policies.length || (boundary && !limit)) return 'unreadable';
  return {
    identityPolicies: parsed,
    identityNames: policies.map(({ name }) => name),
    ...(limit ? { permissionsBoundary: limit } : {}),
  };
}

/** What a secret's policy forbids has a check of its own. */
function allowPart(document: PolicyDocument | undefined): PolicyDocument | undefined {
  return (
    document && { ...document, statements: document.statements.filter(({ effect }) => effect === 'Allow') }
  );
}

function judgeResourcePolicy(role: Role, secret: Secret, subject: string, identity: Identity): VerifyCheck[] {
  const { ok, failed, unseen, open } = checksOf(subject);
  const { resourcePolicy: policy, arn, target } = secret;
  if (!policy) return [];
  if ('unseen' in policy) return [unseen('secret-resource-policy', policy.unseen)];
  if (policy.seen === undefined) return [ok('secret-resource-policy', words.noResourcePolicy)];
  const document = tryParsePolicy(policy.seen);
  if (!document || arn === undefined) return [open('secret-resource-policy', words.policyNotUnderstood)];
  const documents = { identityPolicies: [ALL_ALLOWED], resourcePolicy: document };
  const [refusal] = refusalsOf({ arn, region: target.region }, documents, role.arn, identity);
  if (!refusal) return [ok('secret-resource-policy', words.resourcePolicyLets)];
  return refusal.verdict === 'denied'
    ? [
        failed(
          'secret-resource-policy',
          words.mayNot([refusal.action], refusal.because),
          remedies.resourcePolicy(arn, target.region),
        ),
      ]
    : [open('secret-resource-policy', refusal.because)];
}
