type Kind = 'flow' | 'routerInput' | 'routerOutput';

const KINDS: Record<Kind, string> = {
  flow: 'flow',
  routerInput: 'router input',
  routerOutput: 'router output',
};

const listed = (words: string[], last: string) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;

const user = (kind: Kind, arn: string, places: string[]) =>
  `the ${KINDS[kind]} ${arn} (${places.join(', ')})`;

/** Words about what uses a secret. */
export const userWords = {
  usedBy: (name: string, region: string, kind: Kind, arn: string, places: string[]) =>
    `The secret ${name} in ${region} is used by ${user(kind, arn, places)}.`,
  usedByHint: (kind: Kind) =>
    kind === 'flow'
      ? 'Remove the encryption there, or the part of the flow, and then run the same command again.'
      : `Use automatic encryption there or another secret, or delete the ${KINDS[kind]}. Then run the same command again.`,
  namedBy: (name: string, region: string, kind: Kind, arn: string, places: string[]) =>
    `The secret ${name} in ${region} is named by ${user(kind, arn, places)}. It is not used there: the integration with routers is disabled.`,
  willRead: (name: string, region: string, kind: Kind, arn: string, places: string[]) =>
    `The secret ${name} in ${region} is used by ${user(kind, arn, places)}, which will read the new key.`,
  readsNew: 'One that does will read the new key.',
  stopsDecrypting: 'One that does stops decrypting.',
  looking: 'Looking for what uses the secret',
  denied: (action: string) => `${action} is not allowed`,
  noEndpoint: 'MediaConnect has no endpoint there that can be found',
  noRouters: 'MediaConnect has no routers there',

  /** Says what could not be looked at: what has the same reason in one sentence. */
  unknown: (unseen: { region: string; kind: Kind; why: string }[], consequence: string): string[] =>
    [...new Set(unseen.map(({ why }) => why))].map((why) => {
      const same = unseen.filter((each) => each.why === why);
      const kinds = (Object.keys(KINDS) as Kind[]).filter((kind) => same.some((each) => each.kind === kind));
      const things = listed(
        kinds.map((kind) => `a ${KINDS[kind]}`),
        'or',
      );
      const regions = [...new Set(same.map(({ region }) => region))];
      return `Whether ${things} uses the secret could not be looked up in ${regions.join(', ')} (${why}). ${consequence}`;
    }),
};
