import { AwsError } from '../../../src/sandbox/errors.ts';
import { putInStack } from '../../../src/sandbox/index.ts';
import { type Machine, newMachine } from '../../../src/sandbox/machine.ts';
import type { Input } from '../../../src/sandbox/service.ts';
import { kmsId } from '../stories/commands.ts';
import type {
  DocumentKind,
  InlineKind,
  OtherAct,
  PolicyThing,
  RoleThing,
  SecretThing,
  Story,
  Thing,
  TrustKind,
} from '../stories/story.ts';
import {
  ACCOUNT,
  KEYS,
  KMS_ALIAS,
  KMS_ID,
  longName,
  NO_KEY,
  ORGANIZATION,
  OTHER_ACCOUNT,
  READ_ACTIONS,
  REGIONS,
} from '../stories/vocabulary.ts';
import { carryOutDirectly, type ServiceName, worldOf } from './delivery.ts';

/** The Region for requests to IAM. */
const HOME = 'us-west-2';
const TOOL_TAG = 'mc-static-key';

/** Creates the account of a story, with its resources in their order. A resource that cannot be created is left out. */
export function accountOf({ account }: Pick<Story, 'account'>): Machine {
  const quota = account.find((thing) => thing.thing === 'quota');
  const machine = newMachine({
    now: () => Date.now(),
    ...(quota ? { iamQuotas: { attachedPoliciesPerRole: quota.attached } } : {}),
  });
  for (const region of REGIONS) {
    const keys = worldOf(machine, region).keysIn(region);
    keys.add(machine.now(), { id: KMS_ID });
    keys.addAlias(KMS_ALIAS, KMS_ID, machine.now());
  }
  for (const kind of ['secret', 'policy', 'role'] as const) {
    for (const thing of account) if (thing.thing === kind) tryTo(() => make(machine, thing));
  }
  return machine;
}

/** Does something that AWS may reject. */
function tryTo(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}

function make(machine: Machine, thing: Thing): void {
  if (thing.thing === 'secret') makeSecret(machine, thing);
  if (thing.thing === 'policy') makePolicy(machine, thing);
  if (thing.thing === 'role') makeRole(machine, thing);
}

function call(
  machine: Machine,
  service: ServiceName,
  action: string,
  input: Input,
  region = HOME,
): Record<string, unknown> {
  return { ...carryOutDirectly(machine, { service, region, action, input }) };
}

function tagsOf(own: boolean, step: string): object {
  return { Tags: own ? [{ Key: TOOL_TAG, Value: step }] : [{ Key: 'team', Value: 'other' }] };
}

function makeSecret(machine: Machine, thing: SecretThing): void {
  const { region, value, kms, policy, own, stack } = thing;
  const { ARN } = call(
    machine,
    'secretsmanager',
    'CreateSecret',
    {
      Name: longName(thing.name),
      SecretString: value === 'wrong' ? NO_KEY : KEYS[value],
      ...(kms ? { KmsKeyId: kmsId(kms, region) } : {}),
      ...tagsOf(own, 'store-secret'),
    },
    region,
  );
  const arn = String(ARN);
  if (policy) {
    const document = JSON.stringify(secretPolicy(policy));
    tryTo(() =>
      call(
        machine,
        'secretsmanager',
        'PutResourcePolicy',
        { SecretId: arn, ResourcePolicy: document },
        region,
      ),
    );
  }
  if (stack) putInStack(machine, arn, 'stack');
  if (thing.deleted) call(machine, 'secretsmanager', 'DeleteSecret', { SecretId: arn }, region);
}

function makePolicy(machine: Machine, thing: PolicyThing): void {
  const document = JSON.stringify(documentOf(machine, thing.document, thing.secrets));
  const { Policy } = call(machine, 'iam', 'CreatePolicy', {
    PolicyName: thing.name,
    ...(thing.path ? { Path: thing.path } : {}),
    PolicyDocument: document,
    ...tagsOf(thing.own, 'read-policy'),
  });
  const { Arn } = Policy as { Arn: string };
  for (let version = 2; version <= thing.versions; version += 1) {
    call(machine, 'iam', 'CreatePolicyVersion', {
      PolicyArn: Arn,
      PolicyDocument: document,
      SetAsDefault: true,
    });
  }
  if (thing.stack) putInStack(machine, Arn, 'stack');
}

