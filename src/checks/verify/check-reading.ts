import { parseArn, parseSecretArn } from '../../aws/arn.ts';
import type { Identity } from '../../aws/session.ts';
import { type Observed, seenIn } from '../../aws/session.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { Failure, Fix } from '../../failure.ts';
import {
  DECRYPT_ACTION,
  isReadPolicyShape,
  readJsonPolicy,
  secretsManagerEndpoint,
  tryParsePolicy,
} from '../../policy/index.ts';
import type { SetUp } from '../../ui/commands.ts';
import type { Decryption } from '../access/decryption.ts';
import { decryptionByCustomerKeys } from '../access/encryption.ts';
import {
  type DecidingDocuments,
  type Refusal,
  refusalsOf,
  type SecretDocuments,
} from '../access/read-access.ts';
import type { VerifyId } from '../catalog/index.ts';
import { CHECKS } from '../catalog/index.ts';
import { checkResourcePolicy, type Role, type Secret } from './check-resource-policy.ts';
import { type RoleSpec, setUpOf } from './check-role.ts';
import { fixes } from './fixes.ts';
import type { PresentSecret } from './observe/secret.ts';
import type { VerifyCheck } from './result.ts';
import { type CheckMaker, checksOf } from './result.ts';

/** What a check of read access is about, and what its fix has to name. */
interface About {
  make: CheckMaker;
  setUp: SetUp;
}

/**
 * Returns a function that checks whether the role may read a secret, based on the role's own policies and the secret's policy.
 * The role's policies are parsed once for all secrets. Pure.
 */
export function readingChecker(
  role: Role,
  { policyNames }: Pick<RoleSpec, 'policyNames'>,
  identity: Identity,
): (secret: Secret, subject: string) => VerifyCheck[] {
  const own = ownDocuments(role);
  return (secret, subject) => [
    ...checkOwnPolicies({ role, own, policyNames }, secret, subject, identity),
    ...checkResourcePolicy(role, secret, subject, identity),
  ];
}

function checkOwnPolicies(
  { role, own, policyNames }: { role: Role; own: DecidingDocuments | 'unreadable'; policyNames: string[] },
  secret: Secret,
  subject: string,
  identity: Identity,
): VerifyCheck[] {
  const { described, arn, target } = secret;
  const make = checksOf(subject, role.arn);
  const keys = keysInUse(secret);
  const versionKeys = secret.decryption?.versionKeys;
  const isEncrypted = keys.length > 0 || (versionKeys !== undefined && 'unseen' in versionKeys);
  const ids: VerifyId[] = ['role-reads-secret', ...(isEncrypted ? (['role-decrypts-secret'] as const) : [])];
  const [hidden] = role.unseen;
  if (hidden) return ids.map((id) => make.unseen(id, hidden));
  if (own === 'unreadable') return [];
  // Without the description, it is unknown whether there is a KMS key.
  const unknown = 'unseen' in described ? [make.unseen('role-decrypts-secret', described.unseen)] : [];
  if (arn === undefined) {
    return 'unseen' in described ? [make.unseen('role-reads-secret', described.unseen), ...unknown] : [];
  }
  const { refusals, hiddenPolicy } = ownRefusals({ own, roleArn: role.arn }, { ...secret, arn }, identity);
  const name = parseSecretArn(arn)?.name ?? '';
  const secrets = [{ arn, keyType: target.keyType }];
  const manifest = target.manifest?.path;
  const about = {
    make,
    setUp: setUpOf(role, {
      secrets,
      regions: [target.region],
      policyNames: extendable(role, policyNames),
      manifest,
    }),
  };
  const [ofKey, ofSecret] = [refusals.filter(isOfKey), refusals.filter((each) => !isOfKey(each))];
  const reading = conclude(
    about,
    'role-reads-secret',
    ofSecret,
    CHECKS['role-reads-secret'].words.mayRead(name, target.region),
  );
  return [
    hiddenPolicy && reading.verdict === 'cannot-tell'
      ? make.unseen('role-reads-secret', hiddenPolicy)
      : reading,
    ...unknown,
    ...(isEncrypted ? [checkDecrypting(secret, role.arn, about, ofKey)] : []),
  ];
}

/**
 * Returns the actions that the role's own policies refuse and the secret's policy doesn't allow either. What the secret's policy
 * denies has its own check. `hiddenPolicy`: why the secret's policy could not be read, if it would decide.
 */
function ownRefusals(
  { own, roleArn }: { own: DecidingDocuments; roleArn: string },
  secret: Secret & { arn: string },
  identity: Identity,
): { refusals: Refusal[]; hiddenPolicy?: Failure } {
  const { arn, target, resourcePolicy: policy } = secret;
  const decryption = { versionKeys: { seen: [] }, keyPolicies: keysInUse(secret) };
  const refusals = (documents: Pick<SecretDocuments, 'resourcePolicy'>) =>
    refusalsOf({ arn, region: target.region }, own, roleArn, identity, { decryption, ...documents });
  const allowing = policy && allowPart(policy);
  if (!policy || allowing) return { refusals: refusals(allowing ? { resourcePolicy: allowing } : {}) };
  const alone = refusals({});
  if (!alone.some((each) => each.verdict === 'denied' && !isOfKey(each))) return { refusals: alone };
  return {
    refusals: refusals({ resourcePolicy: policy }),
    hiddenPolicy: 'unseen' in policy ? policy.unseen : undefined,
  };
}

/**
 * Returns the policy names for the `setup` command. A policy that `setup` would not extend is left as is, and a new one is
 * created next to it.
 */
