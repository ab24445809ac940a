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
import { setUp } from '../support/setup.ts';

/** Something that a user does with `setup`, from an account as it is before. */
export interface Story {
  name: string;
  /** Brings the account to where the story begins. */
  prepare: (sandbox: Sandbox) => Promise<unknown>;
  /** The command line after `setup`; where the key comes from included. */
  args: string[];
}

const KEY = ['--key-env', 'STUDIO_KEY'];
const NEAR = ['--secret-name', 'studio-a', '--region', REGION];
const nothing = async () => undefined;
const POLICY = 'SecretsManagerForMediaConnect';

const fullVersions = ['a', 'b', 'c', 'd', 'e'].map((name) =>
  guidePolicy(`arn:aws:secretsmanager:us-west-2:111122223333:secret:${name}-AbCdEf`),
);

async function deletedSecret(sandbox: Sandbox) {
  const SecretId = await makeSecret(sandbox);
  await clientsFor(sandbox, { region: REGION }).secrets.send(new DeleteSecretCommand({ SecretId }));
}

export const STORIES: readonly Story[] = [
  { name: 'a first key', prepare: nothing, args: [...NEAR, ...KEY] },
  {
    name: 'a key for two Regions',
    prepare: nothing,
    args: [...NEAR, '--region', FAR_REGION, '--tag', 'team=playout', ...KEY],
  },
  {
    name: 'a generated key for two Regions',
    prepare: nothing,
    args: [...NEAR, '--region', FAR_REGION, '--generate', 'aes256'],
  },
  {
    name: 'a second key',
    prepare: (sandbox) => setUp(sandbox, { secretName: 'studio-b', key: KEYS.other }),
    args: [...NEAR, ...KEY],
  },
  {
    name: 'a key for a policy with five versions',
    prepare: (sandbox) => makePolicy(sandbox, POLICY, fullVersions[0] ?? {}, ...fullVersions.slice(1)),
    args: [...NEAR, ...KEY],
  },
  {
    name: 'another key in place of the first',
    prepare: (sandbox) => setUp(sandbox, { key: KEYS.other }),
    args: [...NEAR, ...KEY, '--existing-key', 'replace'],
  },
  {
    name: 'a secret that is scheduled for deletion',
    prepare: deletedSecret,
    args: [...NEAR, ...KEY, '--restore'],
  },
  {
    name: 'a role that trusts another service',
    prepare: (sandbox) => makeRole(sandbox, { trust: guideTrust('ec2.amazonaws.com') }),
    args: [...NEAR, ...KEY, '--update-trust'],
  },
];
