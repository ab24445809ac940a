import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { runs } from '../../support/exhaustive.ts';
import { clientsFor, TRUST } from '../clients.ts';
import { type Answer, asText, exchange, FORM, JSON_1_1, sendSigned, signedHeaders } from '../wire.ts';

/** The number of cases of each kind. */
const RUNS = runs(50, 3_000);

const IAM_ACTIONS = [
  'CreateRole',
  'GetRole',
  'ListRoles',
  'UpdateRole',
  'UpdateAssumeRolePolicy',
  'CreatePolicy',
  'CreatePolicyVersion',
  'ListPolicies',
  'AttachRolePolicy',
  'PutRolePolicy',
  'TagRole',
  'UntagRole',
  'ListEntitiesForPolicy',
  'DeletePolicyVersion',
];
const STS_ACTIONS = ['GetCallerIdentity', 'AssumeRole', 'GetSessionToken'];
const SECRET_ACTIONS = [
  'CreateSecret',
  'DescribeSecret',
  'ListSecrets',
  'GetSecretValue',
  'PutSecretValue',
  'UpdateSecret',
  'UpdateSecretVersionStage',
  'DeleteSecret',
  'RestoreSecret',
  'TagResource',
  'UntagResource',
  'PutResourcePolicy',
  'RotateSecret',
  'ReplicateSecretToRegions',
];

const KEY_ACTIONS = [
  'CreateKey',
  'DescribeKey',
  'CreateAlias',
  'ListAliases',
  'ListKeys',
  'EnableKey',
  'DisableKey',
  'ScheduleKeyDeletion',
  'CancelKeyDeletion',
];
const KEY_MEMBERS = ['KeyId', 'AliasName', 'TargetKeyId', 'Limit', 'Marker', 'Tags', 'PendingWindowInDays'];

const FLOW_MEMBERS = [
  ...['name', 'source', 'sources', 'outputs', 'entitlements', 'protocol', 'subscribers', 'entitlementArn'],
  ...['encryption', 'decryption', 'keyType', 'algorithm', 'roleArn', 'secretArn', 'sourceFailoverConfig'],
];

const MEMBERS = [
  'Name',
  'SecretId',
  'SecretString',
  'SecretBinary',
  'ClientRequestToken',
  'Tags',
  'TagKeys',
  'Filters',
  'MaxResults',
  'NextToken',
  'AddReplicaRegions',
  'ResourcePolicy',
  'RotationRules',
  'VersionStages',
  'RecoveryWindowInDays',
  'RoleName',
  'RoleArn',
  'RoleSessionName',
  'PolicyName',
  'PolicyArn',
  'PolicyDocument',
  'AssumeRolePolicyDocument',
  'Path',
  'PathPrefix',
  'MaxItems',
  'Marker',
  'Description',
  'Key',
  'Value',
  'member',
  '1',
  '__proto__',
  'constructor',
  'toString',
];

/** Texts that can trip a decoder, a pattern or a template. */
const nasty = fc.constantFrom(
  '__proto__',
  'constructor',
  'a\u0000b',
  '\u001b[31m',
  '\ud800',
  '%',
  '%ff',
  '<![CDATA[',
  ']]>&amp;',
  'arn:aws:iam::111122223333:role/R',
  'arn:aws:iam::aws:policy/ReadOnlyAccess',
  'arn:aws:secretsmanager:us-west-2:111122223333:secret:s-AbCdEf',
  'us-east-1',
  'NaN',
  '-0',
  '1e999',
);
const word = fc.oneof(
  nasty,
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
  fc.constantFrom('s', 'R'),
);
const memberOf = (names: readonly string[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: word });
const memberName = memberOf(MEMBERS);

