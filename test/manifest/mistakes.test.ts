import { describe, expect, test } from 'vitest';
import { entries, mistakesIn, read, STUDIO, told } from './manifests.ts';

const ARN = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i';

describe('readManifest, with a mistake in a member', () => {
  test('applies the rules of the flags and reports all mistakes together with their positions', async () => {
    const wrong: [string, string, string][] = [
      ['secretName: a b', '17', 'secretName must be 1–512 characters'],
      ['regions: [us-west-2, Oregon]', '26', 'regions must be a Region code'],
      ['key: { generate: aes512 }', '22', 'key.generate must be one of: aes128, aes192, aes256.'],
      ['keyType: speke', '14', 'keyType must be one of: static-key, srt-password.'],
      ['kmsKeyId: my key', '15', 'kmsKeyId must be a KMS key ID'],
      ['policyName: a/b', '17', 'policyName must be 1–128 characters'],
      ['policyScope: all', '18', 'policyScope must be one of: secrets, prefix, region'],
      ['roleName: MediaConnectAccessRole', '15', "roleName can't be MediaConnectAccessRole"],
      ['roleDescription: "鍵"', '22', 'roleDescription must be at most 1,000 Latin-1'],
      ['sourceAccount: yes', '20', 'sourceAccount must be true or false.'],
      ['sourceArns: [arn:aws:s3:::bucket]', '18', 'sourceArns must be a MediaConnect ARN pattern'],
      ['permissionsBoundary: x', '26', 'permissionsBoundary must be the ARN of a managed policy'],
      ['tags: { aws:x: y }', '13', 'tags: a tag'],
      ['existingKey: ask', '18', 'existingKey must be one of: keep, replace.'],
      ['restore: "true"', '14', 'restore must be true or false.'],
    ];
    const lines = await mistakesIn(entries(wrong.map(([member]) => member).join('\n')));
    expect(lines).toEqual(
      wrong.map(([, column, sentence], index) =>
        expect.stringMatching(`^${index + 3}:${column}: ${sentence}`),
      ),
    );
  });

  test('puts a title above several mistakes, but not above a single one', async () => {
    const [title] = await told(read(entries(`${STUDIO}\nkeyType: x\nrestore: x`)));
    expect(title).toBe('2 errors in keys.yaml:');
    expect(await told(read(entries(`${STUDIO}\nrestore: x`)))).toEqual([
      'keys.yaml:6:14: restore must be true or false.',
    ]);
  });

  test('reports fifty mistakes and the number of the others', async () => {
    const lines = await mistakesIn(entries(...Array.from({ length: 100 }, () => 'x: y')));
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('and 350 more');
  });

  test('reports a mistake in a default or an anchor once', async () => {
    const content = entries('secretName: a', 'secretName: b', '&e { secretName: c, roleName: r r }', '*e');
    const defaults = '{ regions: [x], key: { generate: aes256 }, sourceAccount: 1 }';
    expect(await mistakesIn(content.replace('keys:', `defaults: ${defaults}\nkeys:`))).toEqual([
      expect.stringMatching('^2:23: regions must be'),
      expect.stringMatching('^2:69: sourceAccount must be'),
      expect.stringMatching('^6:35: roleName must be'),
    ]);
  });

  test.each<[string, string, string[]]>([
    ['a text for a list', 'regions: us-west-2', ['must be a list, such as [us-west-2].', 'x']],
    ['an empty list', 'regions: []', ['regions is empty']],
    ['null in a list', 'regions: [~]', ['regions is empty']],
    ['an empty value', 'roleName:', ['roleName is empty']],
    ['null', 'roleName: null', ['roleName is empty']],
    ['a map for a text', 'roleName: { a: b }', ['roleName must be a string']],
    ['a list for a text', 'roleName: [a]', ['roleName must be a string']],
    ['a list of tags', 'tags: [a=b]', ['tags must be a map, such as { team: playout }.']],
    ['a tag without its value', 'tags: { team: }', ['tags is empty']],
    ['the same tag in two spellings', 'tags: { team: a, Team: b }', ['the same tag key twice']],
    [
      'fifty tags',
      `tags: { ${Array.from({ length: 50 }, (_, n) => `t${n}: x`).join(', ')} }`,
      ['at most 49'],
    ],
    ['a repeated member', 'roleName: a\nroleName: b', ['Duplicate field']],
    ['the flag in place of the member', 'role-name: a', ['Unknown field role-name. Did you mean roleName?']],
    ['a misspelled member', 'permisionsBoundry: a', ['Did you mean permissionsBoundary?']],
    ['an unknown member', 'color: blue', ['Unknown field.']],
    ['a property of every object', 'constructor: x', ['Unknown field.']],
    ['a list as the name of a member', '? [a]\n: b', ['A field name must be a plain word.']],
    ['an algorithm for a password', 'keyType: srt-password', ['key.generate supports static keys only']],
    ['a prefix for another scope', 'policyPrefix: live/', ['policyPrefix requires policyScope prefix']],
    ['a scope without its prefix', 'policyScope: prefix', ['policyScope prefix requires a prefix']],
    ['a prefix with a wildcard', 'policyScope: prefix\npolicyPrefix: live/*', ['policyPrefix must be']],
    ['two algorithms', 'algorithm: aes128', ['key.generate and algorithm name different']],
    [
      'a KMS key of another Region',
      'kmsKeyId: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      ['kmsKeyId is a single-Region key'],
    ],
  ])('says what to type instead of %s', async (_what, member, [sentence = '', more]) => {
    const own = member.split(':')[0];
    const others = STUDIO.split('\n').filter((line) => !line.startsWith(`${own}:`));
    const lines = await mistakesIn(entries([...others, member].join('\n')));
    expect(lines).toEqual([expect.stringContaining(sentence)]);
    expect(lines[0]).toMatch(more === undefined ? /^[5-7]:\d+: / : /^5:14: /);
  });
});

