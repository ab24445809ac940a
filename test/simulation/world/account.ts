import { AwsError } from '../../../src/sandbox/errors.ts';
import { addCloudFormationTags } from '../../../src/sandbox/index.ts';
import { newSandboxState, type SandboxState } from '../../../src/sandbox/sandbox-state.ts';
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
import { accountOrThrow, carryOutDirectly, type ServiceName } from './delivery.ts';

/** The Region for requests to IAM. */
const HOME = 'us-west-2';
const TOOL_TAG = 'mc-static-key';

/** Creates the account of a story, with its resources in their order. A resource that cannot be created is left out. */
export function accountOf({ account }: Pick<Story, 'account'>): SandboxState {
  const quota = account.find((thing) => thing.thing === 'quota');
  const sandbox = newSandboxState({
    now: () => Date.now(),
    ...(quota ? { iamQuotas: { attachedPoliciesPerRole: quota.attached } } : {}),
  });
  for (const region of REGIONS) {
    const keys = accountOrThrow(sandbox, region).keysIn(region);
    keys.add(sandbox.now(), { id: KMS_ID });
    keys.addAlias(KMS_ALIAS, KMS_ID, sandbox.now());
  }
  for (const kind of ['secret', 'policy', 'role'] as const) {
    for (const thing of account) if (thing.thing === kind) tryTo(() => make(sandbox, thing));
  }
  return sandbox;
}

/** Does something that AWS may reject. */
function tryTo(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
  }
}

function make(sandbox: SandboxState, thing: Thing): void {
  if (thing.thing === 'secret') makeSecret(sandbox, thing);
  if (thing.thing === 'policy') makePolicy(sandbox, thing);
  if (thing.thing === 'role') makeRole(sandbox, thing);
}

function call(
  sandbox: SandboxState,
  service: ServiceName,
  action: string,
  input: Input,
  region = HOME,
): Record<string, unknown> {
  return { ...carryOutDirectly(sandbox, { service, region, action, input }) };
}

function tagsOf(own: boolean, step: string): object {
  return { Tags: own ? [{ Key: TOOL_TAG, Value: step }] : [{ Key: 'team', Value: 'other' }] };
}

function makeSecret(sandbox: SandboxState, thing: SecretThing): void {
  const { region, value, kms, policy, own, stack } = thing;
  const { ARN } = call(
    sandbox,
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
        sandbox,
        'secretsmanager',
        'PutResourcePolicy',
        { SecretId: arn, ResourcePolicy: document },
        region,
      ),
    );
  }
  if (stack) addCloudFormationTags(sandbox, arn, 'stack');
  if (thing.deleted) call(sandbox, 'secretsmanager', 'DeleteSecret', { SecretId: arn }, region);
}

function makePolicy(sandbox: SandboxState, thing: PolicyThing): void {
  const document = JSON.stringify(documentOf(sandbox, thing.document, thing.secrets));
  const { Policy } = call(sandbox, 'iam', 'CreatePolicy', {
    PolicyName: thing.name,
    ...(thing.path ? { Path: thing.path } : {}),
    PolicyDocument: document,
    ...tagsOf(thing.own, 'read-policy'),
  });
  const { Arn } = Policy as { Arn: string };
  for (let version = 2; version <= thing.versions; version += 1) {
    call(sandbox, 'iam', 'CreatePolicyVersion', {
      PolicyArn: Arn,
      PolicyDocument: document,
      SetAsDefault: true,
    });
  }
  if (thing.stack) addCloudFormationTags(sandbox, Arn, 'stack');
}

function makeRole(sandbox: SandboxState, thing: RoleThing): void {
  const { name, trust, attached, inline, boundary, own, stack } = thing;
  if (boundary) {
    tryTo(() =>
      call(sandbox, 'iam', 'CreatePolicy', {
        PolicyName: `boundary-${boundary}`,
        PolicyDocument: JSON.stringify(inlinePolicy(boundary)),
      }),
    );
  }
  const { Role } = call(sandbox, 'iam', 'CreateRole', {
    RoleName: name,
    AssumeRolePolicyDocument: JSON.stringify(trustPolicy(trust)),
    ...(boundary ? { PermissionsBoundary: policyArn(`boundary-${boundary}`) } : {}),
    ...tagsOf(own, 'trust-role'),
  });
  for (const policy of attached) tryTo(() => attach(sandbox, name, policyArn(policy)));
  for (let nth = 1; nth <= (thing.crowd ?? 0); nth += 1) {
    tryTo(() =>
      call(sandbox, 'iam', 'CreatePolicy', {
        PolicyName: `crowd-${nth}`,
        PolicyDocument: JSON.stringify(inlinePolicy('other')),
      }),
    );
    tryTo(() => attach(sandbox, name, policyArn(`crowd-${nth}`)));
  }
  if (inline) {
    call(sandbox, 'iam', 'PutRolePolicy', {
      RoleName: name,
      PolicyName: 'inline',
      PolicyDocument: JSON.stringify(inlinePolicy(inline)),
    });
  }
  if (stack) addCloudFormationTags(sandbox, (Role as { Arn: string }).Arn, 'stack');
}

