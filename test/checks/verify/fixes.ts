import { readFileSync, writeFileSync } from 'node:fs';
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import {
  CreateKeyCommand,
  DisableKeyCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import type { Encryption, Protocol } from '@aws-sdk/client-mediaconnect';
import {
  DeleteResourcePolicyCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  RotateSecretCommand,
  UpdateSecretCommand,
} from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { fixes, flowFixes, routerFixes, VerifyId } from '../../../src/checks/catalog/index.ts';
import type {
  ForcedKeyState,
  RouterIntegration,
  Sandbox,
  SandboxCredentials,
} from '../../../src/sandbox/index.ts';
import { clientsFor } from '../../sandbox/clients.ts';
import {
  ACCOUNT,
  clientsOf,
  FAR_REGION,
  guidePolicy,
  guideTrust,
  KEYS,
  makePolicy,
  makeRole,
  policyArn,
  REGION,
  roleArn,
} from '../../support/account.ts';
import { manifestFile, temporaryFile } from '../../support/runs/manifest.ts';
import { setUp } from '../../support/runs/setup.ts';

/** An account in which `setup` has just set up `studio-a`, and the credentials for `verify`. */
export interface Scene {
  sandbox: Sandbox;
  secretArn: string;
  roleArn: string;
  credentials: SandboxCredentials;
  letDaysPass(days: number): void;
}

/** What was printed, and the command line that it was printed for. */
interface Printed {
  remedy: string;
  command: string | undefined;
  args: string[];
}

/** A fault, and what to do besides the printed command. The functions return the command line of `verify` to use. */
export interface Fix {
  /** The check that has the fix. */
  id: VerifyId;
  fault(scene: Scene): Promise<string[]>;
  /** Does what the fix asks for before the command, or instead of one. */
  before?(scene: Scene, printed: Printed): Promise<string[] | undefined>;
  /** Does what the fix asks for with the output of the command. */
  afterwards?(scene: Scene, printed: Printed): Promise<string[] | undefined>;
  /** Flags that answer the questions of the command. */
  asked?: string[];
  /** Checks that do not pass afterwards either, because of another fault. */
  left?: string[];
}

/** A fix whose fault cannot be created here, and why. */
interface Unmakeable {
  cannotBeMade: string;
}

const ROLE = 'MediaConnect-ASM';
const POLICY = 'SecretsManagerForMediaConnect';
const OTHER_ACCOUNT = '444455556666';
const STUDIO = ['--secret-name', 'studio-a', '--region', REGION];
const PASSWORD = 'a-long-passphrase';
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const json = (value: object) => JSON.stringify(value);

/** Returns a function that creates a fault, and returns the command line of `verify` for it. */
const after =
  (make: (scene: Scene) => Promise<unknown>, args = STUDIO) =>
  async (scene: Scene): Promise<string[]> => {
    await make(scene);
    return args;
  };
/** A manual fix, after which the same command line is used. */
const byHand = (work: (scene: Scene, printed: Printed) => Promise<unknown>) => ({
  async before(scene: Scene, printed: Printed): Promise<undefined> {
    await work(scene, printed);
  },
});
const ofAccount = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};
const arnIn = ({ remedy }: Printed) => /arn:\S+/.exec(remedy)?.[0] ?? '';

const trust = ({ sandbox }: Scene, policy: object, RoleName = ROLE) =>
  clientsOf(sandbox).iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: json(policy) }));
const inline = ({ sandbox }: Scene, PolicyName: string, policy: object, RoleName = ROLE) =>
  clientsOf(sandbox).iam.send(
    new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: json(policy) }),
  );
const spoil = ({ sandbox }: Scene, SecretString: string, SecretId = 'studio-a') =>
  clientsOf(sandbox).secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
const guarded = () => {
  const [statement] = guideTrust().Statement;
  return { ...statement, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } };
};

/** Encrypts the secret with a new KMS key, and returns the ID of the key. */
async function encrypt({ sandbox, secretArn }: Scene, policy?: object): Promise<string> {
  const { kms, secrets } = clientsOf(sandbox);
  const { KeyMetadata } = await kms.send(new CreateKeyCommand(policy ? { Policy: json(policy) } : {}));
  const KmsKeyId = KeyMetadata?.KeyId ?? '';
  await secrets.send(new UpdateSecretCommand({ SecretId: secretArn, KmsKeyId }));
  await setUp(sandbox, { secretArn: [secretArn] });
  return KmsKeyId;
}

