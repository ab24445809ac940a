import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AccountRef,
  addToReadPolicy,
  addTrust,
  allowsAccess,
  buildReadPolicy,
  buildTrustPolicy,
  evaluateTrust,
  isReadPolicyShape,
  type JsonObject,
  type JsonPolicy,
  type PolicyScope,
  parsePolicy,
  READ_ACTIONS,
  type ReadableSecret,
  readExistingPolicy,
  secretsManagerEndpoint,
} from '../../src/policy/index.ts';
import { trustPolicy } from './documents.ts';

const SEED = 20_250_401;
const where: AccountRef = { partition: 'aws', account: '111122223333' };
const VIA_WEST = 'secretsmanager.us-west-2.amazonaws.com';
const REGIONS = ['us-west-2', 'eu-west-1'];

const keyArn = (region: string, id: string, account = where.account) =>
  `arn:aws:kms:${region}:${account}:key/${id}`;

const secret: fc.Arbitrary<ReadableSecret> = fc
  .record({
    region: fc.constantFrom(...REGIONS),
    name: fc.constantFrom('one-AbCdEf', 'two-??????', 'team/three-GhIjKl', 'one-AbCdEf-MnOpQr'),
    key: fc.constantFrom('none', 'none', 'k1', 'k2', 'alias/video', 'alias/other'),
    account: fc.constantFrom('111122223333', '444455556666'),
  })
  .map(({ region, name, key, account }) => ({
    arn: `arn:aws:secretsmanager:${region}:111122223333:secret:${name}`,
    region,
    ...(key === 'none'
      ? {}
      : { kmsKey: key.startsWith('alias/') ? asAlias(key, account) : asKey(keyArn(region, key, account)) }),
  }));

const asAlias = (alias: string, account: string) => ({ kind: 'alias', alias, account }) as const;
const asKey = (arn: string) => ({ kind: 'key', arn }) as const;

const secrets = fc.array(secret, { minLength: 1, maxLength: 4 });
const scope = fc.constantFrom<PolicyScope>('secrets', 'secrets', 'region', 'account');

/** A read policy as built, or as made by hand: separate actions, a Sid and an Id, a single statement. */
const existing = fc
  .tuple(secrets, scope, fc.constantFrom('built', 'named', 'split', 'single'))
  .map(([some, width, style]) => {
    const policy = buildReadPolicy(some, width, where);
    const [first = {}, ...rest] = policy.Statement;
    const styles: Record<string, JsonObject> = {
      built: { ...policy, Statement: policy.Statement },
      named: { Version: '2012-10-17', Id: 'mine', Statement: [{ Sid: 'Read', ...first }, ...rest] },
      split: {
        Statement: [...READ_ACTIONS.map((Action) => ({ ...first, Action: Action.toUpperCase() })), ...rest],
      },
      single: { Version: '2008-10-17', Statement: first },
    };
    return JSON.stringify(styles[style]);
  });

const addition = fc.record({ text: existing, added: secrets, width: scope });
const add = (text: string, added: ReadableSecret[], width: PolicyScope) =>
  addToReadPolicy(readExistingPolicy(text), added, width, where);

/** Returns true if the policy allows everything that reading the secret requires. */
function canRead(policy: JsonPolicy | string, { arn, region, kmsKey }: ReadableSecret): boolean {
  const document = parsePolicy(typeof policy === 'string' ? policy : JSON.stringify(policy));
  const allowed = (action: string, resource: string, context = {}) => {
    const request = {
      principal: { principalArn: 'arn:aws:iam::111122223333:role/R' },
      action,
      resource,
      context,
    };
    return allowsAccess(document, request);
  };
  const via = { 'kms:ViaService': secretsManagerEndpoint(region, 'aws') };
  const decrypts =
    kmsKey === undefined ||
    (kmsKey.kind === 'key'
      ? allowed('kms:Decrypt', kmsKey.arn, via)
      : allowed('kms:Decrypt', keyArn(region, 'any', kmsKey.account), {
          ...via,
          'kms:ResourceAliases': [kmsKey.alias],
        }));
  return decrypts && READ_ACTIONS.every((action) => allowed(action, arn));
}

function check(holds: (text: string, added: ReadableSecret[], width: PolicyScope) => void): void {
  fc.assert(
    fc.property(addition, ({ text, added, width }) => holds(text, added, width)),
    { seed: SEED, numRuns: 300 },
  );
}

