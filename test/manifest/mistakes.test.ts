import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readManifest } from '../../src/manifest/index.ts';
import { KEYS } from '../support/account.ts';
import { entries, fileOf, manifestFolder, mistakesIn, read, STUDIO, told } from './manifests.ts';

const ARN = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i';

describe('a mistake in a member', () => {
  test('is told by the rules of the flags, with its place, and all of them at once', async () => {
    const wrong: [string, string, string][] = [
      ['secretName: a b', '17', 'secretName takes 1 to 512 letters'],
      ['regions: [us-west-2, Oregon]', '26', 'regions takes the name of a Region'],
      ['key: { generate: aes512 }', '22', 'key.generate takes one of: aes128, aes192, aes256.'],
      ['keyType: speke', '14', 'keyType takes one of: static-key, srt-password.'],
      ['kmsKeyId: my key', '15', 'kmsKeyId takes a KMS key ID'],
      ['policyName: a/b', '17', 'policyName takes 1 to 128 letters'],
      ['policyScope: all', '18', 'policyScope takes one of: secrets, region'],
      ['roleName: MediaConnectAccessRole', '15', 'roleName must not be MediaConnectAccessRole'],
      ['roleDescription: "鍵"', '22', 'roleDescription takes at most 1,000 characters'],
      ['sourceAccount: yes', '20', 'sourceAccount takes true or false.'],
      ['sourceArns: [arn:aws:s3:::bucket]', '18', 'sourceArns takes an ARN pattern of MediaConnect'],
      ['permissionsBoundary: x', '26', 'permissionsBoundary takes the ARN of a managed policy'],
      ['tags: { aws:x: y }', '13', 'tags: a tag'],
      ['existingKey: ask', '18', 'existingKey takes one of: keep, replace.'],
      ['restore: "true"', '14', 'restore takes true or false.'],
    ];
    const lines = await mistakesIn(entries(wrong.map(([member]) => member).join('\n')));
    expect(lines).toEqual(
      wrong.map(([, column, sentence], at) => expect.stringMatching(`^${at + 3}:${column}: ${sentence}`)),
    );
  });

  test('among several is told with a title, a single one by itself', async () => {
    const [title] = await told(read(entries(`${STUDIO}\nkeyType: x\nrestore: x`)));
    expect(title).toBe('keys.yaml has 2 mistakes:');
    expect(await told(read(entries(`${STUDIO}\nrestore: x`)))).toEqual([
      'keys.yaml:6:14: restore takes true or false.',
    ]);
  });

  test('that a hundred entries have is told fifty times', async () => {
    const lines = await mistakesIn(entries(...Array.from({ length: 100 }, () => 'x: y')));
    expect(lines).toHaveLength(51);
    expect(lines.at(-1)).toBe('and 350 more');
  });

  test('that a default or an anchor has is told once', async () => {
    const content = entries('secretName: a', 'secretName: b', '&e { secretName: c, roleName: r r }', '*e');
    const defaults = '{ regions: [x], key: { generate: aes256 }, sourceAccount: 1 }';
    expect(await mistakesIn(content.replace('keys:', `defaults: ${defaults}\nkeys:`))).toEqual([
      expect.stringMatching('^2:23: regions takes'),
      expect.stringMatching('^2:69: sourceAccount takes'),
      expect.stringMatching('^6:35: roleName takes'),
    ]);
  });

  test.each<[string, string, string[]]>([
    ['a text for a list', 'regions: us-west-2', ['takes a list, such as [us-west-2].', 'x']],
    ['an empty list', 'regions: []', ['regions is empty']],
    ['nothing in a list', 'regions: [~]', ['regions is empty']],
    ['nothing', 'roleName:', ['roleName is empty']],
    ['null', 'roleName: null', ['roleName is empty']],
    ['a map for a text', 'roleName: { a: b }', ['roleName takes a text']],
    ['a list for a text', 'roleName: [a]', ['roleName takes a text']],
    ['a list of tags', 'tags: [a=b]', ['tags takes a map, such as { team: playout }.']],
    ['a tag without its value', 'tags: { team: }', ['tags is empty']],
    ['the same tag in two spellings', 'tags: { team: a, Team: b }', ['the same tag key twice']],
    [
      'fifty tags',
      `tags: { ${Array.from({ length: 50 }, (_, n) => `t${n}: x`).join(', ')} }`,
      ['at most 49'],
    ],
    ['a member twice', 'roleName: a\nroleName: b', ['stands here twice']],
    ['the flag for the member', 'role-name: a', ['There is no member role-name. Did you mean roleName?']],
    ['a slip', 'permisionsBoundry: a', ['Did you mean permissionsBoundary?']],
    ['a member that is nothing', 'colour: blue', ['There is no member colour here.']],
    ['a member of all objects', 'constructor: x', ['There is no member constructor here.']],
    ['a list as a name', '? [a]\n: b', ['The name of a member is a plain word.']],
    ['an algorithm for a password', 'keyType: srt-password', ['key.generate makes static keys']],
    ['two algorithms', 'algorithm: aes128', ['key.generate and algorithm name different']],
    [
      'a KMS key of another Region',
      'kmsKeyId: arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      ['kmsKeyId names a key of one Region'],
    ],
  ])('(%s) is told with what to type instead', async (_what, member, [sentence = '', more]) => {
    const own = member.split(':')[0];
    const others = STUDIO.split('\n').filter((line) => !line.startsWith(`${own}:`));
    const lines = await mistakesIn(entries([...others, member].join('\n')));
    expect(lines).toEqual([expect.stringContaining(sentence)]);
    expect(lines[0]).toMatch(more === undefined ? /^[5-7]:\d+: / : /^5:14: /);
  });
});

