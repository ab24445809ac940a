import { DECRYPT_ACTION } from '../../../policy/index.ts';
import {
  findUsers,
  listSecretVersions,
  readDecryption,
  readPolicies,
  readResourcePolicies,
  readRole,
  readTogether,
  readValues,
  useKmsKey,
  WRITING_WITH_KMS,
} from './shared.ts';
import type { Need, Needs, PermissionRequest } from './types.ts';

/** What `rotate` needs, with a new key or with `--rollback`. */
export function rotateNeeds(request: PermissionRequest): Needs {
  const { rollback, dryRun } = request;
  const encrypts = !rollback && !dryRun;
  return {
    required: [
      readValues(request),
      ...(dryRun ? [] : [rollback ? goBack(request) : replace(request)]),
      ...useKmsKey(request, encrypts ? WRITING_WITH_KMS : [DECRYPT_ACTION]),
    ],
    optional: [
      ...readTogether(request),
      ...(encrypts ? [listSecretVersions(request)] : []),
      ...findUsers(request),
      ...(dryRun ? [] : checks(request)),
    ],
  };
}

/** What the checks at the end read beside the values. */
function checks(request: PermissionRequest): Need[] {
  return [
    readResourcePolicies(request),
    ...readDecryption(request, true),
    readRole(request, 'OptionalReadTheRole'),
    readPolicies(request, 'OptionalReadPolicies'),
  ];
}

function replace({ secrets }: PermissionRequest): Need {
  return {
    sid: 'ReplaceTheKey',
    actions: ['secretsmanager:PutSecretValue'],
    resources: secrets.map(({ arn }) => arn),
  };
}

/** Of all staging labels, the one that says which version is in force. */
function goBack({ secrets }: PermissionRequest): Need {
  return {
    sid: 'GoBackToTheKeyBefore',
    actions: ['secretsmanager:UpdateSecretVersionStage'],
    resources: secrets.map(({ arn }) => arn),
    condition: { StringEquals: { 'secretsmanager:VersionStage': 'AWSCURRENT' } },
  };
}
