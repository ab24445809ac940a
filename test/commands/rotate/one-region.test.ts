import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FAR_REGION, KEYS, REGION, readAccount } from '../../support/account.ts';
import { rotate } from '../../support/runs/rotate.ts';
import { setUp } from '../../support/runs/setup.ts';
import { freshSandbox } from '../../support/sandbox.ts';

const MINUTE_MS = 60 * 1000;
let age = 0;
/** Returns the time of AWS, which is right even when the clock of the program is wrong. */
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

/** Changes the key of one Region only, the given number of minutes ago. */
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

/** Sets only the clock of the program wrong. */
function clockOff(minutes: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: rightTime() + minutes * MINUTE_MS });
}

describe('rotate --generate when one Region got another key than the others', () => {
  test('completes that rotation after 50 minutes', async () => {
    await changeOne(50);
    const { made, log } = await generate();
    expect(made).toBe(KEYS.other);
    expect(log).toContain('This run completes it with the same key.');
  });

  test('generates a new key for all Regions after 70 minutes', async () => {
    await changeOne(70);
    const { made, log } = await generate();
    expect([KEYS.aes256, KEYS.other]).not.toContain(made);
    expect(log).not.toContain('This run completes it with the same key.');
  });

  // If the clock were off by more than five minutes, the SDK would correct it.
  test('completes that rotation after 58 minutes by the clock of AWS, even if its own is fast', async () => {
    await changeOne(58);
    clockOff(4);
    expect((await generate()).made).toBe(KEYS.other);
  });

  test('generates a new key after 62 minutes by the clock of AWS, even if its own is slow', async () => {
    await changeOne(62);
    clockOff(-4);
    expect([KEYS.aes256, KEYS.other]).not.toContain((await generate()).made);
  });
});
