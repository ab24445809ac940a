import { checkResourcePolicy, isPublic } from '../documents/resource-policy.ts';
import { AwsError } from '../errors.ts';
import { type Operations, operation } from '../service.ts';
import { flag, required, text } from '../shapes.ts';
import { liveSecret } from './access.ts';
import { change } from './change.ts';
import { secretId } from './members.ts';

/** The operations on a secret's resource policy. */
export const resourcePolicy: Operations = {
  GetResourcePolicy: operation({ SecretId: secretId }, (call, input) => {
    const secret = liveSecret(call, input.SecretId, 'GetResourcePolicy');
    return { ARN: secret.arn, Name: secret.name, ResourcePolicy: secret.policy };
  }),
  PutResourcePolicy: change(
    'PutResourcePolicy',
    { ResourcePolicy: required(text({ min: 1, max: 20_480 })), BlockPublicPolicy: flag },
    (secret, input, call) => {
      const problem = checkResourcePolicy(input.ResourcePolicy, call.world);
      if (problem !== undefined) {
        throw new AwsError('MalformedPolicyDocumentException', problem);
      }
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
  DeleteResourcePolicy: change('DeleteResourcePolicy', {}, (secret) => {
    delete secret.policy;
    return { ARN: secret.arn, Name: secret.name };
  }),
};
