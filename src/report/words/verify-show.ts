const keysOf = (count: number) => (count > 1 ? 'these keys' : 'this key');
const checksOf = (count: number) => (count === 1 ? '1 check' : `${count} checks`);

/** What `verify` shows around its checks, and what it says while it works. */
export const verifyShow = {
  title: (kind: 'flow' | 'secret' | 'role' | 'caller', arn: string) => {
    const [, , , region = '', , ...resource] = arn.split(':');
    const last = resource.join(':').replace(/^.*[:/]/, '');
    if (kind === 'secret') return `Secret ${verifyShow.nameIn(arn)} (${region})`;
    if (kind === 'caller') return 'You';
    return `${kind === 'flow' ? 'Flow' : 'Role'} ${last}`;
  },
  /** The name in the ARN of a secret. */
  nameIn: (arn: string) => /:secret:(.+)-[A-Za-z0-9?]{6}$/.exec(arn)?.[1] ?? arn,
  canRead: (keys: number, warnings: number) =>
    `${keys === 0 ? 'There is no key that MediaConnect would have to read' : `MediaConnect can read ${keysOf(keys)}`}.${
      warnings === 0 ? '' : ` There ${warnings === 1 ? 'is one warning' : `are ${warnings} warnings`}.`
    }`,
  cannotRead: (keys: number, failed: number) =>
    `MediaConnect cannot read ${keysOf(keys)}: ${checksOf(failed)} failed.`,
  cannotTell: (keys: number, open: number) =>
    `Whether MediaConnect can read ${keysOf(keys)} cannot be told: ${checksOf(open)} could not be made.`,

  looking: 'Looking at the secret, the role and its policies',
  lookingAtFlow: 'Looking at the flow and what it uses',
};