function attach(sandbox: SandboxState, role: string, arn: string): void {
  call(sandbox, 'iam', 'AttachRolePolicy', { RoleName: role, PolicyArn: arn });
}

function policyArn(name: string): string {
  return `arn:aws:iam::${ACCOUNT}:policy/${name}`;
}

/** Returns the policy entries for secrets with these names in the first Region: real ARNs if the secrets exist. */
function entriesFor(sandbox: SandboxState, secrets: readonly string[]): string[] {
  return secrets.map((secret) => {
    const name = longName(secret);
    const found = accountOrThrow(sandbox, HOME).secretsIn(HOME).byName(name, sandbox.now());
    return found?.arn ?? `arn:aws:secretsmanager:${HOME}:${ACCOUNT}:secret:${name}-??????`;
  });
}

function documentOf(sandbox: SandboxState, kind: DocumentKind, secrets: readonly string[]): object {
  const entries = entriesFor(sandbox, secrets);
  const named = entries.length > 0 ? entries : entriesFor(sandbox, ['other']);
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
export function doOther(sandbox: SandboxState, act: OtherAct): void {
  tryTo(() => {
    switch (act.other) {
      case 'attach-own':
        return attach(sandbox, act.role, 'arn:aws:iam::aws:policy/ReadOnlyAccess');
      case 'detach-own':
        call(sandbox, 'iam', 'DetachRolePolicy', {
          RoleName: act.role,
          PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
        });
        return;
      case 'add-entry':
        return addEntry(sandbox, act.policy, act.secret);
      case 'move-labels':
        return moveLabels(sandbox, act.secret);
    }
  });
}

/** Adds an entry to a policy as a user would by hand: in a new version, after the oldest one is deleted to make room. */
function addEntry(sandbox: SandboxState, name: string, secret: string): void {
  const arn = policyArn(name);
  const policy = accountOrThrow(sandbox, HOME).iam.view().latest.policies.get(arn);
  const current = policy?.versions.find(({ id }) => id === policy.defaultVersionId);
  if (!policy || !current) return;
  const document = JSON.parse(current.document) as { Statement: { Resource?: unknown }[] | object };
  const [statement] = [document.Statement].flat() as { Resource?: unknown }[];
  if (!statement || statement.Resource === '*') return;
  statement.Resource = [...[statement.Resource].flat(), ...entriesFor(sandbox, [secret])];
  const [oldest] = policy.versions;
  if (policy.versions.length >= 5 && oldest)
    call(sandbox, 'iam', 'DeletePolicyVersion', { PolicyArn: arn, VersionId: oldest.id });
  call(sandbox, 'iam', 'CreatePolicyVersion', {
    PolicyArn: arn,
    PolicyDocument: JSON.stringify(document),
    SetAsDefault: true,
  });
}

/** Moves AWSCURRENT of a secret to the previous version, as a user would by hand. */
function moveLabels(sandbox: SandboxState, secret: string): void {
  const found = accountOrThrow(sandbox, HOME).secretsIn(HOME).byName(longName(secret), sandbox.now());
  const versions = [...(found?.versions.values() ?? [])];
  const [from, to] = ['AWSCURRENT', 'AWSPREVIOUS'].map((stage) =>
    versions.find(({ stages }) => stages.includes(stage)),
  );
  if (!found || !from || !to) return;
  call(sandbox, 'secretsmanager', 'UpdateSecretVersionStage', {
    SecretId: found.arn,
    VersionStage: 'AWSCURRENT',
    RemoveFromVersionId: from.id,
    MoveToVersionId: to.id,
  });
}
