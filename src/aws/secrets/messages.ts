import type { Fix } from '../../failure.ts';
import { plural } from '../../ui/batch-messages.ts';
import { toolCommand } from '../../ui/commands.ts';

type Kind = 'flow' | 'routerInput' | 'routerOutput';

const KINDS: Record<Kind, string> = {
  flow: 'flow',
  routerInput: 'router input',
  routerOutput: 'router output',
};

/** Returns `a, b and c`, with the conjunction before the last word. */
const joined = (words: string[], conjunction: string) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;

const user = (kind: Kind, arn: string, places: string[]) =>
  `the ${KINDS[kind]} ${arn} (${places.join(', ')})`;

/** Messages about users of a secret: flows and router resources, never IAM users. */
export const userMessages = {
  usedBy: (name: string, region: string, kind: Kind, arn: string, places: string[]) =>
    `The secret ${name} in ${region} is used by ${user(kind, arn, places)}.`,
  usedByHint: (kind: Kind) =>
    kind === 'flow'
      ? 'Change that setting to stop using the secret, or remove that part of the flow. Then run the same command again.'
      : `Change that setting to stop using the secret, or delete the ${KINDS[kind]}. Then run the same command again.`,
  namedBy: (name: string, region: string, kind: Kind, arn: string, places: string[]) =>
    `The secret ${name} in ${region} is configured in ${user(kind, arn, places)}, but not in use: router integration is disabled.`,
  willRead: (name: string, region: string, kind: Kind, arn: string, places: string[]) =>
    `The secret ${name} in ${region} is used by ${user(kind, arn, places)}, which will read the new key.`,
  /** @param detail the message of `verify` about the setting */
  cannotUse: (kind: Kind, arn: string, detail: string) =>
    `The ${KINDS[kind]} ${arn} can't use the new key: ${detail}.`,
  updateAfter: (kind: Kind, arn: string) =>
    `Update the ${KINDS[kind]} after this run. For instructions, run: ${toolCommand('verify', '--flow-arn', arn)}`,
  transitTakes: 'has transit encryption, which needs a key of 64 hexadecimal digits',
  takesKeyType: (keyType: string) => `has the key type ${keyType}, which doesn't match this key`,
  storeLongKey: {
    remedy: 'Store a key of 64 hexadecimal digits (--generate aes256), or change this setting first.',
  } satisfies Fix,
  storePassword: {
    remedy: 'Store an SRT password of 10–80 characters, or change this setting first.',
  } satisfies Fix,
  changeKeyType: {
    remedy: 'Change the key type and the protocol of this part, or store a key of that type.',
  } satisfies Fix,
  /** Says which resources must be updated before they can use the new key, counted by kind. */
  mustUpdate: (kinds: Kind[]) => {
    const counts = (Object.keys(KINDS) as Kind[]).flatMap((kind) => {
      const count = kinds.filter((each) => each === kind).length;
      return count > 0 ? [plural(count, KINDS[kind])] : [];
    });
    return `${joined(counts, 'and')} must be updated before ${kinds.length === 1 ? 'it' : 'they'} can use the new key.`;
  },
  readsNew: 'Anything there that uses it will read the new key.',
  stopsDecrypting: 'Anything there that uses it will stop decrypting.',
  lookingForUsers: 'Checking what uses the secret',
  denied: (action: string) => `${action} is not allowed`,
  noEndpoint: 'no MediaConnect endpoint found there',
  noRouters: "MediaConnect doesn't support router requests there",

  /** Says what could not be read, with one sentence for each reason. */
  couldNotCheck: (unseen: { region: string; kind: Kind; why: string }[], consequence: string): string[] =>
    [...new Set(unseen.map(({ why }) => why))].map((why) => {
      const entries = unseen.filter((entry) => entry.why === why);
      const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) =>
        entries.some((entry) => entry.kind === kind),
      );
      const names = kinds.map((kind) => `a ${KINDS[kind]}`);
      const regions = [...new Set(entries.map(({ region }) => region))];
      return `Couldn't check whether ${joined(names, 'or')} uses the secret in ${regions.join(', ')} (${why}). ${consequence}`;
    }),
};

/** Messages for commands that work on an existing, named secret. */
export const namedSecretMessages = {
  onlyThere: (regions: string[]) =>
    `This applies only to ${joined(regions, 'and')}. For every Region of the secret, remove --region.`,
  unseen: (regions: string[]) =>
    `Not checked: ${regions.join(', ')} (not enabled, not allowed or unreachable). If the secret is in one of them, add --region REGION.`,
  otherArn: (arn: string) => `Secret not found: ${arn}. Another secret has its name.`,
  copyArn: 'Copy the full ARN from Secrets Manager, with the 6 random characters at its end.',
};