describe('readManifest, with an invalid entry', () => {
  test('requires a secret name that begins with policyPrefix, unless the entry has another scope', async () => {
    const other = `${STUDIO.replace('studio-a', 'studio-b')}\npolicyScope: secrets\npolicyName: Other`;
    const content = entries(STUDIO, STUDIO.replace('studio-a', 'live/a'), other);
    const defaults = 'defaults: { policyScope: prefix, policyPrefix: live/ }';
    expect(await mistakesIn(content.replace('keys:', `${defaults}\nkeys:`))).toEqual([
      expect.stringContaining("4:17: secretName doesn't start with policyPrefix"),
    ]);
  });

  test.each<[string, string, string[]]>([
    ['without members', '{}', ['secretName is missing', 'regions is missing', 'key is missing']],
    ['without a key', 'secretName: a\nregions: [us-west-2]', ['key is missing. Set its source']],
    [
      'with an ARN and a name',
      `secretArns: [${ARN}]\nsecretName: a`,
      ["secretArns uses existing secrets, so it can't be combined with secretName."],
    ],
    ['with an ARN and an existing key', `secretArns: [${ARN}]\nkey: { existing: true }`, ['Remove key.']],
    ['with half an ARN', 'secretArns: [arn:aws:x]', ['secretArns must be a full secret ARN']],
    [
      'for an existing secret, with members for storing one',
      `${STUDIO.replace('generate: aes256', 'existing: true')}\nkmsKeyId: alias/a\nexistingKey: keep`,
      ['Remove kmsKeyId.', 'Remove existingKey.'],
    ],
    ['that is a text', 'studio-a', ['keys must be a list. Each entry starts with']],
  ])('rejects an entry %s', async (_what, entry, sentences) => {
    expect(await mistakesIn(entries(entry))).toEqual(sentences.map((each) => expect.stringContaining(each)));
  });

  test.each<[string, string, string]>([
    ['a text', 'hunter2hunter2', 'key must be a source'],
    ['a number', '12345678901234', 'key must be a source'],
    ['a list', '[hunter2hunter2]', 'key must be a source'],
    ['an empty value', '', 'key must be a source'],
    ['an empty map', '{}', 'key must be exactly one of'],
    ['two sources', '{ env: A, file: b }', 'key must be exactly one of'],
    ['an unknown source', '{ hunter2hunter2: x }', 'key must be exactly one of'],
    ['a source in capitals', '{ Env: HUNTER2HUNTER2 }', 'key must be exactly one of'],
    ['an invalid variable name', '{ env: hunter2-hunter2 }', 'key.env must be the name of an environment'],
    ['a variable without a name', '{ env: }', 'key.env is empty'],
    ['existing: false', '{ existing: false }', 'key.existing must be true.'],
    ...['"-"', '/dev/stdin', '/dev//fd/0', '/proc/self/fd/3'].map((path): [string, string, string] => [
      `standard input as ${path}`,
      `{ file: ${path} }`,
      'not standard input, a pipe or a terminal',
    ]),
  ])('says how to give the key instead of %s, and repeats nothing', async (_what, key, sentence) => {
    const lines = await mistakesIn(entries(STUDIO.replace('{ generate: aes256 }', key)));
    expect(lines).toEqual([expect.stringContaining(sentence)]);
    expect(lines[0]).not.toMatch(/hunter2|1234567/i);
  });
});

