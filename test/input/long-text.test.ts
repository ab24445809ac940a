import { expect, test } from 'vitest';
import { toFailure } from '../../src/aws/to-failure.ts';
import { checkKey, checkStoredKey, KeyMaterial, type KeyType } from '../../src/key/index.ts';
import { looksLikeKey, looksLikePartOfKey } from '../../src/key-detection.ts';
import { evaluateAccess, parsePolicy } from '../../src/policy/index.ts';
import { policySize } from '../../src/policy/shape.ts';
import { clean, cleanLines, cleanOutput, escapeJson } from '../../src/text.ts';
import { wrap } from '../../src/ui/output.ts';

/** The maximum length of a secret value and of a key file. */
const LENGTH = 65_536;

/** In processor time, which doesn't depend on what else runs. A pattern with quadratic time takes several seconds for one of these texts. */
const LONGEST_MS = 1_500;

/** Pieces that are repeated, and then end with something that breaks the match. */
const pieces = [
  ...[
    '\n',
    '\r\n',
    ' ',
    '\t',
    'a',
    '1',
    'a ',
    'aa:',
    'aaaa-',
    'a.',
    'a=',
    'a/',
    '-',
    ':',
    '=',
    '"',
    '\\"',
    '${',
    '[',
    '0x',
  ],
  ...[
    '\x1b',
    '\x1b[',
    '\x1b[1;',
    '\x1b[31m',
    '\x1b]',
    ';a',
    '日',
    '👩‍👩‍👧',
    'foo bar ',
    '# a\n',
    `${'x'.repeat(4_000)}\n`,
  ],
];
const REFUSAL = 'not authorized to perform: a:b on resource: ';
const texts = [...pieces, REFUSAL].flatMap((piece) => {
  const text = piece.repeat(LENGTH / piece.length);
  return [text, `${text}x`, `${text}\n`, `"${text}`, `}${text}`, `\x1b${text}`];
});

const checks = (keyType: KeyType) => ({
  [`checking a stored ${keyType}`]: (text: string) => checkStoredKey(KeyMaterial.from(text), { keyType }),
  [`checking a given ${keyType}`]: (text: string) => checkKey(text, { keyType }),
  [`checking a short ${keyType}`]: (text: string) => checkKey(text.slice(-1_000), { keyType }),
});

/** Evaluates a policy with this text as its resource. */
function evaluate(text: string): unknown {
  const statement = { Effect: 'Allow', Action: '*', Resource: text };
  return evaluateAccess({
    identityPolicies: [parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }))],
    request: {
      principal: { principalArn: 'arn:aws:iam::111122223333:role/MediaConnect-ASM' },
      action: 'secretsmanager:GetSecretValue',
      resource: 'arn:aws:secretsmanager:us-west-2:111122223333:secret:aes256-7g8H9i',
      context: {},
    },
  });
}

/** Makes failures from an error message of AWS. */
function failure(message: string): unknown {
  const request = { action: 'iam:CreatePolicy', resource: 'ReadKeys', region: 'us-east-1', elapsedMs: 0 };
  const named = (name: string) => Object.assign(new Error(message), { name, $fault: 'client' });
  return ['AccessDenied', 'ValidationError', 'SyntaxError'].map((name) =>
    toFailure(named(name), request, {}),
  );
}

const readers: Record<string, (text: string) => unknown> = {
  ...checks('static-key'),
  ...checks('srt-password'),
  'searching for keys': looksLikeKey,
  'searching for parts of keys': looksLikePartOfKey,
  'cleaning a text': clean,
  'cleaning lines': cleanLines,
  'cleaning the output': cleanOutput,
  'cleaning JSON': escapeJson,
  'wrapping lines': (text) => wrap(text, 80),
  'measuring a policy': policySize,
  'evaluating a policy': evaluate,
  'making a failure from a message': failure,
};

test.for(Object.keys(readers))('%s is fast for any long text', (reader) => {
  const slow = texts.filter((text) => {
    const start = process.cpuUsage();
    readers[reader]?.(text);
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000 > LONGEST_MS;
  });
  expect(slow.map((text) => JSON.stringify(`${text.slice(0, 12)}…${text.slice(-3)}`))).toEqual([]);
});
