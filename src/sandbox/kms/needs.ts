import { recordsIn, textIn, wordIn } from '../permissions/input.ts';
import { type Facts, type Need, requestTags, tagFacts } from '../permissions/need.ts';
import type { Call, Input } from '../service.ts';
import { foreignName, keyName } from './names.ts';

/** The placeholder ID for an alias of another account: the sandbox does not know its key. */
const UNKNOWN_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Returns the permissions that KMS operations need.
 * Source: "AWS KMS permissions" in the KMS developer guide.
 */
export function needs(call: Call, action: string, input: Input): Need[] {
  const permission = `kms:${action}`;
  switch (action) {
    case 'CreateKey':
      return creation(permission, input);
    case 'CreateAlias': {
      const { arnPrefix } = call.world.keysIn(call.region);
      const alias = { action: permission, resource: `${arnPrefix}${textIn(input, 'AliasName')}` };
      return [alias, onKey(call, permission, textIn(input, 'TargetKeyId') ?? '*')];
    }
    case 'ListAliases':
    case 'ListKeys':
      return [{ action: permission, resource: '*' }];
    default: {
      const need = onKey(call, permission, textIn(input, 'KeyId') ?? '*');
      const window = wordIn(input, 'PendingWindowInDays');
      return [{ ...need, facts: { ...need.facts, 'kms:ScheduleKeyDeletionPendingWindowInDays': window } }];
    }
  }
}

function creation(action: string, input: Input): Need[] {
  const given = recordsIn(input, 'Tags') ?? [];
  const tags = given.map((tag) => ({ Key: textIn(tag, 'TagKey'), Value: textIn(tag, 'TagValue') }));
  const facts = tags.length > 0 ? requestTags(tags) : {};
  const permissions = tags.length > 0 ? [action, 'kms:TagResource'] : [action];
  return permissions.map((permission) => ({ action: permission, resource: '*', facts }));
}

/** Returns the permission for an action on the key that a request names, whether the key exists or not. */
function onKey(call: Call, action: string, name: string): Need {
  return {
    action,
    resource: keyArn(call, name),
    facts: keyFacts(call, name),
    ...keyPolicyOf(call, name, call.region),
  };
}

/** Returns the policy that was set on a key. The default one leaves all decisions to the account's own policies. */
export function keyPolicyOf(
  call: Call,
  name: string,
  region: string,
): Pick<Need, 'resourcePolicy' | 'resourcePolicyMustAllow'> {
  const policy = call.world.keysIn(region).find(name, call.now)?.policy;
  return policy === undefined ? {} : { resourcePolicy: policy, resourcePolicyMustAllow: true };
}

/** Returns the ARN of the key that a name refers to; if there is none, the ARN that it would have. */
export function keyArn(call: Call, name: string, region = call.region): string {
  const store = call.world.keysIn(region);
  const key = store.find(name, call.now);
  if (key) {
    return key.arn;
  }
  const foreign = foreignName(name, store.arnPrefix);
  if (foreign?.kind === 'alias') {
    return `${foreign.arnPrefix}key/${UNKNOWN_ID}`;
  }
  const meant = keyName(name, store.arnPrefix);
  return meant === undefined ? name : `${store.arnPrefix}${meant.kind === 'id' ? 'key/' : ''}${meant.text}`;
}

/** Returns the condition keys that describe a key and how the request names it. */
export function keyFacts(call: Call, name: string, region = call.region): Facts {
  const store = call.world.keysIn(region);
  const key = store.find(name, call.now);
  const foreign = foreignName(name, store.arnPrefix);
  const meant = foreign ?? keyName(name, store.arnPrefix);
  const ofKey = store.aliases(call.now).filter(({ keyId }) => keyId === key?.id);
  const aliases = foreign?.kind === 'alias' ? [foreign.text] : ofKey.map((alias) => alias.name);
  return {
    'kms:CallerAccount': call.world.account,
    'kms:RequestAlias': meant?.kind === 'alias' ? meant.text : undefined,
    'kms:ResourceAliases': aliases.length > 0 ? aliases : undefined,
    ...tagFacts('aws:ResourceTag', key?.tags ?? []),
  };
}
