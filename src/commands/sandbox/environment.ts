import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULTS } from '../../defaults.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { shellWord } from '../../text.ts';

/** What leads AWS clients to a sandbox: the variables to set, two of which name AWS configuration files. */
export interface SandboxEnvironment {
  variables: Record<string, string>;
  /** Where the files are. */
  folder: string;
  /** Deletes the folder. */
  remove(): Promise<void>;
}

// Both are extended regular expressions, for JavaScript and for sed.
/** Variables that may lead a client, or who it is, elsewhere. In an environment for the sandbox, only its own are set. */
const FOREIGN = '(AWS_[A-Za-z0-9_]*|MC_STATIC_KEY_(PROFILE|ENDPOINT_URL|ACCOUNT_ID|SANDBOX))';
/** Those among them that only say how a client works. */
const KEPT = '(AWS_PAGER|AWS_DEFAULT_OUTPUT|AWS_CLI_AUTO_PROMPT|AWS_MAX_ATTEMPTS)';

/**
 * Writes AWS configuration files for a sandbox, and returns them together with the variables to set. In the user's own files, an
 * endpoint or a profile could lead clients to AWS.
 */
export async function createSandboxEnvironment(sandbox: Sandbox): Promise<SandboxEnvironment> {
  // The sandbox has no Region of its own; where none is set, the guide's example stands in, as everywhere in the sandbox.
  const region = process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || DEFAULTS.example.region;
  const { accessKeyId, secretAccessKey } = sandbox.credentials;
  const folder = await mkdtemp(join(tmpdir(), 'mc-static-key-sandbox-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  const [config, credentials] = [join(folder, 'config'), join(folder, 'credentials')];
  try {
    await writeFile(config, `[default]\nregion = ${region}\nendpoint_url = ${sandbox.url}\n`);
    await writeFile(
      credentials,
      `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
      { mode: 0o600 },
    );
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    variables: {
      ...sandbox.env,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_CONFIG_FILE: config,
      AWS_SHARED_CREDENTIALS_FILE: credentials,
    },
    folder,
    remove,
  };
}

/** Returns an environment as a child of the sandbox gets it. */
export function withSandbox(
  env: NodeJS.ProcessEnv,
  { variables }: Pick<SandboxEnvironment, 'variables'>,
): NodeJS.ProcessEnv {
  const [foreign, kept] = [FOREIGN, KEPT].map((pattern) => new RegExp(`^${pattern}$`));
  const inherited = Object.entries(env).filter(([name]) => !foreign?.test(name) || kept?.test(name));
  return { ...Object.fromEntries(inherited), ...variables };
}

/** Returns lines that do the same to the environment of a POSIX shell. */
export function shellLines({ variables }: Pick<SandboxEnvironment, 'variables'>): string[] {
  const foreignNames = `env | sed -nE '/^${KEPT}=/d; s/^${FOREIGN}=.*/\\1/p'`;
  return [
    // One name is always there: zsh refuses `unset` without any.
    `unset AWS_PROFILE $(${foreignNames})`,
    ...Object.entries(variables).map(([name, value]) => `export ${name}=${shellWord(value)}`),
  ];
}
