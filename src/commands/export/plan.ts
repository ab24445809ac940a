import { expectedSecretArn, parseSecretArn } from '../../aws/arn.ts';
import { DEFAULT_ATTACHMENT_QUOTA } from '../../aws/iam/quotas.ts';
import { kmsKeyIdIn, kmsKeyRef } from '../../aws/kms/index.ts';
import { partitionOf } from '../../aws/regions.ts';
import { policyTags, secretTags, tagsFor } from '../../aws/tags.ts';
import { DEFAULTS } from '../../defaults.ts';
import { EXIT, Failure } from '../../failure.ts';
import { LONGEST_POLICY_NAME } from '../../options/rules.ts';
import { completeRequest, regionsOf, type SetupAnswers } from '../../options/setup-request.ts';
import { type AccountRef, buildTrustPolicy, policySize, TRUST_POLICY_LIMIT } from '../../policy/index.ts';
import { policyGroups, roleGroups } from '../../steps/groups.ts';
import { policiesFor } from '../../steps/plan.ts';
import { distribute } from '../../steps/read-policy/distribute.ts';
import { policyMessages } from '../../steps/read-policy/messages.ts';
import type { PolicyRequest, RoleRequest, SecretRef } from '../../steps/types.ts';
import { ACCOUNT_PLACEHOLDER } from './ids.ts';
import { exportMessages as messages } from './messages.ts';
import type { ExportPlan, PlannedPlace, PlannedPolicy, PlannedRole, PlannedSecret } from './types.ts';

/**
 * Plans what `setup` would create in an empty account. As in `setup`, keys that name the same policy or role share it.
 * @param answers one item for each key, complete except for the key itself, and all in one partition
 * @throws Failure if IAM's quotas don't allow it
 */
export function planExport(answers: SetupAnswers[]): ExportPlan {
  const regions = [...new Set(answers.flatMap(regionsOf))];
  const accountRef = { partition: partitionOf(regions[0] ?? ''), account: ACCOUNT_PLACEHOLDER };
  const secrets = answers.map((keyAnswers) => planSecret(keyAnswers, accountRef));
  // A request for existing secrets needs no key, and policies and roles don't depend on the key.
  const requests = answers.map((keyAnswers) => completeRequest({ ...keyAnswers, existing: true }, undefined));
  const chains = policyGroups(requests).map(({ request, keyIndexes }) => {
    const readableSecrets = keyIndexes.flatMap((index) => secrets[index] ?? []);
    return { keyIndexes, policies: planPolicies(request, readableSecrets, accountRef) };
  });
  const roles = roleGroups(requests).map(({ request, keyIndexes }) => {
    const policyNames = policiesFor(keyIndexes, chains, (chain) => chain.policies.map(({ name }) => name));
    return planRole(request, accountRef, policyNames);
  });
  return { accountRef, regions, secrets, policies: chains.flatMap(({ policies }) => policies), roles };
}

function planSecret(answers: SetupAnswers, accountRef: AccountRef): PlannedSecret {
  const { secretArns, existing, keySource, keyType = DEFAULTS.keyType } = answers;
  const algorithm = answers.algorithm ?? (keySource?.kind === 'generate' ? keySource.algorithm : undefined);
  const hasArns = secretArns.length > 0;
  const name = hasArns ? parseSecretArn(secretArns[0] ?? '')?.name : answers.secretName;
  return {
    ...answers,
    name: name ?? '',
    isNew: !hasArns && !existing,
    places: hasArns
      ? [...new Set(secretArns)].map((arn) => ({ region: parseSecretArn(arn)?.region ?? '', arn }))
      : [...new Set(answers.regions)].map((region) => placeOf(answers, region, accountRef)),
    keyType,
    algorithm,
    tags: secretTags({ keyType, tags: answers.tags }),
  };
}

function placeOf(answers: SetupAnswers, region: string, accountRef: AccountRef): PlannedPlace {
  const { secretName = '', kmsKeyId } = answers;
  const place = { region, arn: expectedSecretArn(accountRef, region, secretName) };
  if (kmsKeyId === undefined) return place;
  return { ...place, kmsKeyId: kmsKeyIdIn(kmsKeyId, region, kmsKeyRef(kmsKeyId, region, accountRef)) };
}

/** Plans the policies for the secrets of one policy name, distributed over `NAME`, `NAME-2`, … as `setup` does. */
function planPolicies(
  { policy, tags, reserved: otherPolicyNames }: PolicyRequest,
  secrets: PlannedSecret[],
  accountRef: AccountRef,
): PlannedPolicy[] {
  const refs = secrets.flatMap(({ name, places }) => places.map((place) => refOf(name, place, accountRef)));
  const takenNames = new Set(otherPolicyNames.map((name) => name.toLowerCase()));
  const distribution = distribute(refs, { policies: [], takenNames }, policy, accountRef);
  if ('blocked' in distribution) throw new Error('a policy that does not exist is in the way');
  if ('tooLong' in distribution)
    throw exportFailure(policyMessages.tooLong(distribution.tooLong, LONGEST_POLICY_NAME));
  return distribution.work.flatMap((work) => {
    if (work.kind !== 'create') return [];
    const { name, document } = work;
    const arns = work.secrets.map(({ arn }) => arn);
    return [{ ...policy, name, document, arns, tags: policyTags(work, { tags }) }];
  });
}

function refOf(name: string, { region, arn, kmsKeyId }: PlannedPlace, accountRef: AccountRef): SecretRef {
  const kmsKey = kmsKeyId === undefined ? undefined : kmsKeyRef(kmsKeyId, region, accountRef);
  return { region, name, arn, versionId: null, action: 'created', kmsKey };
}

function planRole({ role, tags }: RoleRequest, accountRef: AccountRef, policies: string[]): PlannedRole {
  const { name } = role;
  const trust = buildTrustPolicy({ ...role, account: accountRef.account });
  const size = policySize(trust);
  if (size > TRUST_POLICY_LIMIT) throw exportFailure(messages.trustTooLong(name, size, TRUST_POLICY_LIMIT));
  if (policies.length > DEFAULT_ATTACHMENT_QUOTA)
    throw exportFailure(
      messages.tooManyPolicies(name, policies.length, DEFAULT_ATTACHMENT_QUOTA),
      messages.widerScopeHint,
    );
  return { ...role, trust, policies, tags: tagsFor('trust-role', { tags }) };
}

/** Returns the failure for answers that can't be exported. */
export function exportFailure(message: string, hint?: string): Failure {
  return new Failure(message, { code: 'export', exitCode: EXIT.usage, hint });
}
