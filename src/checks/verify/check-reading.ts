import { parseArn } from '../../aws/arn.ts';
import { type Identity, type Observed, seenIn } from '../../aws/session.ts';
import { DEFAULTS } from '../../defaults.ts';
import type { Failure, Fix } from '../../failure.ts';
import {
  DECRYPT_ACTION,
  isReadPolicyShape,
  readJsonPolicy,
  secretsManagerEndpoint,
  tryParsePolicy,
} from '../../policy/index.ts';
import type { SetupCommandValues } from '../../ui/commands.ts';
import type { Decryption } from '../access/decryption.ts';
import { withoutAwsManagedKey } from '../access/encryption.ts';
import {
  documentsOf,
  type Refusal,
  type RoleDocuments,
  refusalsOf,
  type SecretDocuments,
  type UnreadableDocument,
} from '../access/read-access.ts';
import { CHECKS, fixes, type VerifyId } from '../catalog/index.ts';
import type { RoleSpec } from './check-role.ts';
import { checkResourcePolicy } from './check-secret.ts';
import type { PresentRole } from './observe/role.ts';
import type { PresentSecret } from './observe/secret.ts';
import { type CheckMaker, checksOf, type VerifyCheck } from './result.ts';

/** What a check of read access is about, and what its fix has to name. */
interface About {
  make: CheckMaker;
  setUp: SetupCommandValues;
}

/**
 * Returns a function that checks whether the role may read a secret, based on the role's own policies and the secret's policy.
 * The role's policies are parsed once for all secrets. Pure.
 */
export function readAccessChecker(
  role: PresentRole,
  { policyNames }: Pick<RoleSpec, 'policyNames'>,
  identity: Identity,
): (secret: PresentSecret, subject: string) => VerifyCheck[] {
  const { policies, boundary } = role;
  const readBoundary = boundary && { arn: boundary.arn, document: seenIn(boundary.document) };
  const documents = documentsOf({ policies, boundary: readBoundary });
  return (secret, subject) => [
    ...checkRolePolicies({ role, documents, policyNames }, secret, subject, identity),
    ...checkResourcePolicy(role, secret, subject, identity),
  ];
}

function checkRolePolicies(
  {
    role,
    documents,
    policyNames,
  }: { role: PresentRole; documents: RoleDocuments | UnreadableDocument; policyNames: string[] },
  secret: PresentSecret,
  subject: string,
  identity: Identity,
): VerifyCheck[] {
  const { described, arn, target } = secret;
  const make = checksOf(subject, role.arn);
  const versionKeys = secret.decryption?.versionKeys;
  const isEncrypted = keysInUse(secret).length > 0 || (versionKeys !== undefined && 'unseen' in versionKeys);
  const [policyFailure] = role.unseen;
  if (policyFailure) {
    const ids: VerifyId[] = ['role-reads-secret'];
    if (isEncrypted) ids.push('role-decrypts-secret');
    return ids.map((id) => make.unseen(id, policyFailure));
  }
  // The checks of the policies report this.
  if ('unreadable' in documents) return [];
  // Without a response of `DescribeSecret`, it is unknown whether there is a KMS key.
  const undecidedDecrypt =
    'unseen' in described ? [make.unseen('role-decrypts-secret', described.unseen)] : [];
  if (arn === undefined) {
    return 'unseen' in described
      ? [make.unseen('role-reads-secret', described.unseen), ...undecidedDecrypt]
      : [];
  }
  const { refusals, hiddenPolicy } = rolePolicyRefusals(
    { documents, roleArn: role.arn },
    { ...secret, arn },
    identity,
  );
  const setUp: SetupCommandValues = {
    secrets: [{ arn, keyType: target.keyType }],
    regions: [target.region],
    roleName: role.name,
    policyName: policyNameForSetup(role, policyNames),
    manifest: target.manifest?.path,
  };
  const about = { make, setUp };
  const readCheck = toCheck(
    about,
    'role-reads-secret',
    refusals.filter((each) => !isKmsAction(each)),
    CHECKS['role-reads-secret'].words.readable,
  );
  return [
    hiddenPolicy && readCheck.verdict === 'cannot-tell'
      ? make.unseen('role-reads-secret', hiddenPolicy)
      : readCheck,
    ...undecidedDecrypt,
    ...(isEncrypted ? [checkDecrypting(secret, role.arn, about, refusals.filter(isKmsAction))] : []),
  ];
}

/**
 * Returns the actions that the role's own policies refuse and the secret's policy doesn't allow either. What the secret's policy
 * denies has its own check. `hiddenPolicy`: why the secret's policy could not be read, if the result depends on that policy.
 */
