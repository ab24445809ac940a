import { describe, expect, test } from 'vitest';
import { decodePolicy, PolicyParseError, parsePolicy } from '../../src/policy/index.ts';

const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
const read = (policy: unknown) => parsePolicy(JSON.stringify(policy));

describe('parsePolicy', () => {
  test('reads a single value as a list of one', () => {
    const short = {
      Version: '2012-10-17',
      Statement: { ...statement, Condition: { Bool: { 'aws:SecureTransport': true } } },
    };
    const long = {
      Version: '2012-10-17',
      Statement: [
        {
          ...statement,
          Action: ['s3:GetObject'],
          Resource: ['*'],
          Condition: { Bool: { 'aws:SecureTransport': ['true'] } },
        },
      ],
    };
    expect(read(short)).toEqual(read(long));
  });

  test('reads a document without Version as version 2008-10-17', () => {
    expect(read({ Statement: statement }).version).toBe('2008-10-17');
  });

  test('keeps unknown elements by name', () => {
    const document = read({ Purpose: 1, Statement: { ...statement, Color: 'red' } });
    expect(document.unknownElements).toEqual(['Purpose']);
    expect(document.statements[0]?.unknownElements).toEqual(['Color']);
  });

  test.each<[string, unknown, string]>([
    ['a list', [], 'not a JSON object'],
    ['no statements', { Version: '2012-10-17' }, 'Statement is missing'],
    ['an empty list of statements', { Statement: [] }, 'Statement is empty'],
    ['a statement that is text', { Statement: ['x'] }, 'a statement is not an object'],
    [
      'an unknown version',
      { Version: '2020-01-01', Statement: statement },
      'Version is neither 2012-10-17 nor 2008-10-17',
    ],
    [
      'an unknown effect',
      { Statement: { ...statement, Effect: 'allow' } },
      'Effect is neither Allow nor Deny',
    ],
    [
      'no action',
      { Statement: { Effect: 'Allow', Resource: '*' } },
      'a statement has neither Action nor NotAction',
    ],
    [
      'both actions',
      { Statement: { ...statement, NotAction: 'x' } },
      'a statement has both Action and NotAction',
    ],
    [
      'a number as action',
      { Statement: { ...statement, Action: 5 } },
      'Action holds something that is not a string',
    ],
    [
      'a principal that is a name',
      { Statement: { ...statement, Principal: 'me' } },
      'Principal is neither "*" nor an object',
    ],
    [
      'a condition that is a list',
      { Statement: { ...statement, Condition: [] } },
      'Condition is not an object',
    ],
    [
      'a condition operator without keys',
      { Statement: { ...statement, Condition: { Bool: 'x' } } },
      'Condition Bool is not an object',
    ],
    [
      'a condition value that is null',
      { Statement: { ...statement, Condition: { Bool: { a: null } } } },
      'Condition Bool holds something that is not a value',
    ],
    ['a Sid that is a number', { Statement: { ...statement, Sid: 1 } }, 'Sid is not a string'],
  ])('rejects %s with the reason', (_, policy, reason) => {
    expect(() => read(policy)).toThrow(new PolicyParseError(reason));
  });

  test('rejects the trailing commas of the AWS guide, as IAM does', () => {
    expect(() => parsePolicy('{"Statement":[{"Effect":"Allow",},],}')).toThrow(
      new PolicyParseError('not JSON'),
    );
  });
});

describe('decodePolicy', () => {
  test('decodes every character and keeps a plus sign', () => {
    const text = '{ "Sid": "a+b%20\n\u00e9/?&" }';
    expect(decodePolicy(encodeURIComponent(text))).toBe(text);
    expect(decodePolicy('a+b%2Bc')).toBe('a+b+c');
  });

  test('rejects a broken encoding', () => {
    expect(() => decodePolicy('%7B%2')).toThrow(new PolicyParseError('not percent-encoded text'));
  });
});
