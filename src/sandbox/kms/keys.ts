import { AwsError, denialMessage } from '../errors.ts';
import { type Call, type Operation, type Operations, type Output, operation } from '../service.ts';
import {
  flag,
  isReservedTagKey,
  list,
  MAX_TAGS,
  number,
  record,
  required,
  type Tag,
  text,
} from '../shapes.ts';
import { invalidTags, noSuchKey, notPendingDeletion, pendingDeletion } from './errors.ts';
import { parseCrossAccountName, parseKeyName } from './names.ts';
import type { Key } from './store.ts';
import { keyMetadata, keyState } from './views.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_PENDING_WINDOW_DAYS = 30;

const keyId = required(text({ min: 1, max: 2048 }));
const policyName = text({ min: 1, max: 128 });
const policyMembers = {
  PolicyName: policyName,
  Policy: required(text({ min: 1, max: 131_072 })),
  BypassPolicyLockoutSafetyCheck: flag,
};

const tag = record({ TagKey: required(text({ min: 1, max: 128 })), TagValue: required(text({ max: 256 })) });

/**
 * Returns the key that a request names.
 * @param action the operation, for the access denied error for a key of another account: no key policy there allows this account.
 * @throws AwsError NotFoundException, InvalidArnException, AccessDeniedException.
 */
export function keyOrThrow(call: Call, name: string, action: string): Key {
  const store = call.account.keysIn(call.region);
  const key = store.find(name, call.now);
  if (parseCrossAccountName(name, store.arnPrefix)) {
    const message = denialMessage(call.caller.arn, `kms:${action}`, name, CROSS_ACCOUNT_REASON);
    throw new AwsError('AccessDeniedException', message);
  }
  if (!key) throw noSuchKey(name, store.arnPrefix);
  return key;
}

/** The reason in KMS's access denied message for a key of another account, whether the key exists or not. */
const CROSS_ACCOUNT_REASON =
  'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';

export const keyOperations: Operations = {
  CreateKey: operation(
    {
      Description: text({ max: 8192 }),
      KeyUsage: text(),
      KeySpec: text(),
      CustomerMasterKeySpec: text(),
      Origin: text(),
      MultiRegion: flag,
      BypassPolicyLockoutSafetyCheck: flag,
      Tags: list(tag),
      Policy: text({ min: 1, max: 131_072 }),
      CustomKeyStoreId: text({ min: 1, max: 64 }),
      XksKeyId: text({ min: 1, max: 128 }),
    },
    (call, input) => {
      const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? 'SYMMETRIC_DEFAULT';
      const keyType = [input.KeyUsage ?? 'ENCRYPT_DECRYPT', spec, input.Origin ?? 'AWS_KMS'].join();
      const isInCustomKeyStore = input.CustomKeyStoreId !== undefined || input.XksKeyId !== undefined;
      if (keyType !== 'ENCRYPT_DECRYPT,SYMMETRIC_DEFAULT,AWS_KMS' || isInCustomKeyStore) {
        throw new AwsError('NotImplemented', 'The sandbox has symmetric encryption keys only.');
      }
      const policy = input.Policy === undefined ? undefined : validKeyPolicy(input.Policy);
      const key = call.account.keysIn(call.region).add(call.now, {
        description: input.Description ?? '',
        multiRegion: input.MultiRegion ?? false,
        tags: checkedTags(input.Tags ?? []),
      });
      key.policy = policy;
      return { KeyMetadata: keyMetadata(call, key) };
    },
  ),
  GetKeyPolicy: operation({ KeyId: keyId, PolicyName: policyName }, (call, input) => {
    const key = keyOrThrow(call, input.KeyId, 'GetKeyPolicy');
    return { Policy: key.policy ?? defaultPolicy(call), PolicyName: 'default' };
  }),
  PutKeyPolicy: changeOperation('PutKeyPolicy', policyMembers, (_call, key, { Policy = '' }) => {
    key.policy = validKeyPolicy(Policy);
    return {};
  }),
  DescribeKey: operation({ KeyId: keyId }, (call, input) => {
    // A predefined AWS alias gets its key when it is first described. Source: `KeyId` in the API reference of DescribeKey.
    if (/(^|:)alias\/aws\/secretsmanager$/.test(input.KeyId)) {
      call.account.keysIn(call.region).findOrCreate(input.KeyId, call.now);
    }
    return { KeyMetadata: keyMetadata(call, keyOrThrow(call, input.KeyId, 'DescribeKey')) };
  }),
  EnableKey: changeOperation('EnableKey', {}, (_call, key) => {
    rejectPendingDeletion(key);
    key.enabled = true;
    return undefined;
  }),
  DisableKey: changeOperation('DisableKey', {}, (_call, key) => {
    rejectPendingDeletion(key);
    key.enabled = false;
    return undefined;
  }),
  ScheduleKeyDeletion: changeOperation(
    'ScheduleKeyDeletion',
    { PendingWindowInDays: number({ min: 7, max: 30 }) },
    (call, key, { PendingWindowInDays = DEFAULT_PENDING_WINDOW_DAYS }) => {
      rejectPendingDeletion(key);
      key.deletedAt = call.now + PendingWindowInDays * DAY_MS;
      return {
        KeyId: key.arn,
        DeletionDate: new Date(key.deletedAt),
        KeyState: keyState(key),
        PendingWindowInDays,
      };
    },
  ),
  CancelKeyDeletion: changeOperation('CancelKeyDeletion', {}, (_call, key) => {
    if (key.deletedAt === undefined) throw notPendingDeletion(key);
    delete key.deletedAt;
    key.enabled = false;
    return { KeyId: key.arn };
  }),
};

