import { fileURLToPath } from 'node:url';
import { DeleteSecretCommand } from '@aws-sdk/client-secrets-manager';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { clientsFor } from '../sandbox/clients.ts';
import {
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  makeSecret,
  REGION,
} from '../support/account.ts';
import { exhaustive } from '../support/exhaustive.ts';
import { rotate } from '../support/runs/rotate.ts';
import { setUp } from '../support/runs/setup.ts';

/** A command of a user, and the account that it starts from. */
export interface Story {
  name: string;
  /** Prepares the account. */
  prepare: (sandbox: Sandbox) => Promise<unknown>;
  /** The command line, with the key source. */
  args: string[];
  /** True if the run completes without permission for this request. */
  optional: (request: { action: string; nth: number; afterChanges: boolean }) => boolean;
}

const looksForUsers: Story['optional'] = ({ action }) => /^(ListFlows|ListRouter(In|Out)puts)$/.test(action);

/** Requests that only add detail to the output. */
const asksMore: Story['optional'] = ({ action }) =>
  /^(ListPolicies|GetPolicy|ListFlows|ListRouter(In|Out)puts)$/.test(action);

/** The plan lists the attached policies of a role that does not exist yet. */
const notAttached: Story['optional'] = ({ action, nth }) =>
  nth === 0 && action === 'ListAttachedRolePolicies';
const KEY = ['--key-env', 'STUDIO_KEY'];
const NEAR = ['--secret-name', 'studio-a', '--region', REGION];
const BOTH = [...NEAR, '--region', FAR_REGION];
const both = [REGION, FAR_REGION];
const nothing = async () => undefined;
const POLICY = 'SecretsManagerForMediaConnect';

const fullVersions = ['a', 'b', 'c', 'd', 'e'].map((name) =>
  guidePolicy(`arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`),
);

async function deletedSecret(sandbox: Sandbox) {
  const SecretId = await makeSecret(sandbox);
  await clientsFor(sandbox, { region: REGION }).secrets.send(new DeleteSecretCommand({ SecretId }));
}

const SETUPS: readonly (Omit<Story, 'optional'> & { doesWithout?: Story['optional'] })[] = [
  { name: 'a first key', prepare: nothing, args: ['setup', ...NEAR, ...KEY], doesWithout: notAttached },
  {
    name: 'a key for two Regions',
    prepare: nothing,
    args: ['setup', ...NEAR, '--region', FAR_REGION, '--tag', 'team=playout', ...KEY],
    doesWithout: notAttached,
  },
  {
    name: 'a generated key for two Regions',
    prepare: nothing,
    args: ['setup', ...NEAR, '--region', FAR_REGION, '--generate', 'aes256'],
    doesWithout: notAttached,
  },
  {
    name: 'a second key',
    prepare: (sandbox) => setUp(sandbox, { secretName: 'studio-b', key: KEYS.other }),
    args: ['setup', ...NEAR, ...KEY],
  },
  {
    name: 'a key for a policy with five versions',
    prepare: (sandbox) => makePolicy(sandbox, POLICY, fullVersions[0] ?? {}, ...fullVersions.slice(1)),
    args: ['setup', ...NEAR, ...KEY],
    doesWithout: notAttached,
  },
  {
    name: 'another key in place of the first',
    prepare: (sandbox) => setUp(sandbox, { key: KEYS.other }),
    args: ['setup', ...NEAR, ...KEY, '--existing-key', 'replace'],
  },
  {
    name: 'a secret that is scheduled for deletion',
    prepare: deletedSecret,
    args: ['setup', ...NEAR, ...KEY, '--restore'],
    // Without it, the final checks cannot tell which KMS key the current version has.
    doesWithout: (request) => notAttached(request) || request.action === 'ListSecretVersionIds',
  },
  {
    name: 'a role that trusts another service',
    prepare: (sandbox) => makeRole(sandbox, { trust: guideTrust('ec2.amazonaws.com') }),
    args: ['setup', ...NEAR, ...KEY, '--update-trust'],
  },
];

/** Three keys in two Regions with one policy and one role; one of the keys exists already. */
const MANIFEST: Omit<Story, 'optional'> = {
  name: 'a manifest of three keys',
  prepare: (sandbox) => setUp(sandbox, { secretName: 'studio-b' }),
  args: ['setup', '--manifest', fileURLToPath(new URL('fleet.yaml', import.meta.url))],
};

const ROTATIONS: readonly Omit<Story, 'optional'>[] = [
  {
    name: 'rotate in two Regions',
    prepare: (sandbox) => setUp(sandbox, { region: both, key: KEYS.other }),
    args: ['rotate', ...BOTH, ...KEY],
  },
  {
    name: 'rotate --rollback in two Regions',
    prepare: async (sandbox) => {
      await setUp(sandbox, { region: both });
      await rotate(sandbox, { region: both });
    },
    args: ['rotate', ...BOTH, '--rollback'],
  },
];

const takesDownWithout: Story['optional'] = ({ action }) =>
  /^(ListFlows|ListRouter(In|Out)puts|GetSecretValue|ListPolicies)$/.test(action);

/** Requests about the owner and the users of a policy are not optional: teardown needs them to decide. */
const TEARDOWNS: readonly Story[] = [
  {
    name: 'teardown of the only secret, in two Regions',
    prepare: (sandbox) => setUp(sandbox, { region: both }),
    args: ['teardown', ...BOTH],
    // By the second request, the role is deleted.
    optional: (request) =>
      takesDownWithout(request) || (request.nth > 0 && request.action === 'ListAttachedRolePolicies'),
  },
  {
    name: 'teardown of one of two secrets',
    prepare: async (sandbox) => {
      for (const secretName of ['studio-b', 'studio-a']) await setUp(sandbox, { secretName });
    },
    args: ['teardown', ...NEAR],
    optional: takesDownWithout,
  },
];

const ALL: readonly Story[] = [
  ...SETUPS.map(
    ({ doesWithout, ...story }) =>
      ({
        ...story,
        optional: (request) => asksMore(request) || doesWithout?.(request) === true,
      }) satisfies Story,
  ),
  { ...MANIFEST, optional: asksMore },
  // The final checks report `cannot-tell` for what they have no permission to read.
  ...ROTATIONS.map(
    (story) =>
      ({
        ...story,
        optional: (request) => request.afterChanges || looksForUsers(request),
      }) satisfies Story,
  ),
  ...TEARDOWNS,
];

/** The stories of a run that is not exhaustive: one of each kind. */
const SOME = [
  'a first key',
  'a second key',
  'rotate in two Regions',
  'teardown of the only secret, in two Regions',
];

export const STORIES: readonly Story[] = exhaustive ? ALL : ALL.filter(({ name }) => SOME.includes(name));
