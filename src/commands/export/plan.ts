import { expectedSecretArn, parseSecretArn } from '../../aws/arn.ts';
import { DEFAULT_ATTACHMENT_QUOTA } from '../../aws/iam/quotas.ts';
import { kmsKeyIdIn, kmsKeyRef } from '../../aws/kms/index.ts';
import { partitionOf } from '../../aws/regions.ts';
import { policyTags, secretTags, tagsFor } from '../../aws/tags.ts';
import { DEFAULTS } from '../../defaults.ts';
import { EXIT, Failure } from '../../failure.ts';
import { LONGEST_POLICY_NAME } from '../../options/rules.ts';
import { completeRequest, regionsOf, type SetupAnswers } from '../../options/setup-request.ts';
import { type AccountRef, buildTrustPolicy, measure, TRUST_POLICY_LIMIT } from '../../policy/index.ts';
import { type Group, policyGroups, roleGroups } from '../../steps/groups.ts';
import { policiesFor } from '../../steps/plan.ts';
import { distribute } from '../../steps/read-policy/distribute.ts';
import { policyMessages } from '../../steps/read-policy/messages.ts';
import type { PolicyRequest, RoleRequest, SecretRef } from '../../steps/types.ts';
import { placeholderAccount } from './ids.ts';
import { exportMessages as messages } from './messages.ts';
import type { ExportPlan, PlannedPlace, PlannedPolicy, PlannedRole, PlannedSecret } from './types.ts';

/**
 * Plans what `setup` would create in an empty account. As in `setup`, keys that name the same policy or role share it.
 * @param answers one for each key, complete except for the key itself, and all in one partition
 * @throws Failure if IAM's quotas don't allow it
 */
export function planExport(answers: SetupAnswers[]): ExportPlan {
  const regions = unique(answers.flatMap(regionsOf));
  const [first = ''] = regions;
  const accountRef = placeholderAccount(partitionOf(first));
  const secrets = answers.map((keyAnswers) => secretOf(keyAnswers, accountRef));
  // A request for existing secrets needs no key, and policies and roles don't depend on the key.
  const requests = answers.map((keyAnswers) => completeRequest({ ...keyAnswers, existing: true }, undefined));
  const secretsOf = ({ keyIndexes }: Group<unknown>) => keyIndexes.flatMap((index) => secrets[index] ?? []);
  const policies = policyGroups(requests).map((group) => ({
    keyIndexes: group.keyIndexes,
    policies: policiesOf(group.request, secretsOf(group), accountRef),
  }));
  return {
    accountRef,
    regions,
    secrets,
    policies: policies.flatMap((each) => each.policies),
    roles: roleGroups(requests).map(({ request, keyIndexes }) =>
      planRole(
        request,
        accountRef,
        policiesFor(keyIndexes, policies, (each) => each.policies.map(({ name }) => name)),
      ),
    ),
  };
}

function secretOf(answers: SetupAnswers, accountRef: AccountRef): PlannedSecret {
  const { secretArns, existing, keySource, keyType = DEFAULTS.keyType } = answers;
  const algorithm = answers.algorithm ?? (keySource?.kind === 'generate' ? keySource.algorithm : undefined);
  const hasArns = secretArns.length > 0;
  return {
    name: hasArns ? nameOf(secretArns[0] ?? '') : (answers.secretName ?? ''),
    stored: !hasArns && !existing,
    places: hasArns
      ? unique(secretArns).map((arn) => ({ region: parseSecretArn(arn)?.region ?? '', arn }))
      : unique(answers.regions).map((region) => placeOf(answers, region, accountRef)),
    keyType,
    algorithm,
    keySource,
    tags: secretTags({ keyType, tags: answers.tags }),
  };
}

function placeOf(
  { secretName = '', kmsKeyId }: SetupAnswers,
  region: string,
  accountRef: AccountRef,
): PlannedPlace {
  const place = { region, arn: expectedSecretArn(accountRef, region, secretName) };
  if (kmsKeyId === undefined) return place;
  return { ...place, kmsKeyId: kmsKeyIdIn(kmsKeyId, region, kmsKeyRef(kmsKeyId, region, accountRef)) };
}

/** Returns the policies for the secrets of one policy name, distributed over `NAME`, `NAME-2`, … as `setup` does. */
function policiesOf(
  { policy, tags, reserved }: PolicyRequest,
  secrets: PlannedSecret[],
  accountRef: AccountRef,
): PlannedPolicy[] {
  const refs = secrets.flatMap(({ name, places }) => places.map((place) => refOf(name, place, accountRef)));
  const takenNames = new Set(reserved.map((name) => name.toLowerCase()));
  const distribution = distribute(refs, { policies: [], takenNames }, policy, accountRef);
  if ('blocked' in distribution) throw new Error('a policy that does not exist is in the way');
  if ('tooLong' in distribution)
    throw exportFailure(policyMessages.tooLong(distribution.tooLong, LONGEST_POLICY_NAME));
  return distribution.work.flatMap((work) =>
    work.kind === 'create'
      ? [
          {
            name: work.name,
            document: work.document,
            arns: work.secrets.map(({ arn }) => arn),
            tags: policyTags(work, { tags }),
          },
        ]
      : [],
  );
}

function refOf(name: string, { region, arn, kmsKeyId }: PlannedPlace, accountRef: AccountRef): SecretRef {
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, accountRef);
  return { region, name, arn, versionId: null, action: 'created', kmsKey };
}

function planRole({ role, tags }: RoleRequest, accountRef: AccountRef, policies: string[]): PlannedRole {
  const trust = buildTrustPolicy({ ...role, account: accountRef.account });
  const size = measure(trust);
  if (size > TRUST_POLICY_LIMIT)
    throw exportFailure(messages.trustTooLong(role.name, size, TRUST_POLICY_LIMIT));
  if (policies.length > DEFAULT_ATTACHMENT_QUOTA)
    throw exportFailure(
      messages.tooManyPolicies(role.name, policies.length, DEFAULT_ATTACHMENT_QUOTA),
      messages.widerScopeHint,
    );
  const { name, description, sourceArns, permissionsBoundary } = role;
  return {
    name,
    description,
    trust,
    sourceArns,
    policies,
    permissionsBoundary,
    tags: tagsFor('trust-role', { tags }),
  };
}

function nameOf(arn: string): string {
  return parseSecretArn(arn)?.name ?? '';
}

function exportFailure(message: string, hint?: string): Failure {
  return new Failure(message, { code: 'export', exitCode: EXIT.usage, hint });
}

function unique<T>(values: T[]): T[] {
  return [...new Set(values)];
}
