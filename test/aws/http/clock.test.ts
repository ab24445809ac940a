import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { readAccount } from '../../support/account.ts';
import { closing } from '../../support/closing.ts';
import { setUp } from '../../support/runs/setup.ts';
import { passOn } from './proxy.ts';
import { credentialsOf, failureOf, openSandbox, setup } from './scene.ts';

/** Sets the program's clock wrong by the given number of minutes. */
const clockOff = (minutes: number): NodeJS.ProcessEnv => ({
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(`
    const Right = Date;
    globalThis.Date = class extends Right {
      constructor(...args) { args.length > 0 ? super(...args) : super(Right.now() + ${minutes * 60_000}); }
      static now() { return Right.now() + ${minutes * 60_000}; }
    };
  `)}`,
});

/** Starts a server before an endpoint that changes the `Date` header of its responses, or removes it. */
async function behindDate(behind: string, date: (right: string) => string | undefined): Promise<string> {
  const server = createServer((request, response) => {
    passOn(behind, request, response, (headers) => {
      const changed = date(`${headers.date}`);
      response.sendDate = false;
      const { date: _, ...rest } = headers;
      return changed === undefined ? rest : { ...rest, date: changed };
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const actions = (requests: readonly { action: string }[]) => requests.map(({ action }) => action).sort();

describe('a wrong system clock', () => {
  test.concurrent.for([[-60], [60]] as const)(
    'is corrected when it is off by %i minutes, so that one run sets up several Regions',
    async ([minutes]) => {
      const sandbox = await openSandbox();
      const env = { ...credentialsOf(sandbox), ...clockOff(minutes), AWS_ENDPOINT_URL: sandbox.url };
      const { code, all } = await setup(env, '--region', 'us-west-2', '--region', 'eu-west-1');
      expect(code, all).toBe(0);
      const requests = [...sandbox.requests];
      const { secrets, policies, roles } = await readAccount(sandbox);
      expect(secrets.map(({ region }) => region)).toEqual(['us-west-2', 'eu-west-1']);
      expect([policies.length, roles.length]).toEqual([1, 1]);
      // Only requests that were refused for their date are repeated.
      const accepted = requests.filter(({ errorCode = '' }) => !/Signature/.test(errorCode));
      expect(accepted.length).toBeLessThan(requests.length);
      const right = await openSandbox();
      await setUp(right, { region: ['us-west-2', 'eu-west-1'], generate: 'aes256' });
      expect(actions(accepted)).toEqual(actions(right.requests));
    },
  );

  test.concurrent.for([
    ['that is missing', () => undefined],
    [
      'that is as wrong as the clock',
      (right: string) => new Date(Date.parse(right) - 3_600_000).toUTCString(),
    ],
  ] as const)('is reported if it cannot be corrected because of a Date header %s', async ([, date]) => {
    const sandbox = await openSandbox({ allowHost: () => true });
    const url = await behindDate(sandbox.url, date);
    const failure = await failureOf({ ...credentialsOf(sandbox), ...clockOff(-60), AWS_ENDPOINT_URL: url });
    expect(failure).toMatchObject({ exit: 4, code: 'clock-skew' });
    expect(failure.message).toContain('Your system clock is wrong');
    expect(failure.hint).toContain('NTP');
  });
});