function rolePolicyRefusals(
  { documents, roleArn }: { documents: RoleDocuments; roleArn: string },
  secret: PresentSecret & { arn: string },
  identity: Identity,
): { refusals: Refusal[]; hiddenPolicy?: Failure } {
  const { arn, target, resourcePolicy } = secret;
  const decryption = { versionKeys: { seen: [] }, keyPolicies: keysInUse(secret) };
  const readableSecret = { arn, region: target.region };
  const refusalsWith = (secretDocuments: Pick<SecretDocuments, 'resourcePolicy'>) =>
    refusalsOf(readableSecret, documents, roleArn, identity, { decryption, ...secretDocuments });
  const allowStatements = resourcePolicy && allowStatementsOf(resourcePolicy);
  if (!resourcePolicy || allowStatements)
    return { refusals: refusalsWith({ resourcePolicy: allowStatements }) };
  const withoutResourcePolicy = refusalsWith({});
  if (!withoutResourcePolicy.some((each) => each.verdict === 'denied' && !isKmsAction(each)))
    return { refusals: withoutResourcePolicy };
  return {
    refusals: refusalsWith({ resourcePolicy }),
    hiddenPolicy: 'unseen' in resourcePolicy ? resourcePolicy.unseen : undefined,
  };
}

/**
 * Returns the policy name for the `setup` command; undefined for the default. A policy that `setup` would not extend is left as
 * is, and a new one is created next to it.
 */
function policyNameForSetup({ policies }: PresentRole, policyNames: string[]): string | undefined {
  const [policyName = DEFAULTS.policyName, nextName] = policyNames;
  const present = policies.find(({ name }) => name.toLowerCase() === policyName.toLowerCase());
  const document = present && tryParsePolicy(present.document);
  if (present && !(document && isReadPolicyShape(document))) return `${policyName}-Read`;
  return policyName === DEFAULTS.policyName ? nextName : policyName;
}

/** Checks whether the role may decrypt the secret. A policy may name the key by ARN, which can't be derived from an alias. */
function checkDecrypting(
  secret: PresentSecret,
  roleArn: string,
  about: About,
  refusals: Refusal[],
): VerifyCheck {
  const { kmsKey: observedKey, arn = '', target, decryption } = secret;
  const { unseen } = about.make;
  if (decryption && 'unseen' in decryption.versionKeys)
    return unseen('role-decrypts-secret', decryption.versionKeys.unseen);
  const keys = keysInUse(secret);
  const hasUnknownKey = keys.some(({ key }) => key.arn === undefined);
  if (observedKey && 'unseen' in observedKey && hasUnknownKey && refusals.length > 0)
    return unseen('role-decrypts-secret', observedKey.unseen);
  const check = toCheck(
    about,
    'role-decrypts-secret',
    refusals,
    CHECKS['role-decrypts-secret'].words.canDecrypt,
  );
  const [keyPolicyFailure] = keys.flatMap(({ policy }) => ('unseen' in policy ? [policy.unseen] : []));
  if (check.verdict === 'cannot-tell' && keyPolicyFailure)
    return unseen('role-decrypts-secret', keyPolicyFailure);
  if (check.verdict !== 'failed') return check;
  const isEarlierKey = keys.some(({ key }) => secret.earlierKmsKeys?.some((each) => each.arn === key.arn));
  if (isEarlierKey)
    return { ...check, ...fixes.encryptAnew(arn, target.region, seenIn(secret.described)?.kmsKeyId) };
  const [first] = decisiveOf(refusals);
  if (first?.deniedBy !== 'key-policy') return check;
  const denyingKey = keys.find(({ key }) => key.arn === first.kmsKey?.arn);
  return denyingKey ? { ...check, ...keyPolicyFix(denyingKey, target.region, roleArn) } : check;
}

/** Returns the fix that adds one statement for the role to a key policy and changes nothing else. */
function keyPolicyFix(
  { key, policy }: Decryption['keyPolicies'][number],
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
  return decryption ? withoutAwsManagedKey({ decryption, kmsKey }).keyPolicies : [];
}

function isKmsAction({ action }: Refusal): boolean {
  return action.startsWith('kms:');
}

/** Returns the certain denials, or else all refusals. */
function decisiveOf(refusals: Refusal[]): Refusal[] {
  const denied = refusals.filter(({ verdict }) => verdict === 'denied');
  return denied.length > 0 ? denied : refusals;
}

/** Returns the check for these refusals. Only a denial that is certain fails it. */
function toCheck({ make, setUp }: About, id: VerifyId, refusals: Refusal[], allowed: string): VerifyCheck {
  const deciding = decisiveOf(refusals);
  const [first] = deciding;
  if (!first) return make.ok(id, allowed);
  if (first.verdict !== 'denied') return make.undecided(id, first.because);
  const actions = deciding.map(({ action }) => action);
  const isExplicit = first.deniedBy === 'statement' || first.deniedBy === 'boundary';
  const fix = isExplicit ? fixes.removeDenial(first.because) : fixes.setUp(setUp);
  return make.failed(id, CHECKS['role-reads-secret'].words.cannotPerform(actions, first.because), fix);
}

/** Returns only the Allow statements of a secret's policy; undefined if it could not be read or can't be parsed. */
function allowStatementsOf(policy: Observed<string | undefined>): { seen: string | undefined } | undefined {
  if ('unseen' in policy) return undefined;
  if (policy.seen === undefined) return { seen: undefined };
  if (!tryParsePolicy(policy.seen)) return undefined;
  const document = readJsonPolicy(policy.seen);
  const allowing = document.Statement.filter(({ Effect }) => Effect === 'Allow');
  return { seen: allowing.length === 0 ? undefined : JSON.stringify({ ...document, Statement: allowing }) };
}
