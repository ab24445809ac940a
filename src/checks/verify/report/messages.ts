import type { Verdict } from '../../../plan-types.ts';
import { formatCount, plural, shortList } from '../../../ui/batch-messages.ts';

const keysOf = (number: number) => (number > 1 ? 'these keys' : 'this key');
const countChecks = (number: number) => plural(number, 'check');
const everyKey = (keys: number) => (keys === 1 ? 'the key' : `all ${formatCount(keys)} keys`);
const someKeys = (number: number, keys: number) =>
  keys === 1 ? 'the key' : `${formatCount(number)} of ${plural(keys, 'key')}`;

/** Messages of `verify` around its checks and about its progress. */
export const verifyMessages = {
  title: (kind: 'flow' | 'router' | 'secret' | 'role' | 'caller', arn: string) => {
    const [, , , region = '', , ...resource] = arn.split(':');
    const last = resource.join(':').replace(/^.*[:/]/, '');
    if (kind === 'secret') return `Secret ${verifyMessages.nameIn(arn)} (${region})`;
    if (kind === 'caller') return 'You';
    if (kind === 'router') return `${/:routerInput:/.test(arn) ? 'Router input' : 'Router output'} ${last}`;
    return `${kind === 'flow' ? 'Flow' : 'Role'} ${last}`;
  },
  /** Returns the name in a secret's ARN. */
  nameIn: (arn: string) => /:secret:(.+)-[A-Za-z0-9?]{6}$/.exec(arn)?.[1] ?? arn,
  canRead: (keys: number, warnings: number) =>
    `${keys === 0 ? 'There is no key that MediaConnect would have to read' : `MediaConnect can read ${keysOf(keys)}`}.${
      warnings === 0 ? '' : ` There ${warnings === 1 ? 'is one warning' : `are ${warnings} warnings`}.`
    }`,
  cannotRead: (keys: number, failed: number) =>
    `MediaConnect cannot read ${keysOf(keys)}: ${countChecks(failed)} failed.`,
  /** Problems other than missing access for MediaConnect. */
  faults: {
    flow: 'There is no such flow in this account',
    value: 'The secret does not hold a key that MediaConnect can use',
    key: 'The secret does not hold the right key',
    settings: "This flow's settings don't match the key",
    router: 'There is no such router input or router output in this account',
    ends: 'The two ends of the connection have different settings',
    encryption: "The encryption settings name something that MediaConnect can't use",
    messages: 'MediaConnect reports errors',
    rotation: 'The secret rotates automatically, which breaks the stream each time',
  },
  faulty: (what: string, failed: number) => `${what}: ${countChecks(failed)} failed.`,
  cannotTell: (keys: number, undecided: number) =>
    `Whether MediaConnect can read ${keysOf(keys)} cannot be told: ${countChecks(undecided)} could not be made.`,

  secretTitle: (names: string[], regions: string[]) => `Secret ${names.join(', ')} (${regions.join(', ')})`,
  moreKeys: (number: number) => `and ${formatCount(number)} more keys; --json has them all`,
  keyCounts: (keys: number, secrets: number, verdicts: string[]) =>
    `${plural(keys, 'key')} in ${plural(secrets, 'secret')}: ${verdicts.join(', ')}`,
  keysOf: {
    ok: (number: number) => `${formatCount(number)} can be read`,
    warning: (number: number) => `${formatCount(number)} can be read, with warnings`,
    failed: (number: number) => `${formatCount(number)} cannot be read`,
    'cannot-tell': (number: number) => `${formatCount(number)} inconclusive`,
  } satisfies Record<Verdict, (number: number) => string>,
  concluding: {
    ok: (keys: number) => `MediaConnect can read ${everyKey(keys)}.`,
    warning: (keys: number, _number: number, checks: number) =>
      `MediaConnect can read ${everyKey(keys)}. There ${checks === 1 ? 'is one warning' : `are ${formatCount(checks)} warnings`}.`,
    failed: (keys: number, number: number, checks: number) =>
      `MediaConnect cannot read ${someKeys(number, keys)}: ${countChecks(checks)} failed.`,
    'cannot-tell': (keys: number, number: number, checks: number) =>
      `Whether MediaConnect can read ${someKeys(number, keys)} cannot be told: ${countChecks(checks)} could not be made.`,
  } satisfies Record<Verdict, (keys: number, number: number, checks: number) => string>,
  notCompared: (places: string[]) =>
    `${places.length === 1 ? 'A key is' : `${formatCount(places.length)} keys are`} not here (the variable is not set, or the file is not there), and so not compared with what the secrets hold: ${shortList(places)}.`,

  looking: 'Looking at the secret, the role and its policies',
  lookingAtAll: 'Looking at the secrets, the roles and their policies',
  lookingAtFlow: 'Checking what it uses and the other ends of its connections',
};
