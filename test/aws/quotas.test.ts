import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { HTTP, QUOTAS } from '../../src/limits.ts';
import { iam } from '../../src/sandbox/iam/index.ts';
import { AWS_DEFAULT_QUOTAS } from '../../src/sandbox/index.ts';
import { mediaConnect } from '../../src/sandbox/mediaconnect/index.ts';
import { secretsManager } from '../../src/sandbox/secretsmanager/index.ts';

const SOURCES = fileURLToPath(new URL('../../src', import.meta.url));

/** The shortest response time of AWS, in seconds. With all calls in flight, it gives the highest request rate. */
const QUICKEST_ANSWER = 0.01;
const MOST_PER_SECOND = HTTP.callsAtOnce / QUICKEST_ANSWER;

/** The operations that the program calls, by the SDK's commands in it. */
function called(): string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.startsWith('sandbox'),
  );
  const texts = files.map((file) => readFileSync(join(SOURCES, file), 'utf8'));
  return [...new Set(texts.flatMap((text) => text.match(/(?<=new )\w+(?=Command\()/g) ?? []))];
}

test('limits the request rate for every AWS quota that the program can exceed', () => {
  const counted = [secretsManager, mediaConnect, iam].flatMap(({ name, operationNames, quotasFor }) =>
    called()
      .filter((operation) => operationNames.has(operation))
      .flatMap((operation) => quotasFor(operation).map((quota) => ({ service: name, operation, quota }))),
  );
  expect(counted.map(({ operation }) => operation)).toContain('ListSecretVersionIds');
  for (const { service, operation, quota } of counted) {
    const perSecond = AWS_DEFAULT_QUOTAS[quota];
    const queue = QUOTAS.find((each) => each.service === service && each.operations.test(operation));
    if (perSecond !== undefined)
      expect([operation, queue?.perSecond]).toEqual([
        operation,
        perSecond < MOST_PER_SECOND ? perSecond : undefined,
      ]);
  }
});
