import { expectedSecretArn, parseSecretArn } from '../aws/arn.ts';
import { kmsKeyIdIn, kmsKeyRef } from '../aws/kms.ts';
import type { Tag } from '../aws/names.ts';
import { partitionOf } from '../aws/regions.ts';
import { DEFAULT_ATTACHMENT_QUOTA } from '../aws/roles.ts';
import { DEFAULTS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import { type AccountRef, buildTrustPolicy, measure, TRUST_POLICY_LIMIT } from '../policy/index.ts';
import { exportWords as words } from '../report/words/export.ts';
import { distribute } from '../steps/policy-distribution.ts';
import { policyOf, regionsOf, roleOf, type SetupAnswers } from '../steps/request.ts';
import { tagsFor } from '../steps/tags.ts';
import type { SecretRef } from '../steps/types.ts';
import { placeholderAccount } from './placeholders.ts';
import type { ExportPlan, PlannedPlace, PlannedPolicy, PlannedRole, PlannedSecret } from './types.ts';

/** A key and what it was asked for with. */
interface Entry {
  answers: SetupAnswers;
  secret: PlannedSecret;
}

/**
 * What `setup` would leave in an account in which nothing of it exists yet. Keys that name the same policy or role share it, with
 * the tags that they have in common; they agree on what else it shall be.
 * @param answers one for each key, with nothing missing but the key itself
 * @throws Failure when the Regions belong to several partitions, or IAM's quotas do not allow it
 */
export function planExport(answers: SetupAnswers[]): ExportPlan {
  const regions = unique(answers.flatMap(regionsOf));
  const partitions = unique(regions.map(partitionOf));
  if (partitions.length > 1) throw refusal(words.partitions, words.partitionsHint);
  const where = placeholderAccount(partitions[0] ?? partitionOf(''));
  const entries = answers.map((each) => ({ answers: each, secret: secretOf(each, where) }));
  const policies = groups(entries, ({ answers }) => policyOf(answers).name).flatMap((group) =>
    policiesOf(group, where),
  );
  return {
    where,
    regions,
    secrets: entries.map(({ secret }) => secret),
    policies,
    roles: groups(entries, ({ answers }) => roleOf(answers).name).map((group) =>
      planRole(group, where, policiesFor(group, policies)),
    ),
  };
}

/** The names of the policies that hold a secret of one of these keys. */
function policiesFor(group: Entry[], policies: PlannedPolicy[]): string[] {
  const arns = new Set(group.flatMap(({ secret }) => secret.places.map(({ arn }) => arn)));
  return policies.filter((policy) => policy.arns.some((arn) => arns.has(arn))).map(({ name }) => name);
}

function secretOf(answers: SetupAnswers, where: AccountRef): PlannedSecret {
  const { secretArns, existing, keySource, keyType = DEFAULTS.keyType } = answers;
  const algorithm = answers.algorithm ?? (keySource?.kind === 'generate' ? keySource.algorithm : undefined);
  const given = secretArns.length > 0;
  return {
    name: given ? nameOf(secretArns[0] ?? '') : (answers.secretName ?? ''),
    stored: !given && !existing,
    places: given
      ? unique(secretArns).map((arn) => ({ region: parseSecretArn(arn)?.region ?? '', arn }))
      : unique(answers.regions).map((region) => placeOf(answers, region, where)),
    keyType,
    ...(algorithm ? { algorithm } : {}),
    ...(keySource ? { keySource } : {}),
    tags: tagsFor('store-secret', answers),
  };
}

function placeOf(
  { secretName = '', kmsKeyId }: SetupAnswers,
  region: string,
  where: AccountRef,
): PlannedPlace {
  const place = { region, arn: expectedSecretArn(where, region, secretName) };
  if (kmsKeyId === undefined) return place;
  return { ...place, kmsKeyId: kmsKeyIdIn(kmsKeyId, region, kmsKeyRef(kmsKeyId, region, where)) };
}

/** The policies that the keys of one policy name come to, as `setup` fills them. */
function policiesOf(group: Entry[], where: AccountRef): PlannedPolicy[] {
  const [first] = group;
  if (!first) return [];
  const refs = group.flatMap(({ secret }) => secret.places.map((place) => refOf(secret.name, place, where)));
  const spread = distribute(refs, [], policyOf(first.answers), where);
  if ('blocked' in spread) throw new Error('a policy that does not exist is in the way');
  return spread.work.flatMap((work) =>
    work.kind === 'create'
      ? [
          {
            name: work.name,
            document: work.document,
            arns: work.secrets.map(({ arn }) => arn),
            tags: tagsFor('read-policy', { tags: commonTags(group) }),
          },
        ]
      : [],
  );
}

function refOf(name: string, { region, arn, kmsKeyId }: PlannedPlace, where: AccountRef): SecretRef {
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, where);
  return { region, name, arn, versionId: null, action: 'created', ...(kmsKey ? { kmsKey } : {}) };
}

function planRole(group: Entry[], where: AccountRef, policies: string[]): PlannedRole {
  const [first] = group;
  if (!first) throw new Error('a role for no key');
  const role = roleOf(first.answers);
  const trust = buildTrustPolicy({ ...role, account: where.account });
  const size = measure(trust);
  if (size > TRUST_POLICY_LIMIT) throw refusal(words.trustTooLong(role.name, size, TRUST_POLICY_LIMIT));
  if (policies.length > DEFAULT_ATTACHMENT_QUOTA)
    throw refusal(
      words.tooManyPolicies(role.name, policies.length, DEFAULT_ATTACHMENT_QUOTA),
      words.widerScopeHint,
    );
  const { name, description, permissionsBoundary } = role;
  return {
    name,
    description,
    trust,
    policies,
    ...(permissionsBoundary ? { permissionsBoundary } : {}),
    tags: tagsFor('trust-role', { tags: commonTags(group) }),
  };
}

function nameOf(arn: string): string {
  return parseSecretArn(arn)?.name ?? '';
}

function refusal(message: string, hint?: string): Failure {
  return new Failure(message, { code: 'export', exitCode: EXIT.usage, ...(hint ? { hint } : {}) });
}

/** The entries that share a name, in the order in which the names come first. */
function groups(entries: Entry[], nameOfEntry: (entry: Entry) => string): Entry[][] {
  const byName = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = byName.get(nameOfEntry(entry));
    if (group) group.push(entry);
    else byName.set(nameOfEntry(entry), [entry]);
  }
  return [...byName.values()];
}

function commonTags(group: Entry[]): Tag[] {
  const [first, ...others] = group.map(({ answers }) => answers.tags);
  return (first ?? []).filter((tag) =>
    others.every((tags) => tags.some(({ key, value }) => key === tag.key && value === tag.value)),
  );
}

function unique<T>(values: T[]): T[] {
  return [...new Set(values)];
}