/** A KMS key in an unusable state that no request for the key can change. */
const inState = (state: ForcedKeyState['state']): Fix => ({
  id: 'secret-kms-key',
  fault: after(async (scene) => {
    const id = await encrypt(scene);
    scene.sandbox.setKmsKeyState(kmsKeyArn(id), { state });
  }),
  ...byHand(async ({ sandbox }) => {
    const { Keys = [] } = await clientsOf(sandbox).kms.send(new ListKeysCommand({}));
    for (const { KeyArn = '' } of Keys) sandbox.setKmsKeyState(KeyArn);
  }),
});
const kmsKeyArn = (id: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;
/** Gives the KMS key of the secret another key policy. */
async function putKeyPolicy({ sandbox, secretArn }: Scene, policy: object): Promise<void> {
  const { kms, secrets } = clientsOf(sandbox);
  const { KmsKeyId = '' } = await secrets.send(new DescribeSecretCommand({ SecretId: secretArn }));
  await kms.send(new PutKeyPolicyCommand({ KeyId: KmsKeyId, PolicyName: 'default', Policy: json(policy) }));
}

/** A manifest that names the secret, and the command line for it. */
const manifest = (...keys: object[]): string[] => [
  '--manifest',
  manifestFile({
    keys: keys.map((each) => ({
      secretName: 'studio-a',
      regions: [REGION],
      key: { env: 'FEED_KEY' },
      ...each,
    })),
  }),
];

const wide = () => guidePolicy(`arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:*`);

/** Creates a role of another name that reads the secret through its own policy. */
async function otherRole({ sandbox, secretArn }: Scene, policy: object = guidePolicy(secretArn)) {
  const attached = [await makePolicy(sandbox, 'Reading', policy)];
  return makeRole(sandbox, { name: 'MediaConnect-Q', trust: document(guarded()), attached });
}

export const SECRET_AND_ROLE_FIXES = {
  store: {
    id: 'secret-exists',
    fault: async () => ['--secret-name', 'lost', '--region', REGION],
    asked: ['--key-env', 'FEED_KEY'],
  },
  storeToo: {
    id: 'secret-exists',
    fault: async () => [...STUDIO, '--region', FAR_REGION],
  },
  storeHere: {
    id: 'secret-account',
    fault: async () => [
      '--secret-arn',
      `arn:aws:secretsmanager:${REGION}:${OTHER_ACCOUNT}:secret:studio-a-AbCdEf`,
    ],
    before: async ({ secretArn }) => ['--secret-arn', secretArn],
  },
  useArn: {
    id: 'secret-exists',
    fault: async ({ secretArn }) => ['--secret-arn', secretArn.replace(/-\w{6}$/, '-AbCdEf')],
    before: async (_scene, printed) => ['--secret-arn', arnIn(printed)],
  },
  useName: {
    id: 'secret-exists',
    fault: async () => ['--secret-name', 'studio-a-AbCdEf', '--region', REGION],
    afterwards: async (_scene, { command = '' }) => command.split(' ').slice(2),
  },
  restore: {
    id: 'secret-deletion',
    fault: after(({ sandbox, secretArn }) =>
      clientsOf(sandbox).secrets.send(new DeleteSecretCommand({ SecretId: secretArn })),
    ),
  },
  cancelRotation: {
    id: 'secret-rotation',
    fault: after(({ sandbox, secretArn }) => {
      const RotationLambdaARN = `arn:aws:lambda:${REGION}:${ACCOUNT}:function:rotate`;
      sandbox.addRotationFunction(RotationLambdaARN);
      return clientsOf(sandbox).secrets.send(
        new RotateSecretCommand({
          SecretId: secretArn,
          RotationLambdaARN,
          RotationRules: { AutomaticallyAfterDays: 30 },
          RotateImmediately: false,
        }),
      );
    }),
  },
  rotate: { id: 'secret-form', fault: after((scene) => spoil(scene, `${KEYS.aes256}\n`)) },
  rotateAll: {
    id: 'secret-form',
    fault: async (scene) => {
      await spoil(scene, `${KEYS.aes256}\n`);
      return manifest({});
    },
  },
  orPassword: {
    id: 'secret-characters',
    fault: after((scene) => spoil(scene, PASSWORD), [...STUDIO, '--key-type', 'static-key']),
  },
  otherKmsKey: {
    id: 'secret-kms-key',
    fault: after(async (scene) => {
      const KeyId = await encrypt(scene);
      await clientsOf(scene.sandbox).kms.send(
        new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }),
      );
      scene.letDaysPass(8);
    }),
  },
  encryptAnew: {
    id: 'secret-kms-key',
    fault: after(async (scene) => {
      await encrypt(scene);
      // Credentials without kms:Encrypt leave the version under the old key.
      const policy = document(
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'kms:Encrypt', Resource: '*' },
      );
      const credentials = scene.sandbox.credentialsFor(json(policy));
      const { kms } = clientsOf(scene.sandbox);
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      scene.letDaysPass(1);
      await clientsFor(scene.sandbox, { credentials }).secrets.send(
        new UpdateSecretCommand({ SecretId: scene.secretArn, KmsKeyId: KeyMetadata?.KeyId }),
      );
    }),
    // The role has no permission for the second key, which is a fault with its own fix.
    left: ['failed role-decrypts-secret'],
  },
  keepKmsKey: {
    id: 'secret-kms-key',
    fault: after(async (scene) => {
      const KeyId = await encrypt(scene);
      await clientsOf(scene.sandbox).kms.send(new ScheduleKeyDeletionCommand({ KeyId }));
    }),
  },
  enableKmsKey: {
    id: 'secret-kms-key',
    fault: after(async (scene) => {
      const KeyId = await encrypt(scene);
      await clientsOf(scene.sandbox).kms.send(new DisableKeyCommand({ KeyId }));
    }),
  },
  keyPolicy: {
    id: 'role-decrypts-secret',
    fault: after((scene) =>
      encrypt(
        scene,
        document({
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${ACCOUNT}:user/sandbox` },
          Action: 'kms:*',
          Resource: '*',
        }),
      ),
    ),
  },
  // With the ID of the key store there is a command too: see kms.test.ts. The sandbox has no custom key stores.
  connectKeyStore: inState('Unavailable'),
  importKeyMaterial: inState('PendingImport'),
  waitForKmsKey: inState('Creating'),
  keyPolicyDenies: {
    id: 'secret-version',
    fault: after(async (scene) => {
      const denial = { ...ofAccount, Effect: 'Deny', Action: 'kms:Decrypt' };
      await encrypt(scene, document(ofAccount));
      await putKeyPolicy(scene, document(ofAccount, denial));
    }),
    ...byHand((scene) => putKeyPolicy(scene, document(ofAccount))),
  },
  kmsKeyPolicy: {
    cannotBeMade:
      'The key is of another account, and the sandbox has one. Its key policy cannot be read from here either.',
  },
  replicateAnew: {
    id: 'secret-kms-key',
    fault: async (scene) => {
      const { kms } = clientsOf(scene.sandbox, FAR_REGION);
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      const KmsKeyId = KeyMetadata?.KeyId ?? '';
      await replicate(scene, KmsKeyId);
      await kms.send(new ScheduleKeyDeletionCommand({ KeyId: KmsKeyId, PendingWindowInDays: 7 }));
      scene.letDaysPass(8);
      return ['--secret-name', 'studio-a', '--region', FAR_REGION];
    },
  },
  resourcePolicy: {
    id: 'secret-resource-policy',
    fault: after(({ sandbox, secretArn, letDaysPass }) => {
      // A change at the time of the secret's creation counts as part of its creation.
      letDaysPass(1);
      return clientsOf(sandbox).secrets.send(
        new PutResourcePolicyCommand({
          SecretId: secretArn,
          ResourcePolicy: json(
            document({
              Effect: 'Deny',
              Principal: { AWS: roleArn(ROLE) },
              Action: 'secretsmanager:GetSecretValue',
              Resource: '*',
            }),
          ),
        }),
      );
    }),
    afterwards: async ({ sandbox, secretArn }) => {
      await clientsOf(sandbox).secrets.send(new DeleteResourcePolicyCommand({ SecretId: secretArn }));
      return undefined;
    },
  },
  setUp: { id: 'role-exists', fault: async () => [...STUDIO, '--role-name', 'MediaConnect-Q'] },
  setUpFrom: {
    id: 'role-policy-attached',
    fault: async () => manifest({ policyName: 'Wanted' }),
  },
  nameSource: {
    id: 'secret-exists',
    fault: async () => manifest({ secretName: 'lost', key: { existing: true } }),
    before: (_scene, { args }) => inManifest(args, '{"existing":true}', '{"env":"FEED_KEY"}'),
  },
  copyArn: {
    id: 'secret-exists',
    fault: async ({ secretArn }) => [
      '--manifest',
      manifestFile({ keys: [{ secretArns: [secretArn.replace('studio-a', 'lost')] }] }),
    ],
    before: async ({ secretArn }) => ['--manifest', manifestFile({ keys: [{ secretArns: [secretArn] }] })],
  },
  updateTrust: {
    id: 'role-trust',
    fault: after((scene) => trust(scene, guideTrust('ec2.amazonaws.com'))),
  },
  otherRole: {
    id: 'role-path',
    fault: async ({ sandbox, secretArn }) => {
      const attached = [await makePolicy(sandbox, 'Reading', guidePolicy(secretArn))];
      const role = { name: 'MediaConnect-Q', path: '/video/', trust: document(guarded()), attached };
      return [...STUDIO, '--role-arn', await makeRole(sandbox, role)];
    },
    afterwards: async (_scene, { command = '' }) => [...STUDIO, '--role-name', roleNameIn(command)],
  },
  removeTrustDenial: {
    id: 'role-trust',
    fault: after((scene) =>
      trust(scene, document(guarded(), { ...guideTrust().Statement[0], Effect: 'Deny' })),
    ),
    afterwards: async (scene) => {
      await trust(scene, document(guarded()));
      return undefined;
    },
  },
  guard: { id: 'role-guard', fault: after((scene) => trust(scene, guideTrust())) },
  attach: {
    id: 'role-policy-attached',
    fault: async () => [...STUDIO, '--policy-name', 'Wanted'],
  },
  policyUnreadable: {
    id: 'role-policies',
    fault: after(async ({ sandbox }) => sandbox.setPolicyDocument(policyArn(POLICY), { Statement: 1 })),
    ...byHand(async ({ sandbox, secretArn }) =>
      sandbox.setPolicyDocument(policyArn(POLICY), guidePolicy(secretArn)),
    ),
  },
  removeDenial: {
    id: 'role-reads-secret',
    fault: after((scene) =>
      inline(
        scene,
        'Denial',
        document({ Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*' }),
      ),
    ),
    ...byHand(({ sandbox }) =>
      clientsOf(sandbox).iam.send(new DeleteRolePolicyCommand({ RoleName: ROLE, PolicyName: 'Denial' })),
    ),
  },
  detachPolicy: {
    id: 'policy-scope',
    fault: async (scene) => {
      await otherRole(scene, wide());
      return [...STUDIO, '--role-name', 'MediaConnect-Q'];
    },
  },
  passRole: {
    id: 'caller-pass-role',
    fault: after(async (scene) => {
      const policy = document({ Effect: 'Allow', NotAction: 'iam:PassRole', Resource: '*' });
      scene.credentials = await sessionOf(scene.sandbox, policy);
    }),
    before: async (scene, { command = '' }) => {
      const policy = document(
        { Effect: 'Allow', NotAction: 'iam:PassRole', Resource: '*' },
        JSON.parse(command) as object,
      );
      await inline(scene, 'Work', policy, 'Engineer');
      return undefined;
    },
  },
  otherPartition: {
    id: 'role-account',
    fault: async () => [...STUDIO, '--role-arn', roleArn(ROLE).replace('arn:aws:', 'arn:aws-us-gov:')],
    before: async () => STUDIO,
  },
} satisfies Record<keyof typeof fixes, Fix | Unmakeable>;

function roleNameIn(command: string): string {
  return /--role-name (\S+)/.exec(command)?.[1] ?? ROLE;
}

/** Returns session credentials of a new role that has only this policy. */
async function sessionOf(sandbox: Sandbox, policy: object): Promise<SandboxCredentials> {
  const { iam, sts } = clientsOf(sandbox);
  const mayAssume = { Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' };
  const { Role } = await iam.send(
    new CreateRoleCommand({ RoleName: 'Engineer', AssumeRolePolicyDocument: json(document(mayAssume)) }),
  );
  const Work = { RoleName: 'Engineer', PolicyName: 'Work', PolicyDocument: json(policy) };
  await iam.send(new PutRolePolicyCommand(Work));
  const session = { RoleArn: Role?.Arn, RoleSessionName: 'me' };
  const { Credentials } = await sts.send(new AssumeRoleCommand(session));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

const flowArn = (account = ACCOUNT) => `arn:aws:mediaconnect:${REGION}:${account}:flow:1-None:none`;

/** Adds a flow with one output, and returns the command line of `verify` for it. */
function flowWith({ sandbox }: Scene, output: object, more: { errors?: string[] } = {}): string[] {
  const outputs = [{ Name: 'studio', ...output }];
  return ['--flow-arn', sandbox.addFlow({ region: REGION, name: 'game', outputs, ...more })];
}

type Settings = { [Member in keyof Encryption]?: Encryption[Member] | undefined };
const on = (Protocol: Protocol, Encryption: Settings): object => ({ Transport: { Protocol }, Encryption });
const settings = ({ secretArn: SecretArn, roleArn: RoleArn }: Scene, more: Settings = {}): Settings => ({
  KeyType: 'static-key',
  Algorithm: 'aes256',
  RoleArn,
  SecretArn,
  ...more,
});

/** A fault of an output that other settings of the flow fix. */
const ofOutput = (
  id: VerifyId,
  wrong: (scene: Scene) => object,
  right?: (scene: Scene) => object,
): Pick<Fix, 'id' | 'fault' | 'before'> => ({
  id,
  fault: async (scene) => flowWith(scene, wrong(scene)),
  ...(right ? { before: async (scene: Scene) => flowWith(scene, right(scene)) } : {}),
});

/** Stores a password in a secret that the role reads, and returns its ARN. */
async function passwordArn({ sandbox }: Scene): Promise<string> {
  const key = { key: PASSWORD, keyType: 'srt-password' };
  const { json: made } = await setUp(sandbox, { secretName: 'srt', ...key });
  return made.secrets[0]?.arn ?? '';
}

export const FLOW_FIXES: Record<keyof typeof flowFixes, Fix> = {
  usePassword: ofOutput('flow-protocol', (scene) => on('srt-caller', settings(scene))),
  otherKeyType: ofOutput(
    'flow-protocol',
    (scene) => on('rtp', settings(scene)),
    (scene) => on('zixi-push', settings(scene)),
  ),
  removeAlgorithm: {
    id: 'flow-algorithm',
    fault: async (scene) => {
      const SecretArn = await passwordArn(scene);
      return flowWith(scene, on('srt-caller', settings(scene, { KeyType: 'srt-password', SecretArn })));
    },
    before: async (scene) => {
      const SecretArn = await passwordArn(scene);
      const right = { KeyType: 'srt-password', Algorithm: undefined, SecretArn } as const;
      return flowWith(scene, on('srt-caller', settings(scene, right)));
    },
  },
  setAlgorithm: {
    ...ofOutput(
      'flow-algorithm',
      (scene) => on('zixi-push', settings(scene, { Algorithm: undefined, SecretArn: undefined })),
      (scene) => on('zixi-push', settings(scene)),
    ),
  },
  useAlgorithm: ofOutput('flow-algorithm', (scene) =>
    on('zixi-push', settings(scene, { Algorithm: 'aes128' })),
  ),
  nameSecret: ofOutput(
    'flow-secret',
    (scene) => on('zixi-push', settings(scene, { SecretArn: undefined })),
    (scene) => on('zixi-push', settings(scene)),
  ),
  nameRole: ofOutput(
    'flow-role',
    (scene) => on('zixi-push', settings(scene, { RoleArn: undefined })),
    (scene) => on('zixi-push', settings(scene)),
  ),
  otherCredentials: {
    id: 'flow-account',
    fault: async () => ['--flow-arn', flowArn(OTHER_ACCOUNT)],
    before: async (scene) => flowWith(scene, on('zixi-push', settings(scene))),
  },
  checkArn: {
    id: 'flow-exists',
    fault: async () => ['--flow-arn', flowArn()],
    before: async (scene) => flowWith(scene, on('zixi-push', settings(scene))),
  },
};

const AUTOMATIC = { encryptionKeyType: 'AUTOMATIC', encryptionKeyConfiguration: { automatic: {} } };
const transit = (scene: Scene, more: { secretArn?: string; roleArn?: string } = {}): object => {
  const { secretArn, roleArn } = { ...scene, ...more };
  const secretsManager = { secretArn, roleArn };
  return { encryptionKeyType: 'SECRETS_MANAGER', encryptionKeyConfiguration: { secretsManager } };
};

/** Adds a router input, optionally connected to a flow output, and returns the command line of `verify` for it. */
function inputWith(
  { sandbox }: Scene,
  sourceTransitDecryption: object,
  { messages = [], ...flow }: { messages?: string[]; flowArn?: string; flowOutputArn?: string } = {},
): string[] {
  const configuration = { mediaConnectFlow: { ...flow, sourceTransitDecryption } };
  const end = { region: REGION, kind: 'routerInput', name: 'studio', configuration, messages } as const;
  return ['--flow-arn', sandbox.addRouterEndpoint(end)];
}

/** Adds a flow with an output for routers. */
function routed({ sandbox }: Scene, encryption: object, more: RouterIntegration = {}) {
  const flowOutputArn = `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:output:1-Abcd:to-router`;
  const output = {
    Name: 'to-router',
    OutputArn: flowOutputArn,
    RouterIntegrationState: 'ENABLED' as const,
    RouterIntegrationTransitEncryption: encryption,
    ...more,
  };
  return { flowArn: sandbox.addFlow({ region: REGION, name: 'game', outputs: [output] }), flowOutputArn };
}

/** A fault of a router input that other settings of the router fix. */
const ofInput = (
  id: VerifyId,
  wrong: (scene: Scene) => string[] | Promise<string[]>,
  right: (scene: Scene) => string[] | Promise<string[]> = (scene) => inputWith(scene, transit(scene)),
): Fix => ({
  id,
  fault: async (scene) => wrong(scene),
  before: async (scene) => right(scene),
});

const bothEnds = (scene: Scene): string[] => inputWith(scene, transit(scene), routed(scene, transit(scene)));

export const ROUTER_FIXES: Record<keyof typeof routerFixes, Fix> = {
  message: ofInput('router-messages', (scene) =>
    inputWith(scene, transit(scene), { messages: ['Key unreadable'] }),
  ),
  checkArn: ofInput('router-exists', () => [
    '--flow-arn',
    `arn:aws:mediaconnect:${REGION}:${ACCOUNT}:routerInput:aaaaaaaaaaaa`,
  ]),
  otherCredentials: ofInput('router-account', () => [
    '--flow-arn',
    `arn:aws:mediaconnect:${REGION}:${OTHER_ACCOUNT}:routerOutput:aaaaaaaaaaaa`,
  ]),
  nameSecret: ofInput('router-secret', (scene) => inputWith(scene, transit(scene, { secretArn: '' }))),
  nameRole: ofInput('router-role', (scene) => {
    const { secretArn } = scene;
    const secretsManager = { secretArn };
    return inputWith(scene, {
      encryptionKeyType: 'SECRETS_MANAGER',
      encryptionKeyConfiguration: { secretsManager },
    });
  }),
  noPath: ofInput('router-role', async (scene) => {
    const attached = [await makePolicy(scene.sandbox, 'Reading', guidePolicy(scene.secretArn))];
    const role = { name: 'MediaConnect-Q', path: '/video/', trust: document(guarded()), attached };
    return inputWith(scene, transit(scene, { roleArn: await makeRole(scene.sandbox, role) }));
  }),
  sameKeyType: ofInput(
    'router-other-end',
    (scene) => inputWith(scene, transit(scene), routed(scene, AUTOMATIC)),
    bothEnds,
  ),
  sameKey: ofInput(
    'router-other-end',
    async (scene) => {
      const other = await setUp(scene.sandbox, { secretName: 'other', key: KEYS.other });
      const secretArn = other.json.secrets[0]?.arn ?? '';
      return inputWith(scene, transit(scene), routed(scene, transit(scene, { secretArn })));
    },
    bothEnds,
  ),
  connectAgain: ofInput(
    'router-other-end',
    (scene) => inputWith(scene, transit(scene), { flowArn: flowArn() }),
    bothEnds,
  ),
  enable: ofInput(
    'router-other-end',
    (scene) =>
      inputWith(scene, transit(scene), routed(scene, transit(scene), { RouterIntegrationState: 'DISABLED' })),
    bothEnds,
  ),
};

/** Deletes the role of `setup`, so that a command that falls back on it fails. */
async function deleteRole({ sandbox }: Scene): Promise<void> {
  const { iam } = clientsOf(sandbox);
  await iam.send(new DetachRolePolicyCommand({ RoleName: ROLE, PolicyArn: policyArn(POLICY) }));
  await iam.send(new DeleteRoleCommand({ RoleName: ROLE }));
}

/** Fixes that have more than one form. */
export const FURTHER: { what: string; name: keyof typeof fixes; fix: Fix }[] = [
  {
    what: 'a value that a role other than the default one reads',
    name: 'rotate',
    fix: {
      id: 'secret-form',
      fault: async (scene) => {
        await otherRole(scene);
        await deleteRole(scene);
        await spoil(scene, `${KEYS.aes256}\n`);
        return [...STUDIO, '--role-name', 'MediaConnect-Q'];
      },
    },
  },
  {
    what: 'a missing secret for another role and another policy',
    name: 'store',
    fix: {
      id: 'secret-exists',
      fault: async (scene) => {
        await deleteRole(scene);
        const names = ['--role-name', 'MediaConnect-Q', '--policy-name', 'Wanted'];
        await setUp(scene.sandbox, { roleName: 'MediaConnect-Q', policyName: 'Wanted' });
        return ['--secret-name', 'lost', '--region', REGION, ...names];
      },
      asked: ['--key-env', 'FEED_KEY'],
    },
  },
  {
    what: 'a password with a line break',
    name: 'rotate',
    fix: {
      id: 'secret-form',
      fault: async (scene) => {
        await passwordArn(scene);
        await spoil(scene, `${PASSWORD}\n`, 'srt');
        return ['--secret-name', 'srt', '--region', REGION];
      },
    },
  },
  {
    what: 'the value of a replica',
    name: 'rotate',
    fix: {
      id: 'secret-form',
      fault: async (scene) => {
        await replicate(scene);
        await spoil(scene, `${KEYS.aes256}\n`);
        return ['--secret-name', 'studio-a', '--region', FAR_REGION];
      },
    },
  },
  {
    what: 'the rotation of a replica',
    name: 'cancelRotation',
    fix: {
      id: 'secret-rotation',
      fault: async (scene) => {
        await replicate(scene);
        await SECRET_AND_ROLE_FIXES.cancelRotation.fault(scene);
        return ['--secret-name', 'studio-a', '--region', FAR_REGION];
      },
    },
  },
  {
    what: 'a secret scheduled for deletion outside the configured Region',
    name: 'restore',
    fix: {
      id: 'secret-deletion',
      fault: async ({ sandbox }) => {
        await setUp(sandbox, { region: [FAR_REGION] });
        const { secrets } = clientsOf(sandbox, FAR_REGION);
        await secrets.send(new DeleteSecretCommand({ SecretId: 'studio-a' }));
        return [...STUDIO, '--region', FAR_REGION];
      },
    },
  },
  {
    what: 'a value in a manifest whose path needs shell quoting',
    name: 'rotateAll',
    fix: {
      id: 'secret-form',
      fault: async (scene) => {
        await spoil(scene, `${KEYS.aes256}\n`);
        const [option = '', path = ''] = manifest({});
        const odd = temporaryFile("o'brien & sons.yaml", readFileSync(path, 'utf8'));
        return [option, odd];
      },
    },
  },
  {
    what: 'a deleted KMS key, for a manifest',
    name: 'otherKmsKey',
    fix: {
      id: 'secret-kms-key',
      fault: async (scene) => {
        await SECRET_AND_ROLE_FIXES.otherKmsKey.fault(scene);
        return manifest({});
      },
    },
  },
  {
    what: 'the default policy if it allows every secret',
    name: 'detachPolicy',
    fix: {
      id: 'policy-scope',
      fault: async ({ sandbox }) => {
        sandbox.setPolicyDocument(policyArn(POLICY), wide());
        return STUDIO;
      },
    },
  },
  {
    what: 'the policy given by name if it allows every secret',
    name: 'detachPolicy',
    fix: {
      id: 'policy-scope',
      fault: async (scene) => {
        await otherRole(scene, wide());
        return [...STUDIO, '--role-name', 'MediaConnect-Q', '--policy-name', 'Reading'];
      },
      // The detached policy is the one that --policy-name requires.
      left: ['failed role-policy-attached'],
    },
  },
  {
    what: 'an inline policy that allows more than reading',
    name: 'detachPolicy',
    fix: {
      id: 'policy-reads-only',
      fault: after((scene) =>
        inline(scene, 'More', document({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' })),
      ),
    },
  },
  {
    what: 'a policy that allows every secret, for a manifest',
    name: 'detachPolicy',
    fix: {
      id: 'policy-scope',
      fault: async (scene) => {
        await otherRole(scene, wide());
        return manifest({ roleName: 'MediaConnect-Q', policyName: 'Reading' });
      },
      before: (_scene, { args }) => inManifest(args, '"policyName":"Reading"', '"policyName":"Narrow"'),
    },
  },
  {
    what: 'a trust policy for another service, for a manifest',
    name: 'updateTrust',
    fix: {
      id: 'role-trust',
      fault: async (scene) => {
        await trust(scene, guideTrust('ec2.amazonaws.com'));
        return manifest({});
      },
      before: (_scene, { args }) => inManifest(args, '"regions"', '"updateTrust":true,"regions"'),
    },
  },
  {
    what: 'the default role if it has a path',
    name: 'otherRole',
    fix: {
      id: 'role-path',
      fault: async (scene) => {
        await deleteRole(scene);
        const attached = [policyArn(POLICY)];
        await makeRole(scene.sandbox, { path: '/video/', trust: document(guarded()), attached });
        return STUDIO;
      },
      afterwards: async (_scene, { command = '' }) => [...STUDIO, '--role-name', roleNameIn(command)],
    },
  },
  {
    what: 'the reserved name of a role',
    name: 'otherRole',
    fix: {
      id: 'role-name',
      fault: async ({ sandbox }) => {
        const name = 'MediaConnectAccessRole';
        await makeRole(sandbox, { name, trust: document(guarded()), attached: [policyArn(POLICY)] });
        return [...STUDIO, '--role-arn', roleArn(name)];
      },
      afterwards: async (_scene, { command = '' }) => [...STUDIO, '--role-name', roleNameIn(command)],
    },
  },
  {
    what: 'the path of a role that a manifest names',
    name: 'otherRole',
    fix: {
      id: 'role-path',
      fault: async ({ sandbox }) => {
        const role = { name: 'MediaConnect-Q', path: '/video/', trust: document(guarded()) };
        await makeRole(sandbox, { ...role, attached: [policyArn(POLICY)] });
        return manifest({ roleName: 'MediaConnect-Q' });
      },
      before: (_scene, { args }) => inManifest(args, '"MediaConnect-Q"', '"MediaConnect-R"'),
    },
  },
  {
    what: 'a permissions boundary that does not allow reading',
    name: 'removeDenial',
    fix: {
      id: 'role-reads-secret',
      fault: after(async ({ sandbox }) => {
        const nothing = document({ Effect: 'Allow', Action: 's3:*', Resource: '*' });
        const PermissionsBoundary = await makePolicy(sandbox, 'Boundary', nothing);
        const { iam } = clientsOf(sandbox);
        await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: ROLE, PermissionsBoundary }));
      }),
      ...byHand(async ({ sandbox }) => sandbox.setPolicyDocument(policyArn('Boundary'), guidePolicy('*'))),
    },
  },
  {
    what: 'a role of another account',
    name: 'setUp',
    fix: {
      id: 'role-account',
      fault: async () => [...STUDIO, '--role-arn', `arn:aws:iam::${OTHER_ACCOUNT}:role/MediaConnect-Q`],
      afterwards: async (_scene, { command = '' }) => [...STUDIO, '--role-name', roleNameIn(command)],
    },
  },
  {
    what: 'a secret in another Region than that of the flow',
    name: 'storeHere',
    fix: {
      id: 'flow-secret',
      fault: async (scene) => {
        const far = await setUp(scene.sandbox, { region: [FAR_REGION] });
        const SecretArn = far.json.secrets[0]?.arn;
        return flowWith(scene, on('zixi-push', settings(scene, { SecretArn })));
      },
      before: async (scene) => flowWith(scene, on('zixi-push', settings(scene))),
    },
  },
];

/** The kinds of flow parts that have encryption settings. Each has its own command. */
export const PARTS: [kind: string, flow: (settings: Settings) => object][] = [
  [
    'source',
    (Decryption) => ({ source: { Name: 'camera', Transport: { Protocol: 'zixi-push' }, Decryption } }),
  ],
  ['output', (Encryption) => ({ outputs: [{ Name: 'studio', ...on('zixi-push', Encryption) }] })],
  ['entitlement', (Encryption) => ({ entitlements: [{ Name: 'partner', Encryption }] })],
];

/** Returns the fix of a wrong algorithm in a part of that kind. */
export function ofPart(flow: (settings: Settings) => object): Fix {
  return {
    id: 'flow-algorithm',
    fault: async (scene) => {
      const parts = flow(settings(scene, { Algorithm: 'aes128' }));
      return ['--flow-arn', scene.sandbox.addFlow({ region: REGION, name: 'game', ...parts })];
    },
  };
}

async function replicate({ sandbox, secretArn }: Scene, KmsKeyId?: string): Promise<void> {
  const AddReplicaRegions = [{ Region: FAR_REGION, KmsKeyId }];
  await clientsOf(sandbox).secrets.send(
    new ReplicateSecretToRegionsCommand({ SecretId: secretArn, AddReplicaRegions }),
  );
  // Lets the role read the replica too.
  const replica = secretArn.replace(REGION, FAR_REGION);
  await setUp(sandbox, { secretArn: [secretArn, replica] });
}

/** Replaces text in the manifest file. */
async function inManifest([, path = '']: string[], text: string, other: string): Promise<undefined> {
  writeFileSync(path, readFileSync(path, 'utf8').replace(text, other));
}
