// What `setup` is measured against: the four calls of the AWS guide, and nothing around them.
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { readPolicy, subjectIn, TRUST_POLICY } from './subject.ts';

const { secret: Name, policy: PolicyName, role: RoleName, key: SecretString } = subjectIn(process.env);
const iam = new IAMClient({});

const secret = await new SecretsManagerClient({}).send(new CreateSecretCommand({ Name, SecretString }));
const PolicyDocument = readPolicy(`${secret.ARN}`);
const policy = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument }));
await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST_POLICY }));
await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: policy.Policy?.Arn }));
