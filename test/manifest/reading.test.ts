import { describe, expect, test } from 'vitest';
import { runs } from '../support/exhaustive.ts';
import { entries, manifestFolder, read, STUDIO } from './manifests.ts';

const ARN = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i';
const BOUNDARY = 'arn:aws:iam::111122223333:policy/Boundary';
const FLOWS = 'arn:aws:mediaconnect:us-west-2:111122223333:flow:*';

/** The answers of an entry with only the required members. */
const LEAST = {
  secretName: 'studio-a',
  secretArns: [],
  regions: ['us-west-2'],
  existing: false,
  keySource: { kind: 'generate', algorithm: 'aes256' },
  algorithm: 'aes256',
  sourceAccount: true,
  sourceArns: [],
  tags: [],
  restore: false,
  updateTrust: false,
  dryRun: false,
};

async function answersOf(content: string | Uint8Array) {
  return (await read(content)).keys.map(({ answers }) => answers);
}

describe('a manifest', () => {
  test('gives the same answers as flags when an entry has only the required members', async () => {
    expect(await answersOf(entries(STUDIO))).toEqual([LEAST]);
  });

  test('has a member for every flag of setup', async () => {
    const content = entries(`secretName: studio-a
regions: [us-west-2, eu-west-1]
key: { env: STUDIO_KEY }
keyType: static-key
algorithm: aes192
kmsKeyId: mrk-1234abcd12ab34cd56ef1234567890ab
policyName: Read
policyScope: region
roleName: Reader
roleDescription: Reads keys.
sourceAccount: false
sourceArns: ["${FLOWS}"]
permissionsBoundary: ${BOUNDARY}
tags: { team: playout, "a=b": c }
existingKey: replace
restore: true
updateTrust: true`);
    expect(await answersOf(content)).toEqual([
      {
        ...LEAST,
        regions: ['us-west-2', 'eu-west-1'],
        keySource: { kind: 'env', name: 'STUDIO_KEY' },
        keyType: 'static-key',
        algorithm: 'aes192',
        kmsKeyId: 'mrk-1234abcd12ab34cd56ef1234567890ab',
        policyName: 'Read',
        policyScope: 'region',
        roleName: 'Reader',
        roleDescription: 'Reads keys.',
        sourceAccount: false,
        sourceArns: [FLOWS],
        permissionsBoundary: BOUNDARY,
        tags: [
          { key: 'team', value: 'playout' },
          { key: 'a=b', value: 'c' },
        ],
        existingKey: 'replace',
        restore: true,
        updateTrust: true,
      },
    ]);
  });

  test('names existing secrets by name or by ARN, without a key source', async () => {
    const [named, byArn] = await answersOf(
      entries(STUDIO.replace('generate: aes256', 'existing: true'), `secretArns: [${ARN}]`),
    );
    expect(named).toMatchObject({ existing: true, secretName: 'studio-a' });
    expect(named).not.toHaveProperty('keySource');
    expect(byArn).toMatchObject({ existing: false, secretArns: [ARN], regions: [] });
  });

  test('records the position of each entry and of its key source', async () => {
    const { keys } = await read(entries(STUDIO, `secretArns: [${ARN}]`));
    const places = keys.map(({ position, keyPosition }) =>
      [position, keyPosition].map((each) => each.replace(/^.*\//, '')),
    );
    expect(places).toEqual([
      ['keys.yaml:3:5', 'keys.yaml:5:10'],
      ['keys.yaml:6:5', 'keys.yaml:6:5'],
    ]);
  });

  test('resolves key files from its own folder', async () => {
    const [answers] = await answersOf(entries(STUDIO.replace('generate: aes256', 'file: keys/studio.key')));
    expect(answers?.keySource).toEqual({
      kind: 'file',
      path: `${manifestFolder()}/keys/studio.key`,
      shown: 'keys/studio.key',
    });
  });
});

describe('a default', () => {
  const withDefaults = (defaults: string, ...texts: string[]) =>
    entries(...texts).replace('keys:', `defaults: ${defaults}\nkeys:`);

  test('applies where an entry has no value of its own, and tags are merged', async () => {
    const defaults =
      '{ regions: [us-east-1], key: { generate: aes128 }, roleName: R, restore: true, tags: { Team: a, feed: x } }';
    const [plain, own] = await answersOf(
      withDefaults(defaults, 'secretName: a', `${STUDIO}\nrestore: false\ntags: { team: b }`),
    );
    expect(plain).toMatchObject({
      regions: ['us-east-1'],
      algorithm: 'aes128',
      roleName: 'R',
      restore: true,
      tags: [
        { key: 'Team', value: 'a' },
        { key: 'feed', value: 'x' },
      ],
    });
    expect(own).toMatchObject({
      regions: ['us-west-2'],
      algorithm: 'aes256',
      restore: false,
      tags: [
        { key: 'feed', value: 'x' },
        { key: 'team', value: 'b' },
      ],
    });
  });

  test('does not apply to an entry that it contradicts', async () => {
    const defaults =
      '{ regions: [us-west-2], key: { generate: aes256 }, algorithm: aes256, kmsKeyId: alias/keys, existingKey: keep }';
    const [byArn, srt, other, existing] = await answersOf(
      withDefaults(
        defaults,
        `secretArns: [${ARN}]`,
        'secretName: srt\nkeyType: srt-password\nkey: { env: SRT }',
        'secretName: other\nkey: { generate: aes128 }',
        'secretName: there\nkey: { existing: true }',
      ),
    );
    expect(byArn).toMatchObject({ regions: [], secretArns: [ARN] });
    for (const name of ['keySource', 'kmsKeyId']) expect(byArn).not.toHaveProperty(name);
    expect(srt?.algorithm).toBeUndefined();
    expect(other).toMatchObject({ algorithm: 'aes128' });
    for (const name of ['existingKey', 'kmsKeyId']) expect(existing).not.toHaveProperty(name);
  });
});

describe('YAML', () => {
  test.each([
    ['a date', '2018-12-01'],
    ['a number', '1e5'],
    ['an octal number', '0o17'],
    ['digits with a leading zero', '007'],
    ['an account ID', '111122223333'],
    ['yes', 'yes'],
    ['no', 'no'],
    ['on', 'on'],
    ['true', 'true'],
    ['1_000', '1_000'],
    ['-.inf', '-.inf'],
  ])('keeps %s as a name exactly as written', async (_what, name) => {
    const [answers] = await answersOf(entries(STUDIO.replace('studio-a', name), `secretArns: [${ARN}]`));
    expect(answers?.secretName).toBe(name);
  });

  test('can have anchors, aliases and merges', async () => {
    const content = entries(
      `&a\n${STUDIO}\ntags: &t { team: x }`,
      '<<: *a\nsecretName: b',
      '<<: [{ secretName: c, roleName: R }, *a]\ntags: *t',
    );
    expect(await answersOf(content)).toEqual([
      { ...LEAST, tags: [{ key: 'team', value: 'x' }] },
      { ...LEAST, secretName: 'b', tags: [{ key: 'team', value: 'x' }] },
      { ...LEAST, secretName: 'c', roleName: 'R', tags: [{ key: 'team', value: 'x' }] },
    ]);
  });

  test.each<[string, (content: string) => string | Uint8Array]>([
    ['Windows line ends', (content) => content.replaceAll('\n', '\r\n')],
    ['a byte-order mark', (content) => `\ufeff${content}`],
    ['comments and a document start', (content) => `# Keys\n---\n${content}...\n`],
    ['block style', (content) => content.replace('[us-west-2]', '\n      - us-west-2')],
    ['quotation marks', (content) => content.replace('studio-a', '"studio\\x2da"')],
  ])('can have %s', async (_what, change) => {
    expect(await answersOf(change(entries(STUDIO)))).toEqual([LEAST]);
  });

  test('can be JSON, with tabs and $schema', async () => {
    const key = { secretName: 'studio-a', regions: ['us-west-2'], key: { generate: 'aes256' } };
    const json = { $schema: './manifest.schema.json', version: 1, keys: [{ ...key, restore: false }] };
    expect(await answersOf(JSON.stringify(json))).toEqual([LEAST]);
    expect(await answersOf(JSON.stringify(json, undefined, '\t'))).toEqual([LEAST]);
  });
});

test('readManifest takes time in proportion to the number of keys', async () => {
  const timed = async (count: number) => {
    const many = Array.from({ length: count }, (_, n) => `{ secretName: feed-${n}, key: { env: K } }`);
    const text = entries(...many).replace('keys:', 'defaults: { regions: [us-west-2] }\nkeys:');
    const { user, system } = process.cpuUsage();
    const { keys } = await read(text);
    const used = process.cpuUsage({ user, system });
    expect([keys.length, keys.at(-1)?.answers.secretName]).toEqual([count, `feed-${count - 1}`]);
    return used.user + used.system;
  };
  const count = runs(300, 1_000);
  await timed(count);
  const [few, many] = [await timed(count), await timed(10 * count)];
  // Quadratic time would take a hundred times as long.
  expect(many / few).toBeLessThan(40);
});
