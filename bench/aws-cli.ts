import { type Command, run, runs } from './child.ts';
import { readPolicy, type Subject, TRUST_POLICY } from './subject.ts';

/** Whether this machine has the AWS CLI. */
export function hasAwsCli(env: NodeJS.ProcessEnv): Promise<boolean> {
  return runs({ file: 'aws', args: ['--version'], env });
}

/** Makes the four calls with the AWS CLI, one command each, as a shell script would. */
export async function callWithAwsCli({ secret, policy, role, key, env }: Subject): Promise<void> {
  const aws = async (...args: string[]): Promise<string> => {
    const command: Command = { file: 'aws', args: [...args, ...endpoint(env), '--output', 'text'], env };
    return (await run(command)).trim();
  };
  const secretArn = await aws(
    ...['secretsmanager', 'create-secret', '--name', secret, '--secret-string', key, '--query', 'ARN'],
  );
  const policyArn = await aws(
    ...['iam', 'create-policy', '--policy-name', policy, '--policy-document', readPolicy(secretArn)],
    ...['--query', 'Policy.Arn'],
  );
  await aws('iam', 'create-role', '--role-name', role, '--assume-role-policy-document', TRUST_POLICY);
  await aws('iam', 'attach-role-policy', '--role-name', role, '--policy-arn', policyArn);
}

/** Versions of the AWS CLI before 2.13 and 1.29 do not look at AWS_ENDPOINT_URL. */
function endpoint(env: NodeJS.ProcessEnv): string[] {
  return env.AWS_ENDPOINT_URL ? ['--endpoint-url', env.AWS_ENDPOINT_URL] : [];
}