function extendable({ policies }: Role, [wanted = DEFAULTS.policyName, ...others]: string[]): string[] {
  const present = policies.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  const document = present && tryParsePolicy(present.document);
  const isOther = present !== undefined && !(document && isReadPolicyShape(document));
  if (isOther) return [`${wanted}-Read`];
  return wanted === DEFAULTS.policyName ? others : [wanted, ...others];
}

/** Checks whether the role may decrypt the secret. A policy may name the key by ARN, which can't be derived from an alias. */
function checkDecrypting(secret: Secret, roleArn: string, about: About, refusals: Refusal[]): VerifyCheck {
  const { kmsKey: observed, arn = '', target, decryption } = secret;
  if (decryption && 'unseen' in decryption.versionKeys)
    return about.make.unseen('role-decrypts-secret', decryption.versionKeys.unseen);
  const keys = keysInUse(secret);
  const isAlias = keys.some(({ key }) => key.arn === undefined);
  if (observed && 'unseen' in observed && isAlias && refusals.length > 0)
    return about.make.unseen('role-decrypts-secret', observed.unseen);
  const allowed = CHECKS['role-decrypts-secret'].words.mayDecrypt(
    parseSecretArn(arn)?.name ?? '',
    target.region,
  );
  const check = conclude(about, 'role-decrypts-secret', refusals, allowed);
  const [hidden] = keys.flatMap(({ policy }) => ('unseen' in policy ? [policy.unseen] : []));
  if (check.verdict === 'cannot-tell' && hidden) return about.make.unseen('role-decrypts-secret', hidden);
  if (check.verdict !== 'failed') return check;
  const isEarlier = keys.some(({ key }) => secret.earlierKmsKeys?.some((each) => each.arn === key.arn));
  if (isEarlier) {
    const { remedy, command } = fixes.encryptAnew(arn, target.region, seenIn(secret.described)?.kmsKeyId);
    return { ...check, remedy, command };
  }
  const [first] = decidingOf(refusals);
  if (first?.deniedBy !== 'key-policy') return check;
  const closed = keys.find(({ key }) => key.arn === first.kmsKey?.arn);
  return closed ? { ...check, ...letInto(closed, target.region, roleArn) } : check;
}

/** Returns the fix that adds one statement for the role to a key policy and changes nothing else. */
function letInto(
  { key, policy }: ReturnType<typeof keysInUse>[number],
  region: string,
  roleArn: string,
): Fix {
  const document = readJsonPolicy(seenIn(policy) ?? '');
  const { partition = 'aws' } = parseArn(roleArn) ?? {};
  const statement = {
    Sid: 'MediaConnectReadsSecrets',
    Effect: 'Allow',
    Principal: { AWS: roleArn },
    Action: DECRYPT_ACTION,
    Resource: '*',
    Condition: { StringEquals: { 'kms:ViaService': secretsManagerEndpoint(region, partition) } },
  };
  const changed = { ...document, Statement: [...document.Statement, statement] };
  return fixes.keyPolicy(key.arn ?? '', region, JSON.stringify(changed));
}

/** Returns the KMS keys of the current version with their policies; empty if it requires no permission. */
function keysInUse({ decryption, kmsKey }: PresentSecret): Decryption['keyPolicies'] {
  if (!decryption) return [];
  return decryptionByCustomerKeys({ decryption, kmsKey }).keyPolicies;
}

function isOfKey({ action }: Refusal): boolean {
  return action.startsWith('kms:');
}

/** Returns the certain denials, or else all refusals. */
function decidingOf(refusals: Refusal[]): Refusal[] {
  const denied = refusals.filter(({ verdict }) => verdict === 'denied');
  return denied.length > 0 ? denied : refusals;
}

function conclude({ make, setUp }: About, id: VerifyId, refusals: Refusal[], allowed: string): VerifyCheck {
  const deciding = decidingOf(refusals);
  const [first] = deciding;
  if (!first) return make.ok(id, allowed);
  if (first.verdict !== 'denied') return make.open(id, first.because);
  const actions = deciding.map(({ action }) => action);
  const isExplicit = first.deniedBy === 'statement' || first.deniedBy === 'boundary';
  const remedy = isExplicit ? fixes.takeOut(first.because) : fixes.setUp(setUp);
  return make.failed(id, CHECKS['role-reads-secret'].words.mayNot(actions, first.because), remedy);
}

/**
 * Parses the role's policies and permissions boundary. A document that can't be parsed is reported by the checks of the policies.
 */
function ownDocuments({ policies, boundary }: Role): DecidingDocuments | 'unreadable' {
  const parsed = policies.flatMap(({ document }) => tryParsePolicy(document) ?? []);
  const limit = boundary && tryParsePolicy(seenIn(boundary.document) ?? '');
  if (parsed.length < policies.length || (boundary && !limit)) return 'unreadable';
  return {
    identityPolicies: parsed,
    identityNames: policies.map(({ name }) => name),
    permissionsBoundary: limit,
  };
}

/** Returns only the Allow statements of a secret's policy; undefined if it could not be read or can't be parsed. */
function allowPart(policy: Observed<string | undefined>): { seen: string | undefined } | undefined {
  if ('unseen' in policy) return undefined;
  if (policy.seen === undefined) return { seen: undefined };
  if (!tryParsePolicy(policy.seen)) return undefined;
  const document = readJsonPolicy(policy.seen);
  const allowing = document.Statement.filter(({ Effect }) => Effect === 'Allow');
  return { seen: allowing.length === 0 ? undefined : JSON.stringify({ ...document, Statement: allowing }) };
}