/** A policy document that is close enough to a valid one to pass the first checks. */
const document = fc
  .record(
    {
      Version: fc.oneof(fc.constant('2012-10-17'), fc.jsonValue()),
      Id: fc.jsonValue(),
      Statement: fc.oneof(
        fc.jsonValue(),
        fc.array(
          fc.record(
            {
              Sid: fc.oneof(word, fc.jsonValue()),
              Effect: fc.oneof(fc.constant('Allow'), fc.jsonValue(), fc.constant({ toString: 1 })),
              Principal: fc.oneof(
                fc.constantFrom('*', { Service: 'mediaconnect.amazonaws.com' }, { AWS: '111122223333' }),
                fc.jsonValue(),
                fc.dictionary(fc.constantFrom('AWS', 'Service', '__proto__', 'Federated'), fc.jsonValue()),
              ),
              Action: fc.oneof(fc.constantFrom('sts:AssumeRole', 's3:*', '*'), fc.jsonValue()),
              Resource: fc.oneof(fc.constantFrom('*', 'arn:aws:s3:::x'), fc.jsonValue()),
              Condition: fc.oneof(
                fc.jsonValue(),
                fc.dictionary(fc.constantFrom('StringEquals', 'Bool', '__proto__'), fc.jsonValue()),
                fc.constant({ StringEquals: { 'aws:SourceAccount': [true, 1, 'x'] } }),
              ),
            },
            { requiredKeys: ['Effect', 'Action'] },
          ),
          { maxLength: 3 },
        ),
      ),
    },
    { requiredKeys: ['Statement'] },
  )
  .map((value) => JSON.stringify(value));

const scalar = fc.oneof(
  word,
  document,
  fc.constant(TRUST),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);
function jsonBodyOf(member: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const json = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(member, tie('value'), { maxKeys: 5 }),
  }));
  const object = fc.dictionary(member, json.value, { maxKeys: 8 });
  return fc.oneof(
    { weight: 5, arbitrary: object.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: json.value.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  );
}
const jsonBody = jsonBodyOf(memberName);

const parameter = fc.tuple(
  fc.array(memberName, { minLength: 1, maxLength: 5 }).map((path) => path.join('.')),
  fc.oneof(word, document, fc.constant(TRUST), fc.integer().map(String)),
);
const queryBody = (actions: readonly string[]) =>
  fc
    .tuple(fc.oneof(fc.constantFrom(...actions), word), fc.array(parameter, { maxLength: 12 }))
    .map(([action, parameters]) => new URLSearchParams([['Action', action], ...parameters]).toString());

/** Expects a response like that of AWS: a success, or an error in the format of the service, but never an internal one. */
function expectAwsShape(answer: Answer, isJson: boolean): void {
  expect(answer.text).not.toMatch(/Internal(Failure|ServiceError)|ServiceFailure/);
  expect(answer.status).toBeLessThan(500);
  expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  if (isJson) {
    const body = JSON.parse(answer.text);
    expect(answer.status === 200 || typeof body.__type === 'string').toBe(true);
  } else {
    expect(answer.text).toMatch(
      answer.status === 200 ? /<\w+Response / : /<ErrorResponse .*<Code>\w+<\/Code>/s,
    );
  }
}

