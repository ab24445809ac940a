import assert from 'node:assert';
import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { format, inspect } from 'node:util';
import { serialize } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { KeyMaterial } from '../../src/key/index.ts';
import { KEY } from './keys.ts';

const key = KeyMaterial.from(KEY);
const request = { Name: 'studio-a', SecretString: key, nested: [{ key }] };

/** Returns what a console prints. */
function printed(show: (console: Console) => void): string {
  const stream = new PassThrough();
  show(new Console({ stdout: stream, stderr: stream, colorMode: true }));
  return String(stream.read());
}

const THROWN = { key, cause: new Error('outer', { cause: { key } }) };

describe('KeyMaterial', () => {
  test.each<[string, () => string]>([
    ['String()', () => String(key)],
    ['a template', () => `key: ${key}`],
    ['concatenation', () => `${'key: '}`.concat(String(key), [key].join())],
    ['toLocaleString', () => key.toLocaleString()],
    ['JSON', () => JSON.stringify(key)],
    ['JSON of a request', () => JSON.stringify(request, undefined, 2)],
    ['inspect', () => inspect(key)],
    [
      'inspect of a request with everything shown',
      () => inspect(request, { showHidden: true, depth: 10, getters: true }),
    ],
    ['console.log', () => printed((console) => console.log('request', request))],
    ['console.table', () => printed((console) => console.table([request]))],
    ['console.error with an error that carries it', () => printed((console) => console.error(THROWN))],
    ['format', () => format('%s %o %O %j', key, key, key, request)],
  ])('prints as [redacted] with %s', (_, print) => {
    const text = print();
    expect(text).toContain('[redacted]');
    expect(text).not.toContain(KEY.slice(0, 4));
  });

  test.each<[string, () => string]>([
    [
      'inspect without its custom form',
      () => inspect(request, { customInspect: false, showHidden: true, depth: 10, getters: true }),
    ],
    ['console.dir', () => printed((console) => console.dir(request, { showHidden: true, depth: null }))],
    ['a Buffer', () => Buffer.from(Object(key)).toString()],
    ['keys', () => JSON.stringify([Object.keys(key), Reflect.ownKeys(key), Object.entries(key)])],
    ['spreading', () => inspect({ ...key })],
    ['Object.assign', () => JSON.stringify(Object.assign({}, key))],
    ['a structured clone', () => inspect(structuredClone(key), { showHidden: true })],
    ['serialization', () => serialize(key).toString('latin1')],
    ['format as a number', () => format('%d %i %f', key, key, key)],
    ['the message of a failed comparison', () => comparisonError()],
  ])('shows nothing of the key with %s', (_, print) => {
    expect(print()).not.toContain(KEY.slice(0, 4));
  });

  test('returns the key from reveal()', () => {
    expect(key.reveal()).toBe(KEY);
    expect(key.length).toBe(32);
  });
});

function comparisonError(): string {
  try {
    assert.deepStrictEqual(request, { ...request, Name: 'other' });
    return 'equal';
  } catch (error) {
    return inspect(error, { depth: 10 });
  }
}

describe('KeyMaterial.sameKey', () => {
  const same = (one: string, other: string, type: 'static-key' | 'srt-password') =>
    KeyMaterial.from(one).equals(KeyMaterial.from(other), type);

  test('ignores letter case in static keys', () => {
    expect(same(KEY, KEY.toUpperCase(), 'static-key')).toBe(true);
  });

  test('respects letter case in SRT passwords', () => {
    expect(same('correct horse', 'Correct horse', 'srt-password')).toBe(false);
    expect(same('correct horse', 'correct horse', 'srt-password')).toBe(true);
  });

  test.each([
    ['in their last digit', `${KEY.slice(0, -1)}0`],
    ['in their length', `${KEY}0`],
    ['by a newline', `${KEY}\n`],
    ['by being empty', ''],
  ])('returns false for keys that differ %s', (_, other) => {
    expect(same(KEY, other, 'static-key')).toBe(false);
  });
});