describe('an entry', () => {
  test.each<[string, string, string[]]>([
    ['that says nothing', '{}', ['secretName is missing', 'regions is missing', 'key is missing']],
    ['without a key', 'secretName: a\nregions: [us-west-2]', ['key is missing. Say where it comes from']],
    [
      'with an ARN and a name',
      `secretArns: [${ARN}]\nsecretName: a`,
      ['secretArns uses secrets that exist, so it does not go together with secretName, regions'],
    ],
    ['with an ARN and an existing key', `secretArns: [${ARN}]\nkey: { existing: true }`, ['Leave key out.']],
    ['with half an ARN', 'secretArns: [arn:aws:x]', ['secretArns takes the full ARN of a secret']],
    [
      'whose secret exists, with what is for storing one',
      `${STUDIO.replace('generate: aes256', 'existing: true')}\nkmsKeyId: alias/a\nexistingKey: keep`,
      ['Leave kmsKeyId out.', 'Leave existingKey out.'],
    ],
    ['that is a text', 'studio-a', ['keys takes a list with one entry a key']],
  ])('%s is refused', async (_what, entry, sentences) => {
    expect(await mistakesIn(entries(entry))).toEqual(sentences.map((each) => expect.stringContaining(each)));
  });

  test.each<[string, string, string]>([
    ['a text', 'hunter2hunter2', 'key takes where the key comes from'],
    ['a number', '12345678901234', 'key takes where the key comes from'],
    ['a list', '[hunter2hunter2]', 'key takes where the key comes from'],
    ['nothing', '', 'key takes where the key comes from'],
    ['an empty map', '{}', 'key takes just one of'],
    ['two sources', '{ env: A, file: b }', 'key takes just one of'],
    ['an unknown source', '{ hunter2hunter2: x }', 'key takes just one of'],
    ['a source in capitals', '{ Env: HUNTER2HUNTER2 }', 'key takes just one of'],
    ['a variable that cannot be', '{ env: hunter2-hunter2 }', 'key.env takes the name of an environment'],
    ['a variable without a name', '{ env: }', 'key.env is empty'],
    ['existing: false', '{ existing: false }', 'key.existing takes true.'],
    ['standard input', '{ file: "-" }', 'Standard input cannot serve a manifest'],
  ])('whose key is %s hears how it is given, and nothing is repeated', async (_what, key, sentence) => {
    const lines = await mistakesIn(entries(STUDIO.replace('{ generate: aes256 }', key)));
    expect(lines).toEqual([expect.stringContaining(sentence)]);
    expect(lines[0]).not.toMatch(/hunter2|1234567/i);
  });
});