describe('addToReadPolicy', () => {
  test('allows each added secret to be read', () => {
    check((text, added, width) => {
      const merged = add(text, added, width);
      expect(added.filter((each) => !canRead(merged, each))).toEqual([]);
    });
  });

  test('keeps every secret readable that was readable before', () => {
    fc.assert(
      fc.property(secrets, addition, (before, { added, width }) => {
        const merged = add(JSON.stringify(buildReadPolicy(before, 'secrets', where)), added, width);
        expect(before.filter((each) => !canRead(merged, each))).toEqual([]);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('changes nothing the second time', () => {
    check((text, added, width) => {
      const once = add(text, added, width);
      expect(add(JSON.stringify(once), added, width)).toEqual(once);
    });
  });

  test('keeps the shape, the order of statements, Sid and Id, and sets the version that IAM accepts', () => {
    check((text, added, width) => {
      const merged = add(text, added, width);
      const before: JsonObject = JSON.parse(text);
      expect(isReadPolicyShape(parsePolicy(JSON.stringify(merged)))).toBe(true);
      const current = { ...before, Version: '2012-10-17', Statement: undefined };
      expect({ ...merged, Statement: undefined }).toEqual(current);
      const earlier = [before.Statement ?? []].flat();
      expect(merged.Statement.slice(0, earlier.length)).toMatchObject(
        earlier.map((each) => ({ ...Object(each), Resource: expect.anything() })),
      );
    });
  });

  test('appends a new ARN to the existing statement', () => {
    const west = {
      arn: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf',
      region: 'us-west-2',
    };
    const text = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Sid: 'Mine', Effect: 'Allow', Resource: west.arn, Action: READ_ACTIONS },
    });
    expect(add(text, [{ ...west, arn: `${west.arn}2` }], 'secrets').Statement).toEqual([
      { Sid: 'Mine', Effect: 'Allow', Resource: [west.arn, `${west.arn}2`], Action: READ_ACTIONS },
    ]);
  });

  test('adds nothing that a wildcard allows already, and does not treat a secret as a wildcard', () => {
    const [one, all] = ['secret:one-AbCdEf', 'secret:*'].map(
      (name) => `arn:aws:secretsmanager:us-west-2:111122223333:${name}`,
    );
    const secretOf = (arn = '') => ({ arn, region: 'us-west-2' });
    const everything = buildReadPolicy([secretOf(one)], 'region', where);
    expect(add(JSON.stringify(everything), [secretOf(one)], 'secrets')).toEqual(everything);
    const named = JSON.stringify(buildReadPolicy([secretOf(one)], 'secrets', where));
    expect(add(named, [secretOf(one)], 'region').Statement[0]?.Resource).toEqual([one, all]);
    const prefixed = add(named, [secretOf(one)], { prefix: 'one' });
    expect(prefixed.Statement[0]?.Resource).toEqual([one, all?.replace('*', 'one*')]);
    const under = [secretOf(one?.replace('one', 'one/two')), secretOf(one?.replace('one', 'oneself'))];
    expect(add(JSON.stringify(prefixed), under, 'secrets')).toEqual(prefixed);
    expect(isReadPolicyShape(parsePolicy(JSON.stringify(prefixed)))).toBe(true);
    expect(
      add(named, [secretOf('arn:aws:secretsmanager:us-west-2:111122223333:secret:one-??????')], 'secrets')
        .Statement[0]?.Resource,
    ).toHaveLength(2);
  });

  test('does not treat a pattern for one character as a pattern for any number', () => {
    const narrow = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:?';
    const text = JSON.stringify(buildReadPolicy([{ arn: narrow, region: 'us-west-2' }], 'secrets', where));
    const merged = add(text, [{ arn: narrow, region: 'us-west-2' }], 'region');
    expect(merged.Statement[0]?.Resource).toEqual([narrow, narrow.replace('?', '*')]);
  });
});

describe('isReadPolicyShape', () => {
  const arn = 'arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf';
  const read = { Effect: 'Allow', Action: [...READ_ACTIONS], Resource: arn };
  const decrypt = {
    Effect: 'Allow',
    Action: 'kms:Decrypt',
    Resource: keyArn('us-west-2', 'k1'),
    Condition: { StringEquals: { 'kms:ViaService': VIA_WEST } },
  };
  const aliases = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/video' } };
  const shape = (...statements: JsonObject[]) =>
    isReadPolicyShape(parsePolicy(JSON.stringify({ Statement: statements })));

  test('accepts what this program, or a person who follows the guide, makes', () => {
    fc.assert(
      fc.property(existing, (text) => isReadPolicyShape(parsePolicy(text))),
      { seed: SEED },
    );
    expect(
      shape(read, decrypt, {
        ...decrypt,
        Resource: keyArn('us-west-2', '*'),
        Condition: { ...decrypt.Condition, ...aliases },
      }),
    ).toBe(true);
  });

  test.each<[string, JsonObject[]]>([
    ['it denies something', [read, { ...read, Effect: 'Deny' }]],
    ['it allows more', [{ ...read, Action: [...READ_ACTIONS, 'secretsmanager:PutSecretValue'] }]],
    ['it allows less', [{ ...read, Action: 'secretsmanager:GetSecretValue' }]],
    [
      'it allows less on one secret',
      [read, { ...read, Resource: `${arn}2`, Action: 'secretsmanager:GetSecretValue' }],
    ],
    ['it uses wildcards in actions', [{ ...read, Action: 'secretsmanager:*' }]],
    ['it is for something else', [{ ...read, Resource: 'arn:aws:s3:::bucket' }]],
    ['it is for a whole service', [{ ...read, Resource: 'arn:aws:secretsmanager:*' }]],
    ['it has a variable', [{ ...read, Resource: `${arn}\${aws:username}` }]],
    ['it names all but some', [{ Effect: 'Allow', Action: [...READ_ACTIONS], NotResource: arn }]],
    ['it has a condition', [{ ...read, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }]],
    ['it has a principal', [{ ...read, Principal: '*' }]],
    ['it has an unknown element', [{ ...read, Purpose: 'x' }]],
    ['it is only about KMS keys', [decrypt]],
    [
      'it decrypts outside Secrets Manager',
      [read, { Effect: 'Allow', Action: 'kms:Decrypt', Resource: decrypt.Resource }],
    ],
    [
      'it decrypts in several Regions',
      [read, { ...decrypt, Resource: [keyArn('us-west-2', 'k1'), keyArn('eu-west-1', 'k1')] }],
    ],
    [
      'it decrypts through another service too',
      [
        read,
        {
          ...decrypt,
          Condition: { StringEquals: { 'kms:ViaService': [VIA_WEST, 's3.us-west-2.amazonaws.com'] } },
        },
      ],
    ],
    ['it decrypts in another Region', [read, { ...decrypt, Resource: keyArn('eu-west-1', 'k1') }]],
    ['it decrypts with every key', [read, { ...decrypt, Resource: keyArn('us-west-2', '*') }]],
    ['it narrows a key by alias', [read, { ...decrypt, Condition: { ...decrypt.Condition, ...aliases } }]],
    ['it does more with keys', [read, { ...decrypt, Action: ['kms:Decrypt', 'kms:Encrypt'] }]],
    [
      'its keys have a further condition',
      [read, { ...decrypt, Condition: { ...decrypt.Condition, Bool: { 'aws:SecureTransport': 'true' } } }],
    ],
  ])('rejects a document when %s', (_, statements) => {
    expect(shape(...statements)).toBe(false);
  });
});

describe('addTrust', () => {
  const options = { account: '111122223333', sourceAccount: true, sourceArns: [] };
  const request = { service: 'mediaconnect.amazonaws.com', context: { 'aws:SourceAccount': '111122223333' } };

  test('allows MediaConnect unless there is a Deny, and keeps all statements', () => {
    fc.assert(
      fc.property(trustPolicy, (policy) => {
        const merged = addTrust(JSON.stringify(policy), options);
        const before = [policy.Statement].flat();
        expect(merged.Statement.slice(0, before.length)).toEqual(before);
        expect(merged.Version).toBe(policy.Version);
        expect(addTrust(JSON.stringify(merged), options)).toEqual(merged);
        if (before.every(({ Effect }) => Effect === 'Allow')) {
          expect(evaluateTrust(parsePolicy(JSON.stringify(merged)), request).verdict).toBe('allowed');
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('adds the statement that a new role would get', () => {
    const ec2 = {
      Sid: 'Ec2',
      Effect: 'Allow',
      Principal: { Service: 'ec2.amazonaws.com' },
      Action: 'sts:AssumeRole',
    };
    const merged = addTrust(JSON.stringify({ Version: '2012-10-17', Statement: ec2 }), options);
    expect(merged.Statement).toEqual([ec2, ...buildTrustPolicy(options).Statement]);
  });
});