/**
 * Returns the tags of a request, after the checks that KMS makes itself.
 * @throws AwsError TagException.
 */
function checkedTags(tags: readonly { TagKey: string; TagValue: string }[]): Tag[] {
  if (tags.length > MAX_TAGS) throw invalidTags('Too many tags');
  if (tags.some(({ TagKey }) => isReservedTagKey(TagKey))) {
    throw invalidTags('Tags beginning with aws: are reserved');
  }
  if (new Set(tags.map(({ TagKey }) => TagKey)).size < tags.length) throw invalidTags('Duplicate tag keys');
  return tags.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }));
}

/** Returns the policy of a key that was created without one. Source: "Default key policy" in the KMS developer guide. */
function defaultPolicy({ account }: Call): string {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:${account.partition}:iam::${account.accountId}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] }, undefined, 2);
}

/**
 * Returns a key policy unchanged, after checking it.
 * @throws AwsError MalformedPolicyDocumentException for text that is not a policy.
 */
function validKeyPolicy(policy: string): string {
  try {
    const document: unknown = JSON.parse(policy);
    if (typeof document === 'object' && document !== null && 'Statement' in document) return policy;
  } catch {
    // Reported below.
  }
  throw new AwsError('MalformedPolicyDocumentException', 'The new key policy is malformed.');
}

/** Returns an operation that changes a customer managed key. The operation does not accept an alias. */
function changeOperation(
  action: string,
  members: { PendingWindowInDays?: ReturnType<typeof number> } & Partial<typeof policyMembers>,
  run: (call: Call, key: Key, input: { PendingWindowInDays?: number; Policy?: string | undefined }) => Output,
): Operation {
  return operation({ ...members, KeyId: keyId }, (call, input) => {
    const { arnPrefix } = call.account.keysIn(call.region);
    if (parseKeyName(input.KeyId, arnPrefix)?.kind === 'alias') {
      throw new AwsError('NotFoundException', `Invalid keyId '${input.KeyId}'`);
    }
    const key = keyOrThrow(call, input.KeyId, action);
    if (key.manager === 'AWS') {
      const permission = `kms:${action}`;
      const reason = `because no resource-based policy allows the ${permission} action`;
      const message = denialMessage(call.caller.arn, permission, key.arn, reason);
      throw new AwsError('AccessDeniedException', message);
    }
    return run(call, key, input);
  });
}

/** @throws AwsError KMSInvalidStateException for a key that is pending deletion. */
export function rejectPendingDeletion(key: Key): void {
  if (key.deletedAt !== undefined) throw pendingDeletion(key);
}