describe('the file as a whole', () => {
  test.each<[string, string, string]>([
    ['nothing', '', '1:1: There is nothing here'],
    ['comments only', '# keys\n', '1:1: There is nothing here'],
    ['a text', 'keys', '1:1: A manifest is a map'],
    ['a list', '- a\n', '1:1: A manifest is a map'],
    ['no version', 'keys: []', '1:1: version is missing'],
    ['a later version', 'version: 2\nkeys: []', '1:10: version takes 1'],
    ['the version as a text', 'version: "1"\nkeys: []', '1:10: version takes 1'],
    ['no keys', 'version: 1', '1:1: keys is missing'],
    ['keys without any', 'version: 1\nkeys:\n', '2:6: keys takes a list'],
    ['a map of keys', 'version: 1\nkeys: { a: b }', '2:7: keys takes a list'],
    ['a list of defaults', 'version: 1\ndefaults: []\nkeys: []', '2:11: defaults takes a map'],
    [
      'a default name',
      'version: 1\ndefaults: { secretName: a }\nkeys: []',
      '2:13: secretName belongs to one',
    ],
    [
      'a default variable',
      'version: 1\ndefaults: { key: { env: A } }\nkeys: []',
      '2:18: key takes { generate: aes256 } or',
    ],
    [
      'a slip',
      'version: 1\ndefault: {}\nkeys: []',
      '2:1: There is no member default. Did you mean defaults?',
    ],
  ])('with %s is refused', async (_what, content, line) => {
    expect(await mistakesIn(content)).toEqual([expect.stringContaining(line)]);
  });

  test.each<[string, string, string]>([
    ['an open quotation mark', 'version: 1\nkeys: "hunter2', '2:15: Something is not closed'],
    ['an open bracket', 'version: 1\nkeys: [hunter2', 'or a bracket there is not closed'],
    ['a tab', 'version: 1\nkeys:\n\t- hunter2', '3:1: A tab stands in the indentation'],
    ['a wrong indentation', 'version: 1\nkeys:\n  - a: b\n c: hunter2', '4:1: The indentation'],
    ['two colons', 'version: 1\nkeys: hunter2: b', '2:7: Two colons in one line'],
    ['a reserved character', 'version: 1\nkeys: @hunter2', '2:7: A text that begins'],
    ['an unknown escape', 'version: 1\nkeys: "\\hunter2"', '2:8: There is no such escape'],
    ['two documents', 'version: 1\nkeys: []\n---\nhunter2: 1', '3:1: A manifest is one YAML document'],
    ['a tag', 'version: 1\nkeys: !!js/hunter2 []', '2:7: Tags of YAML'],
    ['a tag for a number', 'version: !!int 1\nkeys: []', '1:10: Tags of YAML'],
    ['a directive', '%HUNTER2\n---\nversion: 1\nkeys: []', '1:1: Directives of YAML'],
    ['an unknown alias', 'version: 1\nkeys: *hunter2', '2:7: No anchor'],
    ['an alias of itself', 'version: 1\nkeys: &a [*a]', '2:11: No anchor'],
    ['a merged text', 'version: 1\nkeys: []\n<<: hunter2', '3:5: << takes a map'],
    ['an abyss', `version: 1\nkeys: ${'['.repeat(20_000)}`, 'This is nested too deeply.'],
    ['something else', 'version: 1\n]: hunter2', '2:1: This cannot be read as YAML.'],
  ])('with %s is told in one sentence, with its place', async (_what, content, line) => {
    const lines = await mistakesIn(content);
    expect(lines).toEqual([expect.stringContaining(line)]);
    expect(lines[0]).not.toMatch(/hunter2/i);
  });

  test('with aliases of aliases that stand for billions is refused at once', async () => {
    const levels = Array.from({ length: 12 }, (_, n) => `&a${n + 1} [${`*a${n}, `.repeat(10)}]`);
    const lines = await mistakesIn(`version: 1\nkeys: [&a0 {}, ${levels.join(', ')}]`);
    expect(lines).toContainEqual(expect.stringContaining('stand for too much'));
  });

  test.each<[string, () => string, string]>([
    ['that is not there', () => `${manifestFolder()}/none.yaml`, 'There is no file none.yaml.'],
    ['that is a folder', manifestFolder, 'is a folder. Name the manifest in it.'],
    ['that is UTF-16', () => fileOf(Buffer.from('\ufeffversion: 1', 'utf16le')), 'is not UTF-8 text'],
    ['of five megabytes', () => fileOf(Buffer.alloc(5e6, '#')), 'has more than 4 MB'],
    ['that is a key', () => KEYS.aes256, 'There is no manifest of that name.'],
  ])('%s is told in a sentence', async (_what, path, sentence) => {
    const lines = await told(readManifest(path()));
    expect(lines).toEqual([expect.stringContaining(sentence)]);
    expect(lines[0]).not.toContain(KEYS.aes256);
  });
});