describe('the server, with random requests', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(() => sandbox.close());

  const check = <T>(arbitrary: fc.Arbitrary<T>, body: (value: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(arbitrary, body), { numRuns: RUNS });

  const stillServes = async () => {
    const { sts } = clientsFor(sandbox);
    expect((await sts.send(new GetCallerIdentityCommand({}))).Account).toBe('111122223333');
  };

  const expectRefusal = (received: string) => expect(received).toMatch(/^(HTTP\/1\.1 [1-4]\d\d |$)/);

  it.each([
    ['secretsmanager', 'secretsmanager', SECRET_ACTIONS, MEMBERS],
    ['kms', 'TrentService', KEY_ACTIONS, KEY_MEMBERS],
  ] as const)('answers a signed JSON request as %s would', async (service, prefix, actions, members) => {
    const bodies = jsonBodyOf(memberOf(members));
    await check(fc.tuple(fc.constantFrom(...actions), bodies), async ([action, body]) => {
      const headers = { ...JSON_1_1, 'x-amz-target': `${prefix}.${action}` };
      expectAwsShape(await sendSigned(sandbox, { service, body, headers }), true);
    });
    await stillServes();
  });

  it('answers a signed REST request as MediaConnect would', async () => {
    const arn = sandbox.addFlow({
      region: 'us-west-2',
      name: 'f',
      source: { Transport: { Protocol: 'rtp' } },
    });
    const label = fc
      .oneof(fc.constantFrom(arn, 'start'), word)
      .map((text) => encodeURIComponent(`${Buffer.from(text)}`));
    const part = fc.oneof(fc.constantFrom('outputs', 'source', 'entitlements', '', '%', '%ff', '..'), label);
    const path = fc.array(part, { maxLength: 3 }).map((parts) => `/v1/${['flows', ...parts].join('/')}`);
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE');
    await check(fc.tuple(method, path, jsonBodyOf(memberOf(FLOW_MEMBERS))), async (sent) => {
      const [verb, target, body] = sent;
      const headers = { 'content-type': 'application/json', 'content-length': `${Buffer.byteLength(body)}` };
      const answer = await sendSigned(sandbox, {
        service: 'mediaconnect',
        method: verb,
        path: target,
        body,
        headers,
      });
      expect(answer.status).toBeLessThan(500);
      expect(JSON.parse(answer.text)).toBeTypeOf('object');
      expect(answer.status < 300 || answer.headers['x-amzn-errortype'] !== undefined).toBe(true);
      expect(answer.headers['x-amzn-errortype']).not.toBe('InvalidSignatureException');
    });
    await stillServes();
  });

  it('answers a signed request for an unknown operation as Secrets Manager would', async () => {
    const target = fc.string({ minLength: 1 }).map((text) => text.trim());
    await check(
      fc.tuple(
        fc.oneof(
          target,
          target.map((name) => `secretsmanager.${name}`),
        ),
        jsonBody,
      ),
      async ([name, body]) => {
        const headers = { ...JSON_1_1, 'x-amz-target': name };
        expectAwsShape(await sendSigned(sandbox, { service: 'secretsmanager', body, headers }), true);
      },
    );
    await stillServes();
  });

  it.each([
    ['iam', IAM_ACTIONS],
    ['sts', STS_ACTIONS],
  ] as const)('answers a signed Query request as %s would', async (service, actions) => {
    await check(queryBody(actions), async (body) => {
      expectAwsShape(await sendSigned(sandbox, { service, body, headers: FORM }), false);
    });
    await stillServes();
  });

  it('answers a signed policy document as IAM would', async () => {
    const names = fc.constantFrom(
      ['CreateRole', 'AssumeRolePolicyDocument'],
      ['CreatePolicy', 'PolicyDocument'],
    );
    let count = 0;
    await check(fc.tuple(names, document), async ([[Action = '', member = ''], text]) => {
      count += 1;
      const body = new URLSearchParams({
        Action,
        [member]: text,
        RoleName: `F${count}`,
        PolicyName: `F${count}`,
      });
      expectAwsShape(await sendSigned(sandbox, { service: 'iam', body: `${body}`, headers: FORM }), false);
    });
    await stillServes();
  });

  it('survives bytes that are not a request', async () => {
    await check(fc.uint8Array({ maxLength: 600 }), async (bytes) => {
      expectRefusal(await exchange(sandbox, Buffer.from(bytes), true));
    });
    await stillServes();
  });

  it('survives a request with changed bytes', async () => {
    const body = '{"SecretId":"s"}';
    const mutation = fc.record({
      at: fc.nat(),
      removed: fc.integer({ min: 0, max: 12 }),
      added: fc.oneof(
        fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
        fc.constantFrom(
          '\r\n',
          '\r\n\r\n',
          '0\r\n\r\n',
          'Transfer-Encoding: chunked\r\n',
          'Host: x\r\n',
          '\u0000',
        ),
      ),
    });
    await check(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      const headers: Record<string, string> = {
        ...signedHeaders(sandbox, {
          service: 'secretsmanager',
          body,
          headers: { ...JSON_1_1, 'x-amz-target': 'secretsmanager.DescribeSecret' },
        }),
        'content-length': `${body.length}`,
      };
      const good = asText(headers, body);
      const mutated = mutations.reduce((text, { at, removed, added }) => {
        const place = at % text.length;
        return text.slice(0, place) + added + text.slice(place + removed);
      }, good);
      expectRefusal(await exchange(sandbox, Buffer.from(mutated, 'latin1'), true));
    });
    await stillServes();
  });
});
