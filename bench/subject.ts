const KEY_VARIABLE = 'BENCH_KEY';
const BASE_VARIABLE = 'BENCH_NAME';
const EXAMPLE_KEY = '0123456789abcdef0123456789abcdef';

/** What one run creates: the names, and the environment that tells them to the process. */
export interface Subject {
  secret: string;
  policy: string;
  role: string;
  key: string;
  env: NodeJS.ProcessEnv;
}

let made = 0;

/** A subject of which nothing exists yet, neither from this bench nor from an earlier one. */
export function freshSubject(env: NodeJS.ProcessEnv): Subject {
  made += 1;
  return subjectIn({
    ...env,
    [BASE_VARIABLE]: `bench-${Date.now().toString(36)}-${process.pid}-${made}`,
    [KEY_VARIABLE]: EXAMPLE_KEY,
    // The program's launcher sets it too; without it the SDK looks at the Node.js version, and may print a warning.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
}

/** The subject that an environment tells. */
export function subjectIn(env: NodeJS.ProcessEnv): Subject {
  const base = `${env[BASE_VARIABLE]}`;
  return {
    secret: `${base}-secret`,
    policy: `${base}-policy`,
    role: `${base}-MediaConnect`,
    key: `${env[KEY_VARIABLE]}`,
    env,
  };
}

/** The command line of `setup` for a subject. */
export function setupArguments({ secret, policy, role }: Subject): string[] {
  const names = ['--secret-name', secret, '--policy-name', policy, '--role-name', role];
  return ['setup', '--yes', ...names, '--key-env', KEY_VARIABLE];
}

/** The trust policy of the AWS guide. */
export const TRUST_POLICY = document({
  Effect: 'Allow',
  Principal: { Service: 'mediaconnect.amazonaws.com' },
  Action: 'sts:AssumeRole',
});

/** The read policy of the AWS guide. */
export function readPolicy(secretArn: string): string {
  const actions = ['GetResourcePolicy', 'GetSecretValue', 'DescribeSecret', 'ListSecretVersionIds'];
  return document({
    Effect: 'Allow',
    Action: actions.map((action) => `secretsmanager:${action}`),
    Resource: [secretArn],
  });
}

function document(statement: Record<string, unknown>): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