function makeRole(machine: Machine, thing: RoleThing): void {
  const { name, trust, attached, inline, boundary, own, stack } = thing;
  if (boundary) {
    tryTo(() =>
      call(machine, 'iam', 'CreatePolicy', {
        PolicyName: `boundary-${boundary}`,
        PolicyDocument: JSON.stringify(inlinePolicy(boundary)),
      }),
    );
  }
  const { Role } = call(machine, 'iam', 'CreateRole', {
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify(trustPolicy(trust)),
    ...(boundary ? { PermissionsBoundary: policyArn(`boundary-${boundary}`) } : {}),
    ...tagsOf(own, 'trust-role'),
  });
  for (const policy of attached) tryTo(() => attach(machine, name, policyArn(policy)));
  for (let nth = 1; nth <= (thing.crowd ?? 0); nth += 1) {
    tryTo(() =>
      call(machine, 'iam', 'CreatePolicy', {
        PolicyName: `crowd-${nth}`,
        PolicyDocument: JSON.stringify(inlinePolicy('other')),
      }),
    );
    tryTo(() => attach(machine, name, policyArn(`crowd-${nth}`)));
  }
  if (inline) {
    call(machine, 'iam', 'PutRolePolicy', {
      RoleName: name,
      PolicyName: 'inline',
      PolicyDocument: JSON.stringify(inlinePolicy(inline)),
    });
  }
  if (stack) putInStack(machine, (Role as { Arn: string }).Arn, 'stack');
}

function attach(machine: Machine, role: string, arn: string): void {
  call(machine, 'iam', 'AttachRolePolicy', { RoleName: role, PolicyArn: arn });
}

function policyArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:policy/${name}`;
}

/** Returns the policy entries for secrets with these names in the first Region: real ARNs if the secrets exist. */
function entriesFor(machine: Machine, secrets: readonly string[]): string[] {
  return secrets.map((secret) => {
    const name = longName(secret);
    const found = worldOf(machine, HOME).secretsIn(HOME).byName(name, machine.now());
    return found?.arn ?? `arn:aws:secretsmanager:${HOME}:${ACCOUNT}:secret:${name}-??????`;
  });
}

function documentOf(machine: Machine, kind: DocumentKind, secrets: readonly string[]): object {
  const entries = entriesFor(machine, secrets);
  const named = entries.length > 0 ? entries : entriesFor(machine, ['other']);
  const filler = Array.from(
    { length: 11 },
    (_, index) =>
      `arn:aws:secretsmanager:${HOME}:${ACCOUNT}:secret:${longName(`long-filler-${index}`)}-AbCdEf`,
  );
  const read = (resources: readonly string[] | string) => ({
    Effect: 'Allow',
    Action: READ_ACTIONS,
    Resource: resources,
  });
  const statements = {
    read: [read(named)],
    wide: [read('*')],
    full: [read([...named, ...filler].slice(0, 11))],
    odd: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: '*' }],
    deny: [read(named), { Effect: 'Deny', Action: 'secretsmanager:DeleteSecret', Resource: '*' }],
  }[kind];
  return { Version: '2012-10-17', Statement: statements };
}

const OTHER_TRUST: Readonly<Record<Exclude<TrustKind, 'lambda'>, object | undefined>> = {
  'own-form': { StringEquals: { 'aws:SourceAccount': ACCOUNT } },
  guide: undefined,
  'other-account': { StringEquals: { 'aws:SourceAccount': OTHER_ACCOUNT } },
  'both-accounts': { StringEquals: { 'aws:SourceAccount': [ACCOUNT, OTHER_ACCOUNT] } },
  'other-arn': { ArnLike: { 'aws:SourceArn': `arn:aws:mediaconnect:*:${OTHER_ACCOUNT}:*` } },
};

function trustPolicy(kind: TrustKind): object {
  const service = kind === 'lambda' ? 'lambda.amazonaws.com' : 'mediaconnect.amazonaws.com';
  const condition = kind === 'lambda' ? undefined : OTHER_TRUST[kind];
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...(condition ? { Condition: condition } : {}),
      },
    ],
  };
}

function inlinePolicy(kind: InlineKind): object {
  return { Version: '2012-10-17', Statement: STATEMENTS[kind] };
}

/** Returns the same as a resource policy of a secret. It allows the account, because AWS blocks public policies. */
function secretPolicy(kind: InlineKind): object {
  const statements = STATEMENTS[kind].map((statement) => ({
    ...statement,
    Principal:
      'Effect' in statement && statement.Effect === 'Deny' ? '*' : { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    Action: kind === 'deny' ? 'secretsmanager:GetSecretValue' : 'secretsmanager:GetSecretValue',
  }));
  return { Version: '2012-10-17', Statement: statements };
}

const ALL = { Effect: 'Allow', Action: '*', Resource: '*' };
const STATEMENTS: Readonly<Record<InlineKind, readonly object[]>> = {
  'allow-all': [ALL],
  'read-all': [{ Effect: 'Allow', Action: READ_ACTIONS, Resource: '*' }],
  perimeter: [
    ALL,
    {
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { StringNotEqualsIfExists: { 'aws:PrincipalOrgID': ORGANIZATION } },
    },
  ],
  tagged: [
    ALL,
    {
      Effect: 'Deny',
      Action: 'secretsmanager:*',
      Resource: '*',
      Condition: { StringEquals: { 'aws:ResourceTag/secrecy': 'high' } },
    },
  ],
  deny: [ALL, { Effect: 'Deny', Action: 'secretsmanager:GetSecretValue', Resource: '*' }],
  other: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
};

/** Makes a change of others. A change that AWS rejects is left out. */
export function doOther(machine: Machine, act: OtherAct): void {
  tryTo(() => {
    switch (act.other) {
      case 'attach-own':
        return attach(machine, act.role, 'arn:aws:iam::aws:policy/ReadOnlyAccess');
      case 'detach-own':
        call(machine, 'iam', 'DetachRolePolicy', {
          RoleName: act.role,
          PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        });
        return;
      case 'add-entry':
        return addEntry(machine, act.policy, act.secret);
      case 'move-labels':
        return moveLabels(machine, act.secret);
    }
  });
}

/** Adds an entry to a policy as a user would by hand: in a new version, after the oldest one is deleted to make room. */
function addEntry(machine: Machine, name: string, secret: string): void {
  const arn = policyArn(name);
  const policy = worldOf(machine, HOME).iam.view().live.policies.get(arn);
  const current = policy?.versions.find(({ id }) => id === policy.defaultVersionId);
  if (!policy || !current) return;
  const document = JSON.parse(current.document) as { Statement: { Resource?: unknown }[] | object };
  const [statement] = [document.Statement].flat() as { Resource?: unknown }[];
  if (!statement || statement.Resource === '*') return;
  statement.Resource = [...[statement.Resource].flat(), ...entriesFor(machine, [secret])];
  const [oldest] = policy.versions;
  if (policy.versions.length >= 5 && oldest)
    call(machine, 'iam', 'DeletePolicyVersion', { PolicyArn: arn, VersionId: oldest.id });
  call(machine, 'iam', 'CreatePolicyVersion', {
    PolicyArn: arn,
    PolicyDocument: JSON.stringify(document),
    SetAsDefault: true,
  });
}

/** Moves AWSCURRENT of a secret to the previous version, as a user would by hand. */
function moveLabels(machine: Machine, secret: string): void {
  const found = worldOf(machine, HOME).secretsIn(HOME).byName(longName(secret), machine.now());
  const versions = [...(found?.versions.values() ?? [])];
  const [from, to] = ['AWSCURRENT', 'AWSPREVIOUS'].map((stage) =>
    versions.find(({ stages }) => stages.includes(stage)),
  );
  if (!found || !from || !to) return;
  call(machine, 'secretsmanager', 'UpdateSecretVersionStage', {
    SecretId: found.arn,
    VersionStage: 'AWSCURRENT',
    RemoveFromVersionId: from.id,
    MoveToVersionId: to.id,
  });
}
