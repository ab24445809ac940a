/** Words about a secret that exists and was named, for every command that works on one. */
export const namedSecretWords = {
  onlyThere: (regions: string[]) =>
    `Only in ${regions.join(' and ')}, as you said. Without --region it is every Region that the secret lives in.`,
  unseen: (regions: string[]) =>
    `No look was possible into ${regions.join(', ')} (off, not allowed or not reached). If the secret lives there, name the Region with --region.`,
  otherArn: (arn: string) => `There is no secret ${arn}; another one has its name.`,
  copyArn: 'Copy the ARN from Secrets Manager, the six random characters at its end included.',
};