describe('readManifest, with entries that contradict each other', () => {
  test.each<[string, string, string, string]>([
    ['the same secret', '', '', 'Duplicate: line 3 already defines this secret in us-west-2.'],
    [
      'one role name in two spellings',
      'roleName: Reader',
      'roleName: reader',
      'differs only in capitalization from line 3',
    ],
    ['two descriptions', 'roleDescription: a', 'roleDescription: b', 'roleDescription differs from line 3'],
    [
      'two values of sourceAccount',
      'sourceAccount: true',
      'sourceAccount: false',
      'which uses the same roleName',
    ],
    [
      'two permissions boundaries',
      '',
      'permissionsBoundary: arn:aws:iam::111122223333:policy/B',
      'permissionsBoundary differs',
    ],
    ['two values of updateTrust', 'updateTrust: true', '', 'updateTrust differs from line 3'],
    [
      'two scopes of one policy',
      'policyScope: region',
      'policyScope: account',
      'which uses the same policyName',
    ],
    [
      'one policy name in two spellings',
      'policyName: Read',
      'policyName: read',
      'differs only in capitalization',
    ],
    [
      'two values of sourceArns',
      'sourceArns: []',
      'sourceArns: ["arn:aws:mediaconnect:us-west-2:111122223333:flow:*"]',
      'sourceArns differs',
    ],
  ])('names the position and the other entry: %s', async (_what, first, second, sentence) => {
    const another = sentence.startsWith('Duplicate') ? STUDIO : STUDIO.replace('studio-a', 'studio-b');
    const lines = await mistakesIn(entries(`${STUDIO}\n${first}`, `${another}\n${second}`));
    expect(lines).toEqual([expect.stringContaining(sentence)]);
  });

  test('rejects Regions of different AWS partitions', async () => {
    const china = 'secretName: studio-b\nregions: [cn-north-1]\nkey: { generate: aes256 }';
    expect(await mistakesIn(entries(STUDIO, china))).toEqual([
      expect.stringContaining('7:14: These Regions are in a different AWS partition from those of line 3'),
    ]);
    expect(await mistakesIn(entries(STUDIO.replace('us-west-2', 'us-west-2, cn-north-1')))).toEqual([
      expect.stringContaining('4:14: The Regions in regions are in different AWS partitions'),
    ]);
  });

  test('accepts entries that agree in different words', async () => {
    const said = 'sourceAccount: true\npolicyScope: secrets\nroleName: MediaConnect-ASM';
    await read(entries(STUDIO, `${STUDIO.replace('studio-a', 'studio-b')}\n${said}`));
    await read(entries(STUDIO, STUDIO.replace('us-west-2', 'eu-west-1')));
  });

  test('rejects a secret that is given both by ARN and by name', async () => {
    const named = STUDIO.replace('studio-a', 'aes256');
    expect(await mistakesIn(entries(named, `secretArns: [${ARN}]`))).toEqual([
      expect.stringContaining('6:17: Duplicate: line 3 already defines this secret'),
    ]);
  });
});