describe('a key in the file', () => {
  const { aes256: key } = KEYS;
  const FOUR = key.slice(0, 32).replace(/(.{4})(?=.)/g, '$1 ');

  test.each<[string, string, string, number?]>([
    ['in place of a source', STUDIO.replace('{ generate: aes256 }', key), '5:10'],
    ['of digits only', STUDIO.replace('{ generate: aes256 }', '1234567890'.repeat(4).slice(0, 32)), '5:10'],
    ['in quotation marks', STUDIO.replace('{ generate: aes256 }', `"${key}"`), '5:10'],
    ['as a variable', STUDIO.replace('generate: aes256', `env: ${key.toUpperCase()}`), '5:17'],
    ['as a file', STUDIO.replace('generate: aes256', `file: ${key}`), '5:18'],
    ['as a secret’s name', STUDIO.replace('studio-a', key), '3:17'],
    ['in the middle of a name', STUDIO.replace('studio-a', `studio/${key}`), '3:17'],
    ['as a tag', `${STUDIO}\ntags: { key: ${key} }`, '6:18'],
    ['as the name of a tag', `${STUDIO}\ntags: { ${key}: x }`, '6:13'],
    ['in an unknown member', `${STUDIO}\nsecretKey: ${key}`, '6:16', 2],
    ['as the name of a member', `${STUDIO}\n${key}: x`, '6:5'],
    ['in a comment', `${STUDIO} # ${key}`, '5:33'],
    ['as an anchor', `${STUDIO}\ntags: &${key} { a: b }`, '6:12'],
    ['with escapes', `${STUDIO}\nroleDescription: "\\x30${key.slice(1)}"`, '6:22'],
    ['in groups', `${STUDIO}\nroleDescription: ${FOUR}`, '6:22'],
    ['in groups over lines', `${STUDIO}\nroleDescription: >\n  ${FOUR.replace(/ /g, '\n  ')}`, '6:22'],
    ['in a list', STUDIO.replace('us-west-2', key), '4:15'],
    ['as a KMS key', `${STUDIO}\nkmsKeyId: ${KEYS.aes128}`, '6:15'],
  ])('(%s) is refused with its place, and not repeated', async (_what, entry, place, count = 1) => {
    const lines = await mistakesIn(entries(entry));
    expect(lines).toHaveLength(count);
    expect(lines).toContainEqual(expect.stringMatching(`^${place}: This looks like a key.*make a new key`));
    const shown = lines.join('').toLowerCase();
    for (const part of [key.slice(8, 24), FOUR.slice(5, 14), '1234567890']) expect(shown).not.toContain(part);
  });

  test('is found where the syntax is wrong too', async () => {
    expect(await mistakesIn(`version: 1\nkey: ${key}: "\n`)).toEqual([
      expect.stringContaining('2:6: This looks like a key.'),
    ]);
  });
});

describe('entries that contradict each other', () => {
  test.each<[string, string, string, string]>([
    ['one secret twice', '', '', 'The entry in line 3 has this secret already, in us-west-2 too.'],
    ['one role in two spellings', 'roleName: Reader', 'roleName: reader', 'in other letter case than'],
    ['two descriptions', 'roleDescription: a', 'roleDescription: b', 'roleDescription is not what the entry'],
    ['two guards', 'sourceAccount: true', 'sourceAccount: false', 'both have the same roleName'],
    [
      'two boundaries',
      '',
      'permissionsBoundary: arn:aws:iam::111122223333:policy/B',
      'permissionsBoundary is',
    ],
    ['two answers', 'updateTrust: true', '', 'updateTrust is not what the entry in line 3 has'],
    [
      'two scopes of a policy',
      'policyScope: region',
      'policyScope: account',
      'both have the same policyName',
    ],
    ['a policy in two spellings', 'policyName: Read', 'policyName: read', 'in other letter case'],
    [
      'two sets of flows',
      'sourceArns: []',
      'sourceArns: ["arn:aws:mediaconnect:us-west-2:111122223333:flow:*"]',
      'sourceArns is not what',
    ],
  ])('(%s) are told where and with which', async (_what, first, second, sentence) => {
    const another = sentence.startsWith('The entry') ? STUDIO : STUDIO.replace('studio-a', 'studio-b');
    const lines = await mistakesIn(entries(`${STUDIO}\n${first}`, `${another}\n${second}`));
    expect(lines).toEqual([expect.stringContaining(sentence)]);
  });

  test('are none where they say the same in other words', async () => {
    const said = 'sourceAccount: true\npolicyScope: secrets\nroleName: MediaConnect-ASM';
    await read(entries(STUDIO, `${STUDIO.replace('studio-a', 'studio-b')}\n${said}`));
    await read(entries(STUDIO, STUDIO.replace('us-west-2', 'eu-west-1')));
  });

  test('name a secret by its ARN and by its name', async () => {
    const named = STUDIO.replace('studio-a', 'aes256');
    expect(await mistakesIn(entries(named, `secretArns: [${ARN}]`))).toEqual([
      expect.stringContaining('6:17: The entry in line 3 has this secret already'),
    ]);
  });
});

test('a folder in the way of the path is told like a file that is not there', async () => {
  mkdirSync(`${manifestFolder()}/folder`, { recursive: true });
  const lines = await told(readManifest(`${fileOf('version: 1')}/keys.yaml`));
  expect(lines).toEqual(['There is no file keys.yaml/keys.yaml.']);
});
