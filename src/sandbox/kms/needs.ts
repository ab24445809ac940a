import { recordsIn, scalarTextIn, stringIn } from '../permissions/input.ts';
import {
  type ConditionValues,
  type RequiredPermission,
  requestTagValues,
  tagValues,
} from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { parseCrossAccountName, parseKeyName } from './names.ts';

/** The placeholder for the ID of the key that another account's alias refers to, which the sandbox does not know. */
const UNKNOWN_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Returns the permissions that KMS operations need.
 * Source: "AWS KMS permissions" in the KMS developer guide.
 */
export function requiredPermissions(call: Call, operation: string, input: Input): RequiredPermission[] {
  const action = `kms:${operation}`;
  switch (operation) {
    case 'CreateKey':
      return creationPermissions(action, input);
    case 'CreateAlias': {
      const { arnPrefix } = call.account.keysIn(call.region);
      const onAlias = { action, resource: `${arnPrefix}${stringIn(input, 'AliasName')}` };
      return [onAlias, keyPermission(call, action, stringIn(input, 'TargetKeyId') ?? '*')];
    }
    case 'ListAliases':
    case 'ListKeys':
      return [{ action, resource: '*' }];
    default: {
      const onKey = keyPermission(call, action, stringIn(input, 'KeyId') ?? '*');
      const conditionValues = {
        ...onKey.conditionValues,
        'kms:ScheduleKeyDeletionPendingWindowInDays': scalarTextIn(input, 'PendingWindowInDays'),
      };
      return [{ ...onKey, conditionValues }];
    }
  }
}

function creationPermissions(createAction: string, input: Input): RequiredPermission[] {
  const tagInputs = recordsIn(input, 'Tags') ?? [];
  const tags = tagInputs.map((tag) => ({ Key: stringIn(tag, 'TagKey'), Value: stringIn(tag, 'TagValue') }));
  const conditionValues = tags.length > 0 ? requestTagValues(tags) : {};
  const actions = tags.length > 0 ? [createAction, 'kms:TagResource'] : [createAction];
  return actions.map((action) => ({ action, resource: '*', conditionValues }));
}

/** Returns the permission for an action on the key that a request names, whether the key exists or not. */
function keyPermission(call: Call, action: string, name: string): RequiredPermission {
  return {
    action,
    resource: keyArn(call, name),
    conditionValues: keyConditionValues(call, name),
    ...keyPolicyOf(call, name, call.region),
  };
}

/** Returns the key policy that was set on a key. Without one, the default policy applies, which leaves all decisions to IAM. */
export function keyPolicyOf(
  call: Call,
  name: string,
  region: string,
): Pick<RequiredPermission, 'resourcePolicy' | 'resourcePolicyMustAllow'> {
  const policy = call.account.keysIn(region).find(name, call.now)?.policy;
  return policy === undefined ? {} : { resourcePolicy: policy, resourcePolicyMustAllow: true };
}

/** Returns the ARN of the key that a name refers to; if there is none, the ARN that it would have. */
export function keyArn(call: Call, name: string, region = call.region): string {
  const store = call.account.keysIn(region);
  const key = store.find(name, call.now);
  if (key) return key.arn;
  const crossAccountName = parseCrossAccountName(name, store.arnPrefix);
  if (crossAccountName?.kind === 'alias') return `${crossAccountName.arnPrefix}key/${UNKNOWN_ID}`;
  const parsedName = parseKeyName(name, store.arnPrefix);
  if (parsedName === undefined) return name;
  return `${store.arnPrefix}${parsedName.kind === 'id' ? 'key/' : ''}${parsedName.text}`;
}

/** Returns the condition values that describe a key and how the request names it. */
export function keyConditionValues(call: Call, name: string, region = call.region): ConditionValues {
  const store = call.account.keysIn(region);
  const key = store.find(name, call.now);
  const crossAccountName = parseCrossAccountName(name, store.arnPrefix);
  const parsedName = crossAccountName ?? parseKeyName(name, store.arnPrefix);
  const keyAliases = store.aliases(call.now).filter(({ keyId }) => keyId === key?.id);
  const aliasNames =
    crossAccountName?.kind === 'alias' ? [crossAccountName.text] : keyAliases.map((alias) => alias.name);
  return {
    'kms:CallerAccount': call.account.accountId,
    'kms:RequestAlias': parsedName?.kind === 'alias' ? parsedName.text : undefined,
    'kms:ResourceAliases': aliasNames.length > 0 ? aliasNames : undefined,
    ...tagValues('aws:ResourceTag', key?.tags ?? []),
  };
}
