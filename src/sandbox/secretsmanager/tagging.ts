import { checkResourcePolicy, isPublic } from '../documents/resource-policy.ts';
import { AwsError } from '../errors.ts';
import { type Operations, operation } from '../service.ts';
import {
  countUserTags,
  flag,
  isReservedTagKey,
  list,
  MAX_TAGS,
  mergeTags,
  required,
  type Tag,
  tagValuePattern,
  text,
  withoutTags,
} from '../shapes.ts';
import { activeSecretOrThrow, changeOperation } from './access.ts';
import { invalidParameter, invalidRequest, secretId, tags } from './members.ts';

/**
 * Returns the tags of a request, after the checks that Secrets Manager makes itself.
 * @throws AwsError InvalidParameterException, InvalidRequestException.
 */
export function checkedTags(requestTags: readonly { Key?: string; Value?: string }[]): Tag[] {
  const checked = requestTags.map(({ Key, Value = '' }) => {
    if (Key === undefined) throw invalidParameter('The tag key cannot be empty.');
    rejectReservedKey(Key);
    if (!tagValuePattern.test(Key) || !tagValuePattern.test(Value)) {
      throw invalidParameter(`The tag ${Key} has a character that is not allowed in tags.`);
    }
    return { Key, Value };
  });
  if (new Set(checked.map((tag) => tag.Key)).size < checked.length) {
    throw invalidParameter('Request contains duplicate keys.');
  }
  return withinQuota(checked);
}

function rejectReservedKey(key: string): void {
  if (isReservedTagKey(key)) {
    throw invalidParameter(`The tag key ${key} starts with the reserved prefix aws:.`);
  }
}

/** @throws AwsError InvalidRequestException if a secret cannot have so many tags. */
function withinQuota(allTags: Tag[]): Tag[] {
  if (countUserTags(allTags) > MAX_TAGS) {
    throw invalidRequest(`The maximum number of tags for the secret is ${MAX_TAGS}.`);
  }
  return allTags;
}

export const tagOperations: Operations = {
  TagResource: changeOperation('TagResource', { Tags: required(tags) }, (secret, input) => {
    secret.tags = withinQuota(mergeTags(secret.tags ?? [], checkedTags(input.Tags)));
    return undefined;
  }),
  UntagResource: changeOperation(
    'UntagResource',
    { TagKeys: required(list(text({ min: 1, max: 128 }))) },
    (secret, input) => {
      input.TagKeys.forEach(rejectReservedKey);
      secret.tags = secret.tags && withoutTags(secret.tags, input.TagKeys);
      return undefined;
    },
  ),
};

export const resourcePolicyOperations: Operations = {
  GetResourcePolicy: operation({ SecretId: secretId }, (call, input) => {
    const secret = activeSecretOrThrow(call, input.SecretId, 'GetResourcePolicy');
    return { ARN: secret.arn, Name: secret.name, ResourcePolicy: secret.policy };
  }),
  PutResourcePolicy: changeOperation(
    'PutResourcePolicy',
    { ResourcePolicy: required(text({ min: 1, max: 20_480 })), BlockPublicPolicy: flag },
    (secret, input, call) => {
      const problem = checkResourcePolicy(input.ResourcePolicy, call.account);
      if (problem !== undefined) throw new AwsError('MalformedPolicyDocumentException', problem);
      if (input.BlockPublicPolicy && isPublic(input.ResourcePolicy)) {
        throw new AwsError(
          'PublicPolicyException',
          'You cannot grant public access to this secret. Update the resource policy or set BlockPublicPolicy to false.',
        );
      }
      secret.policy = input.ResourcePolicy;
      return { ARN: secret.arn, Name: secret.name };
    },
  ),
  DeleteResourcePolicy: changeOperation('DeleteResourcePolicy', {}, (secret) => {
    delete secret.policy;
    return { ARN: secret.arn, Name: secret.name };
  }),
};
