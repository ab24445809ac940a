import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  type AddOutputRequest,
  CreateFlowCommand,
  type Encryption,
  type SetSourceRequest,
} from '@aws-sdk/client-mediaconnect';
import { type clientsFor, readPolicy, TRUST } from '../clients.ts';

type Clients = ReturnType<typeof clientsFor>;

const PLACE = 'us-west-2:111122223333';
export const ROLE_ARN = 'arn:aws:iam::111122223333:role/MediaConnect-ASM';
export const SECRET_ARN = `arn:aws:secretsmanager:${PLACE}:secret:game-AbCdEf`;

export const STATIC_KEY: Encryption = {
  KeyType: 'static-key',
  Algorithm: 'aes128',
  RoleArn: ROLE_ARN,
  SecretArn: SECRET_ARN,
};
export const PASSWORD: Encryption = { KeyType: 'srt-password', RoleArn: ROLE_ARN, SecretArn: SECRET_ARN };
export const SPEKE: Encryption = {
  KeyType: 'speke',
  Algorithm: 'aes128',
  RoleArn: ROLE_ARN,
  Region: 'us-west-2',
  DeviceId: 'device',
  ResourceId: 'content',
  Url: 'https://keys.example.com/prod',
};

export const ZIXI_SOURCE: SetSourceRequest = {
  Name: 'camera',
  Protocol: 'zixi-push',
  WhitelistCidr: '192.0.2.0/24',
};
export const ZIXI_OUTPUT: AddOutputRequest = {
  Name: 'studio',
  Protocol: 'zixi-push',
  Destination: '198.51.100.7',
  Port: 2088,
  StreamId: 'game',
};

/** Returns a trust policy for MediaConnect with a condition. */
export function trustFor(condition: object): string {
  const [statement] = JSON.parse(TRUST).Statement;
  return JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, Condition: condition }] });
}

/**
 * Makes the role `MediaConnect-ASM`.
 * @param statements its inline policy; reading the secret by default, none for an empty list.
 */
export async function makeRole({ iam }: Clients, secretArn: string, statements?: object[]): Promise<void> {
  const RoleName = 'MediaConnect-ASM';
  await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  if (statements?.length === 0) {
    return;
  }
  const PolicyDocument = statements
    ? JSON.stringify({ Version: '2012-10-17', Statement: statements })
    : readPolicy(secretArn);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'Given', PolicyDocument }));
}

/** Makes a flow in standby with one output, encrypted with this secret, and returns its ARN. */
export async function makeFlow({ mediaConnect }: Clients, SecretArn: string): Promise<string> {
  const Outputs = [{ ...ZIXI_OUTPUT, Encryption: { ...STATIC_KEY, SecretArn } }];
  const made = await mediaConnect.send(new CreateFlowCommand({ Name: 'game', Source: ZIXI_SOURCE, Outputs }));
  return made.Flow?.FlowArn ?? '';
}
