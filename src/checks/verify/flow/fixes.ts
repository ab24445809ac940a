import type { Fix } from '../../../failure.ts';
import { plainJson } from '../../../text.ts';
import { awsCommand } from '../../../ui/commands.ts';

/** Fixes for the checks of a flow. */
export const flowFixes = {
  takePassword: (command: string): Fix => ({
    remedy: 'Store an SRT password in a secret of its own, and take the key type srt-password:',
    command,
  }),
  otherKeyType: (takes: string | undefined): Fix => ({
    remedy:
      takes === undefined
        ? 'Take Zixi or SRT as the protocol, or no encryption.'
        : `Take the key type ${takes}, with the algorithm of the key, or another protocol.`,
  }),
  /** An update of a part keeps omitted settings, so it can't remove an algorithm. */
  leaveAlgorithmOut: {
    remedy: 'Leave the algorithm out: remove this part of the flow, and add it again without.',
  } satisfies Fix,
  nameAlgorithm: { remedy: 'Name the algorithm that the length of the key tells.' } satisfies Fix,
  takeAlgorithm: (algorithm: string, command: string): Fix => ({
    remedy: `Take ${algorithm}, or store a key of the other length:`,
    command,
  }),
  nameSecret: { remedy: 'Name the ARN of the secret.' } satisfies Fix,
  nameRole: { remedy: 'Name the ARN of the role.' } satisfies Fix,
  otherCredentials: { remedy: "Use credentials of the flow's account (--profile)." } satisfies Fix,
  checkArn: { remedy: 'Copy the ARN of the flow from the MediaConnect console.' } satisfies Fix,
};

const COMMANDS = {
  source: ['update-flow-source', '--source-arn', '--decryption'],
  output: ['update-flow-output', '--output-arn', '--encryption'],
  entitlement: ['update-flow-entitlement', '--entitlement-arn', '--encryption'],
} as const;

/** Returns the AWS CLI command that gives a part of a flow these encryption settings. */
export function partCommand(
  flow: { arn: string; region: string },
  part: { kind: keyof typeof COMMANDS; arn: string },
  settings: { keyType: string; algorithm?: string; roleArn?: string; secretArn?: string },
): string {
  const [command, arnOption, settingsOption] = COMMANDS[part.kind];
  const { keyType, algorithm, roleArn, secretArn } = settings;
  // The AWS CLI capitalizes the field names.
  const json = JSON.stringify({
    KeyType: keyType,
    Algorithm: algorithm,
    RoleArn: roleArn,
    SecretArn: secretArn,
  });
  return awsCommand(
    ...['mediaconnect', command, '--region', flow.region, '--flow-arn', flow.arn],
    ...[arnOption, part.arn, settingsOption, plainJson(json)],
  );
}
