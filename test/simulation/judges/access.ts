import { ACCOUNT, KMS_ALIAS, OTHER_ACCOUNT } from '../stories/vocabulary.ts';
import type { RoleShot, SecretShot, Snapshot } from '../world/snapshot.ts';
import { type Asked, type EstablishedKey, isNumbered } from './asked.ts';
import { type AccessJudge, decrypting, type Probe, probesOf, readingOf } from './policies.ts';
import type { Violation } from './violation.ts';

/** The probes that each role passes, by its name in lower case. */
export type Access = ReadonlyMap<string, ReadonlySet<string>>;

/** Returns what each role can do, and who can assume it. */
export async function accessIn(judge: AccessJudge, shot: Snapshot): Promise<Access> {
  const access = new Map<string, Set<string>>();
  const probes = probesOf(shot);
  for (const [name, role] of shot.roles) {
    const may = new Set<string>();
    for (const probe of probes) if (await judge.mayDo(role, shot, probe)) may.add(probe.id);
    for (const account of [ACCOUNT, OTHER_ACCOUNT])
      if (await judge.mayAssume(role, account, 'us-west-2')) may.add(assuming(account));
    if (await judge.mayAssume(role, ACCOUNT, 'us-west-2', 'lambda')) may.add('be assumed by lambda');
    access.set(name, may);
  }
  return access;
}

const assuming = (account: string) => `be assumed by mediaconnect for ${account}`;

/** Returns the keys that were set up but that MediaConnect cannot read through their roles. */
export async function unreadable(judge: AccessJudge, asked: Asked, shot: Snapshot): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const key of asked.established.values()) {
    const why = await whyUnreadable(judge, asked, shot, key);
    if (why === undefined) continue;
    violations.push({
      invariant: 'established key is readable',
      what: `secret ${key.secret} (${key.region}) through role ${key.role}: ${why}`,
      details: describe(shot, key),
    });
  }
  return violations;
}

async function whyUnreadable(
  judge: AccessJudge,
  asked: Asked,
  shot: Snapshot,
  { secret: name, region, role: roleName, policy }: EstablishedKey,
): Promise<string | undefined> {
  const secret = [...shot.secrets.values()].find((each) => each.name === name && each.region === region);
  const role = shot.roles.get(roleName.toLowerCase());
  if (!secret) return 'the secret is gone';
  if (secret.deleted) return 'the secret is scheduled for deletion';
  // A role that has lost its policy to a killed run is unused, and the next teardown deletes it.
  if (!role) return asked.isExcused({ name: roleName }) ? undefined : 'the role is gone';
  if (!(await judge.mayAssume(role, ACCOUNT, region))) return 'MediaConnect may not assume the role';
  const reads = await judge.mayDo(role, shot, readingOf(secret));
  const excused = asked.isExcused(role);
  const attached = role.attached.some((arn) => isNumbered(nameIn(arn), policy));
  if (!reads) {
    if (excused) return undefined;
    return attached ? 'no policy of the role allows it' : `the role does not have ${policy} any more`;
  }
  const key = kmsKeyOf(secret);
  if (key && !(await judge.mayDo(role, shot, decrypting(key))))
    return excused ? undefined : `the role may not decrypt with ${key}`;
  return undefined;
}

/** Returns the ARN of the KMS key of a secret; undefined for an AWS managed key or an alias of another account. */
function kmsKeyOf({ kmsKeyId, region }: SecretShot): string | undefined {
  if (!kmsKeyId) return undefined;
  const isAlias = kmsKeyId.endsWith(KMS_ALIAS);
  if (isAlias && !kmsKeyId.includes(ACCOUNT)) return undefined;
  return isAlias ? `arn:aws:kms:${region}:${ACCOUNT}:key/11111111-2222-3333-4444-555555555555` : kmsKeyId;
}

function describe({ roles, policies }: Snapshot, { role, policy }: EstablishedKey): string[] {
  const found = roles.get(role.toLowerCase());
  return [
    found
      ? `role ${role} has ${found.attached.map(nameIn).join(', ') || 'no policy'}`
      : `there is no role ${role}`,
    ...[...policies.values()]
      .filter(({ name }) => isNumbered(name, policy))
      .map(({ name, defaultVersion, document }) => `policy ${name} (${defaultVersion}): ${document}`),
  ];
}

const nameIn = (arn: string) => arn.replace(/^.*\//, '');

/** Returns what roles can do now and could not do before, unless a command asked for it. */
export async function gains(
  judge: AccessJudge,
  asked: Asked,
  { before, was }: { before: Snapshot; was: Access },
  shot: Snapshot,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  const now = await accessIn(judge, shot);
  const probes = new Map(probesOf(shot).map((probe) => [probe.id, probe]));
  for (const [name, may] of now) {
    const role = shot.roles.get(name);
    const had = was.get(name);
    if (!role) continue;
    for (const id of may) {
      if (had?.has(id)) continue;
      const probe = probes.get(id);
      const fair = probe ? isAskedFor(asked, before, shot, role, probe) : isTrustAskedFor(asked, role, id);
      if (fair) continue;
      // A role that could read every secret before can read a new one.
      const earlier = before.roles.get(name);
      if (earlier && probe && (await judge.mayDo(earlier, before, { ...probe, policy: undefined }))) continue;
      violations.push({
        invariant: 'nobody gains more than was asked',
        what: `role ${role.name} can ${id}`,
        details: [
          ...(had ? [] : ['the role is new']),
          ...role.attached.map((arn) => `has ${nameIn(arn)}: ${shot.policies.get(arn)?.document ?? 'gone'}`),
        ],
      });
    }
  }
  return violations;
}

function isTrustAskedFor(asked: Asked, role: RoleShot, id: string): boolean {
  return id === assuming(ACCOUNT) && asked.namesRole(role.name);
}

/** Returns true if a policy that the role had, or that a command has named for it, may allow the probe. */
function isAskedFor(asked: Asked, before: Snapshot, shot: Snapshot, role: RoleShot, probe: Probe): boolean {
  const had = (before.roles.get(role.name.toLowerCase())?.attached ?? []).map(nameIn);
  const named = asked.policiesOf(role.name);
  const policies = [...named, ...had];
  // A command that names an existing policy gives the role what that policy allows, but not its numbered policies.
  if (named.some((policy) => namesWhatWas(before, policy, probe))) return true;
  if (probe.action === 'kms:Decrypt')
    return [...shot.secrets.values()].some(
      (secret) =>
        kmsKeyOf(secret) === probe.resource &&
        policies.some((policy) => asked.mayRead(policy, secret.region, secret.name)),
    );
  if (probe.action !== 'secretsmanager:GetSecretValue') return false;
  const secret = shot.secrets.get(probe.resource) ?? { region: 'us-west-2', name: 'zzz-nobodys' };
  return policies.some((policy) => asked.mayRead(policy, secret.region, secret.name));
}

function namesWhatWas({ policies }: Snapshot, policy: string, { resource }: Probe): boolean {
  const document = policies.get(`arn:aws:iam::${ACCOUNT}:policy/${policy}`)?.document;
  if (document === undefined) return false;
  const entries = JSON.stringify(JSON.parse(document));
  return (
    entries.includes(`"${resource}"`) ||
    entries.includes(resource.replace(/-[A-Za-z0-9]{6}$/, '-??????')) ||
    entries.includes('"Resource":"*"')
  );
}
