const NEWER_AWS_CLI = 'Install AWS CLI 2.13 or later, or 1.29 or later in version 1.';

/** Messages of the `sandbox` command. */
export const sandboxMessages = {
  shell: (url: string) => [
    `Sandbox shell: AWS calls go to ${url}, not to AWS.`,
    '  Services  Secrets Manager, IAM, STS, KMS, MediaConnect',
    '  Clients   mc-static-key, AWS CLI 2.13+, SDKs that read AWS_ENDPOINT_URL',
    'Type "exit" to leave. Everything is discarded.',
  ],
  serving: (url: string) =>
    `AWS sandbox listening on ${url}. Press Ctrl-C to stop; everything is discarded. In another shell (sh, bash or zsh), run:`,
  portTaken: (port: number) => `--port: port ${port} is already in use. Choose another one.`,
  portRefused: (port: number) => `--port: no permission to open port ${port}. Use a port above 1023.`,
  awsCliTooOld: (version: string) =>
    `AWS CLI ${version} ignores AWS_ENDPOINT_URL, so its calls would go to AWS.`,
  awsCliTooOldHint: NEWER_AWS_CLI,
  awsCliInPathTooOld: (version: string) =>
    `Warning: AWS CLI ${version} in PATH ignores AWS_ENDPOINT_URL. Its calls go to AWS, not to the sandbox. ${NEWER_AWS_CLI}`,
  yourCommand: 'Command after --',
  yourShell: 'Shell in SHELL',
  notFound: (what: string) => `${what} not found. Check its name and PATH.`,
  notStarted: (what: string, code: string) => `${what} couldn't be started (${code}).`,
  portAndCommand: 'Use either --port or a command, not both.',
};
