import { AwsError, denialMessage } from '../errors.ts';
import { type Call, type Operation, type Operations, type Output, operation } from '../service.ts';
import { flag, isReserved, list, MAX_TAGS, number, record, required, type Tag, text } from '../shapes.ts';
import { noSuchKey, notPendingDeletion, pendingDeletion, wrongTags } from './errors.ts';
import { foreignName, keyName } from './names.ts';
import type { Key } from './store.ts';
import { keyMetadata, keyState } from './views.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const DEFAULT_WINDOW_DAYS = 30;

const keyId = required(text({ min: 1, max: 2048 }));
const policyName = text({ min: 1, max: 128 });
const policyMembers = {
  PolicyName: policyName,
  Policy: required(text({ min: 1, max: 131_072 })),
  BypassPolicyLockoutSafetyCheck: flag,
};

const tag = record({
  TagKey: required(text({ min: 1, max: 128 })),
  TagValue: required(text({ max: 256 })),
});

/** Members for keys in custom key stores, which the sandbox does not have. */
const ELSEWHERE = ['CustomKeyStoreId', 'XksKeyId'] as const;

/**
 * Returns the key that a request names.
 * @param action the operation, for the access denied error for a key of another account: no key policy there allows this account.
 * @throws AwsError NotFoundException, InvalidArnException, AccessDeniedException.
 */
export function demandKey(call: Call, name: string, action: string): Key {
  const store = call.world.keysIn(call.region);
  const key = store.find(name, call.now);
  if (foreignName(name, store.arnPrefix)) {
    const message = denialMessage(call.caller.arn, `kms:${action}`, name, NOT_LET_IN);
    throw new AwsError('AccessDeniedException', message);
  }
  if (!key) {
    throw noSuchKey(name, store.arnPrefix);
  }
  return key;
}

/** The reason that KMS gives to a caller from another account, whether the key exists or not. */
const NOT_LET_IN =
  'because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access';

export const keys: Operations = {
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
      const usual = [input.KeyUsage ?? 'ENCRYPT_DECRYPT', spec, input.Origin ?? 'AWS_KMS'].join();
      if (
        usual !== 'ENCRYPT_DECRYPT,SYMMETRIC_DEFAULT,AWS_KMS' ||
        ELSEWHERE.some((name) => input[name] !== undefined)
      ) {
        const message = 'The sandbox has symmetric encryption keys only.';
        throw new AwsError('NotImplemented', message);
      }
      const key = call.world.keysIn(call.region).add(call.now, {
        description: input.Description ?? '',
        multiRegion: input.MultiRegion ?? false,
        tags: checkedTags(input.Tags ?? []),
      });
      if (input.Policy !== undefined) {
        key.policy = demandPolicy(input.Policy);
      }
      return { KeyMetadata: keyMetadata(call, key) };
    },
  ),
  GetKeyPolicy: operation({ KeyId: keyId, PolicyName: policyName }, (call, input) => {
    const key = demandKey(call, input.KeyId, 'GetKeyPolicy');
    return { Policy: key.policy ?? defaultPolicy(call), PolicyName: 'default' };
  }),
  PutKeyPolicy: change('PutKeyPolicy', policyMembers, (_call, key, { Policy = '' }) => {
    key.policy = demandPolicy(Policy);
    return {};
  }),
  DescribeKey: operation({ KeyId: keyId }, (call, input) => {
    // A predefined AWS alias gets its key when it is first described. Source: `KeyId` in the API reference of DescribeKey.
    if (/(^|:)alias\/aws\/secretsmanager$/.test(input.KeyId)) {
      call.world.keysIn(call.region).adopt(input.KeyId, call.now);
    }
    return { KeyMetadata: keyMetadata(call, demandKey(call, input.KeyId, 'DescribeKey')) };
  }),
  EnableKey: change('EnableKey', {}, (_call, key) => {
    refusePendingDeletion(key);
    key.enabled = true;
    return undefined;
  }),
  DisableKey: change('DisableKey', {}, (_call, key) => {
    refusePendingDeletion(key);
    key.enabled = false;
    return undefined;
  }),
  ScheduleKeyDeletion: change(
    'ScheduleKeyDeletion',
    { PendingWindowInDays: number({ min: 7, max: 30 }) },
    (call, key, { PendingWindowInDays = DEFAULT_WINDOW_DAYS }) => {
      refusePendingDeletion(key);
      key.deletedAt = call.now + PendingWindowInDays * DAY_MS;
      return {
        KeyId: key.arn,
        DeletionDate: new Date(key.deletedAt),
        KeyState: keyState(key),
        PendingWindowInDays,
      };
    },
  ),
  CancelKeyDeletion: change('CancelKeyDeletion', {}, (_call, key) => {
    if (key.deletedAt === undefined) {
      throw notPendingDeletion(key);
    }
    delete key.deletedAt;
    key.enabled = false;
    return { KeyId: key.arn };
  }),
};

/**
 * Returns the tags of a request, after the checks that KMS makes itself.
 * @throws AwsError TagException.
 */
function checkedTags(given: readonly { TagKey: string; TagValue: string }[]): Tag[] {
  if (given.length > MAX_TAGS) {
    throw wrongTags('Too many tags');
  }
  if (given.some(({ TagKey }) => isReserved(TagKey))) {
    throw wrongTags('Tags beginning with aws: are reserved');
  }
  if (new Set(given.map(({ TagKey }) => TagKey)).size < given.length) {
    throw wrongTags('Duplicate tag keys');
  }
  return given.map(({ TagKey, TagValue }) => ({ Key: TagKey, Value: TagValue }));
}

/** Returns the policy of a key that was created without one. Source: "Default key policy" in the KMS developer guide. */
function defaultPolicy({ world }: Call): string {
  const statement = {
    Sid: 'Enable IAM User Permissions',
    Effect: 'Allow',
    Principal: { AWS: `arn:${world.partition}:iam::${world.account}:root` },
    Action: 'kms:*',
    Resource: '*',
  };
  return JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [statement] }, undefined, 2);
}

/** @throws AwsError MalformedPolicyDocumentException for text that is not a policy. */
function demandPolicy(policy: string): string {
  try {
    const document: unknown = JSON.parse(policy);
    if (typeof document === 'object' && document !== null && 'Statement' in document) {
      return policy;
    }
  } catch {
    // Reported below.
  }
  throw new AwsError('MalformedPolicyDocumentException', 'The new key policy is malformed.');
}

/** Returns an operation that changes the state of a customer managed key. It does not accept an alias. */
function change(
  action: string,
  members: { PendingWindowInDays?: ReturnType<typeof number> } & Partial<typeof policyMembers>,
  run: (call: Call, key: Key, input: { PendingWindowInDays?: number; Policy?: string | undefined }) => Output,
): Operation {
  return operation({ ...members, KeyId: keyId }, (call, input) => {
    const { arnPrefix } = call.world.keysIn(call.region);
    if (keyName(input.KeyId, arnPrefix)?.kind === 'alias') {
      throw new AwsError('NotFoundException', `Invalid keyId '${input.KeyId}'`);
    }
    const key = demandKey(call, input.KeyId, action);
    if (key.manager === 'AWS') {
      const permission = `kms:${action}`;
      const reason = `because no resource-based policy allows the ${permission} action`;
      const message = denialMessage(call.caller.arn, permission, key.arn, reason);
      throw new AwsError('AccessDeniedException', message);
    }
    return run(call, key, input);
  });
}

function refusePendingDeletion(key: Key): void {
  if (key.deletedAt !== undefined) {
    throw pendingDeletion(key);
  }
}
