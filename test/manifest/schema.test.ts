import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { KEYS } from '../support/account.ts';
import { entries, mistakesIn, read, STUDIO } from './manifests.ts';

const schema = JSON.parse(readFileSync(new URL('../../docs/manifest.schema.json', import.meta.url), 'utf8'));
const { definitions } = schema;
const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, allErrors: true });
const judge = ajv.compile(schema);

const ARN = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i';

/** Returns true if the schema accepts a manifest, as an editor reads it. */
const fits = (content: string) => judge(parse(content, { merge: true }));

const defaults = (text: string) =>
  `version: 1\ndefaults: ${text}\nkeys: [{ secretName: a, regions: [us-west-2], key: { existing: true } }]\n`;
/** Returns a manifest with one entry, to which a member is added or in which it is replaced. */
const studio = (member: string) => {
  const [name] = member.split(':');
  const others = STUDIO.split('\n').filter((line) => !line.startsWith(`${name}:`));
  return entries([...others, member].join('\n'));
};
const tags = (count: number) => `{ ${Array.from({ length: count }, (_, n) => `t${n}: x`).join(', ')} }`;

describe('the schema and readManifest both accept', () => {
  test.each([
    `{ "$schema": "x", "version": 1, "keys": [{ "secretArns": ["${ARN}"] }] }`,
    entries(STUDIO),
    entries(`secretArns: [${ARN}]`),
    defaults('{ regions: [us-gov-west-1], key: { existing: true }, tags: { a: 1, b: true, c: 1e5, d: "" } }'),
    ...['2018-12-01', '12', '1e5', 'true', 'yes', 'a/_+=.@-'].map((name) => studio(`secretName: ${name}`)),
    ...['env: A_1', 'file: ../a b.key', 'file: 12', 'generate: aes192', 'existing: true'].map((key) =>
      studio(`key: { ${key} }`),
    ),
    ...[
      'mrk-1234abcd12ab34cd56ef1234567890ab',
      '1234abcd-12ab-34cd-56ef-1234567890ab',
      'alias/video-keys',
      'arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      'arn:aws:kms:eu-west-1:444455556666:alias/a',
    ].map((id) => studio(`kmsKeyId: ${id}`)),
    studio('policyScope: region'),
    studio('policyScope: prefix\npolicyPrefix: stud'),
    studio('policyName: a=,.@-'),
    studio('roleName: 007'),
    studio('roleDescription: "Liest\\nSchlüssel."'),
    studio('roleDescription: ""'),
    studio('sourceArns: []'),
    studio('sourceArns: ["arn:aws:mediaconnect:*:111122223333:flow:1-?:*"]'),
    studio('permissionsBoundary: arn:aws:iam::aws:policy/PowerUserAccess'),
    studio(`tags: ${tags(49)}`),
    studio('tags: { "grün/a b": "_.:/=+-@" }'),
    studio('existingKey: keep'),
    studio('restore: True'),
    studio('keyType: srt-password').replace('generate: aes256', 'env: PASSWORD'),
  ])('%s', async (content) => {
    await read(content);
    expect(fits(content), ajv.errorsText(judge.errors)).toBe(true);
  });
});

describe('the schema and readManifest both reject', () => {
  test.each([
    entries(STUDIO).replace('version: 1', ''),
    'version: 1',
    entries(STUDIO).replace('version: 1', 'version: 2'),
    entries(STUDIO).replace('version: 1', 'version: "1"'),
    '- version: 1',
    'version: 1\nkeys: {}',
    'version: 1\nkeys: [studio-a]',
    `${entries(STUDIO)}key: {}`,
    defaults('{ secretName: a }'),
    defaults('{ secretArns: [arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i] }'),
    defaults('{ key: { env: A } }'),
    defaults('{ regions: [] }'),
    defaults('{ color: blue }'),
    defaults('[]'),
    entries('regions: [us-west-2]\nkey: { generate: aes256 }'),
    entries('secretArns: [arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256]'),
    ...['secretName: a', 'regions: [us-west-2]', 'key: { existing: true }'].map((member) =>
      entries(`secretArns: [arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i]\n${member}`),
    ),
    ...['a b', '""', '~', '[a]', KEYS.aes256, `a/${KEYS.aes128}`].map((name) =>
      studio(`secretName: ${name}`),
    ),
    ...['us-west-2', '[Oregon]', '[]', '[~]', '{ a: b }'].map((regions) => studio(`regions: ${regions}`)),
    ...[
      'hunter2',
      '{}',
      '{ env: A, file: b }',
      '{ env: 1A }',
      '{ env: "" }',
      '{ file: "-" }',
      '{ file: /dev/stdin }',
      '{ file: /proc/self/fd/3 }',
      '{ file: "" }',
      '{ file: ~ }',
      `{ file: ${KEYS.aes192} }`,
      '{ generate: aes512 }',
      '{ existing: false }',
      '{ existing: "true" }',
      '{ value: x }',
    ].map((key) => studio(`key: ${key}`)),
    ...['alias/aws/secretsmanager', 'key/1234abcd-12ab-34cd-56ef-1234567890ab', 'a', KEYS.aes128].map((id) =>
      studio(`kmsKeyId: ${id}`),
    ),
    studio('keyType: speke'),
    studio('keyType: srt-password'),
    studio('keyType: srt-password\nalgorithm: aes128').replace('generate: aes256', 'env: A'),
    studio('algorithm: AES256'),
    studio('policyName: a/b'),
    studio('policyScope: all'),
    studio('policyScope: prefix\npolicyPrefix: live/*'),
    studio(`policyScope: prefix\npolicyPrefix: ${'p'.repeat(501)}`),
    studio('roleName: MediaConnectaccessRole'),
    studio(`roleName: ${'r'.repeat(65)}`),
    studio(`roleDescription: ${'r'.repeat(1001)}`),
    studio('roleDescription: 鍵'),
    studio('sourceAccount: no'),
    studio('sourceArns: [arn:aws:s3:::bucket]'),
    studio('permissionsBoundary: arn:aws:iam::111122223333:role/a'),
    studio('tags: [a=b]'),
    studio('tags: { AWS:a: b }'),
    studio('tags: { MC-static-key: b }'),
    studio('tags: { a: "b;" }'),
    studio('tags: { a: ~ }'),
    studio(`tags: ${tags(50)}`),
    studio('existingKey: ask'),
    studio('existingKey: keep').replace('generate: aes256', 'existing: true'),
    studio('kmsKeyId: alias/a').replace('generate: aes256', 'existing: true'),
    studio('restore: "true"'),
    studio('updateTrust: 1'),
    studio('region: [us-west-2]'),
  ])('%s', async (content) => {
    expect(await mistakesIn(content)).not.toEqual([]);
    expect(fits(content)).toBe(false);
  });
});

describe('the schema', () => {
  test('accepts its own examples', () => {
    for (const [name, { examples = [], items, ...rest }] of Object.entries<Record<string, never>>(
      definitions,
    )) {
      for (const example of examples)
        expect(ajv.validate({ ...rest, definitions }, example), name).toBe(true);
      const { examples: inside = [] } = (items ?? {}) as { examples?: string[] };
      for (const example of inside) expect(ajv.validate(items ?? {}, example), name).toBe(true);
    }
  });
});
