import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FAR_REGION, KEYS, REGION, readAccount } from '../../support/account.ts';
import { rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const MINUTE_MS = 60 * 1000;
let age = 0;
/** AWS's clock, which is right whatever is done to that of the program. */
const rightTime = () => performance.timeOrigin + performance.now();
const sandbox = freshSandbox({ now: () => rightTime() - age });

beforeEach(() => {
  age = 0;
});
afterEach(() => void vi.useRealTimers());

async function currentKeys() {
  const { secrets } = await readAccount(sandbox());
  return secrets.map(({ values }) => values.AWSCURRENT);
}

/** The key of one Region is changed so long ago, by itself. */
async function changeOne(minutes: number): Promise<void> {
  age = (minutes + 60) * MINUTE_MS;
  await setUp(sandbox(), { region: [REGION, FAR_REGION] });
  age = minutes * MINUTE_MS;
  await rotate(sandbox(), { region: [FAR_REGION] });
  age = 0;
}

async function generate() {
  const { code, log } = await rotate(sandbox(), { generate: 'aes256' });
  expect(code, log).toBe(0);
  const [near, far] = await currentKeys();
  expect(near).toBe(far);
  return { made: near, log };
}

/** Makes the clock of the program wrong, and of nothing else. */
function clockOff(minutes: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: rightTime() + minutes * MINUTE_MS });
}

describe('rotate --generate, where one Region has another key than the others', () => {
  test('since 50 minutes, finishes that rotation', async () => {
    await changeOne(50);
    const { made, log } = await generate();
    expect(made).toBe(KEYS.other);
    expect(log).toContain('It is finished with that key');
  });

  test('since 70 minutes, makes a new key for all Regions', async () => {
    await changeOne(70);
    const { made, log } = await generate();
    expect([KEYS.aes256, KEYS.other]).not.toContain(made);
    expect(log).not.toContain('It is finished with that key');
  });

  // By more than five minutes, the SDK would correct its own clock.
  test('since 58 minutes, goes by the clock of AWS and finishes it, where its own is fast', async () => {
    await changeOne(58);
    clockOff(4);
    expect((await generate()).made).toBe(KEYS.other);
  });

  test('since 62 minutes, goes by the clock of AWS and makes a new key, where its own is slow', async () => {
    await changeOne(62);
    clockOff(-4);
    expect([KEYS.aes256, KEYS.other]).not.toContain((await generate()).made);
  });
});
