const NEWER_AWS_CLI = 'Install AWS CLI 2.13 or newer, or 1.29 or newer in version 1.';

/** Messages of the `sandbox` command. */
export const sandboxMessages = {
  shell: (url: string) =>
    `A shell in the AWS sandbox at ${url}. Secrets Manager, IAM, STS, KMS and MediaConnect are here; nothing reaches AWS. 'exit' ends it, and nothing is left.`,
  serving: (url: string) =>
    `The AWS sandbox serves at ${url}. Press Ctrl-C to stop it; nothing is kept. To use it in another shell (sh, bash or zsh), run:`,
  portTaken: (port: number) => `--port: ${port} is taken on this machine. Take another one.`,
  portRefused: (port: number) => `--port: this user may not open port ${port}. Take one above 1023.`,
  awsCliTooOld: (version: string) =>
    `The AWS CLI ${version} ignores AWS_ENDPOINT_URL, so its calls would go to AWS.`,
  awsCliTooOldHint: NEWER_AWS_CLI,
  awsCliInPathTooOld: (version: string) =>
    `Warning: the AWS CLI ${version} in PATH ignores AWS_ENDPOINT_URL, so its calls go to AWS, not to the sandbox. ${NEWER_AWS_CLI}`,
  yourCommand: 'The command after --',
  yourShell: 'The shell named in SHELL',
  notFound: (what: string) => `${what} was not found. Check its name and PATH.`,
  notStarted: (what: string, code: string) => `${what} could not be started (${code}).`,
  portAndCommand: '--port serves in the foreground, so it takes no command. Leave one of them out.',
};
