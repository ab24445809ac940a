import { plainJson } from '../../text.ts';
import { aws } from '../../ui/commands.ts';

const COMMANDS = {
  source: ['update-flow-source', '--source-arn', '--decryption'],
  output: ['update-flow-output', '--output-arn', '--encryption'],
  entitlement: ['update-flow-entitlement', '--entitlement-arn', '--encryption'],
} as const;

/** The AWS CLI command that gives a part of a flow these encryption settings. */
export function partCommand(
  flow: { arn: string; region: string },
  part: { kind: keyof typeof COMMANDS; arn: string },
  settings: { keyType: string; algorithm?: string; roleArn?: string; secretArn?: string },
): string {
  const [command, arnOption, settingsOption] = COMMANDS[part.kind];
  const { keyType, algorithm, roleArn, secretArn } = settings;
  // The AWS CLI spells the members with capitals.
  const json = JSON.stringify({
    KeyType: keyType,
    Algorithm: algorithm,
    RoleArn: roleArn,
    SecretArn: secretArn,
  });
  return aws(
    ...['mediaconnect', command, '--region', flow.region, '--flow-arn', flow.arn],
    ...[arnOption, part.arn, settingsOption, plainJson(json)],
  );
}
