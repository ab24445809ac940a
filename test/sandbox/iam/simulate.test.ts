import {
  CreateRoleCommand,
  ListInstanceProfilesForRoleCommand,
  PutRolePolicyCommand,
  SimulatePrincipalPolicyCommand,
  type SimulatePrincipalPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../../src/sandbox/index.ts';
import { clientsFor, failureOf, TRUST } from '../clients.ts';

const IAM = 'arn:aws:iam::111122223333';
const PASSED = `${IAM}:role/MediaConnect-ASM`;

let sandbox: Sandbox;
let admin: ReturnType<typeof clientsFor>;

beforeAll(async () => {
  sandbox = await startSandbox();
  admin = clientsFor(sandbox);
  const role = {
    RoleName: 'Operator',
    Path: '/video/',
    AssumeRolePolicyDocument: TRUST,
    PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess',
  };
  await admin.iam.send(new CreateRoleCommand(role));
  const toMediaConnect = { StringEquals: { 'iam:PassedToService': 'mediaconnect.amazonaws.com' } };
  const Statement = [
    {
      Effect: 'Allow',
      Action: 'iam:PassRole',
      Resource: `${IAM}:role/MediaConnect-*`,
      Condition: toMediaConnect,
    },
    { Effect: 'Allow', Action: 'secretsmanager:*', Resource: '*' },
    { Effect: 'Deny', Action: 'secretsmanager:DeleteSecret', Resource: '*' },
  ];
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  await admin.iam.send(new PutRolePolicyCommand({ RoleName: 'Operator', PolicyName: 'own', PolicyDocument }));
});
afterAll(() => sandbox.close());

async function simulate(input: Partial<SimulatePrincipalPolicyCommandInput>) {
  const all = { PolicySourceArn: `${IAM}:role/video/Operator`, ActionNames: ['iam:PassRole'], ...input };
  const { EvaluationResults = [] } = await admin.iam.send(new SimulatePrincipalPolicyCommand(all));
  return EvaluationResults;
}

const passedTo = (service: string) => ({
  ResourceArns: [PASSED],
  ContextEntries: [
    {
      ContextKeyName: 'iam:PassedToService',
      ContextKeyType: 'string' as const,
      ContextKeyValues: [`${service}.amazonaws.com`],
    },
  ],
});

it('SimulatePrincipalPolicy allows iam:PassRole only to the service that the policy names', async () => {
  const [allowed] = await simulate(passedTo('mediaconnect'));
  expect(allowed).toMatchObject({
    EvalActionName: 'iam:PassRole',
    EvalResourceName: PASSED,
    EvalDecision: 'allowed',
    EvalDecisionDetails: {},
    MatchedStatements: [{ SourcePolicyId: 'own', SourcePolicyType: 'IAM Policy' }],
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: true },
    ResourceSpecificResults: [{ EvalResourceName: PASSED, EvalResourceDecision: 'allowed' }],
  });
  const [other] = await simulate(passedTo('ec2'));
  expect(other?.EvalDecision).toBe('implicitDeny');
  const [unsaid] = await simulate({ ResourceArns: [PASSED] });
  expect(unsaid).toMatchObject({
    EvalDecision: 'implicitDeny',
    MissingContextValues: ['iam:PassedToService'],
  });
});

it('SimulatePrincipalPolicy evaluates each action on all resources, in pages', async () => {
  const ActionNames = ['secretsmanager:GetSecretValue', 'secretsmanager:DeleteSecret', 's3:GetObject'];
  const results = await simulate({ ActionNames });
  expect(results.map((result) => result.EvalDecision)).toEqual(['allowed', 'explicitDeny', 'implicitDeny']);
  const mixed = await simulate({ ...passedTo('mediaconnect'), ResourceArns: [PASSED, `${IAM}:role/Other`] });
  expect(mixed[0]?.EvalDecision).toBe('implicitDeny');
  expect(mixed[0]?.EvalResourceName).toBe(`arn:$\{Partition}:iam::$\{Account}:role/$\{RoleNameWithPath}`);
  expect(mixed[0]?.ResourceSpecificResults?.map((result) => result.EvalResourceDecision)).toEqual([
    'allowed',
    'implicitDeny',
  ]);
  expect(await simulate({ ActionNames, MaxItems: 2 })).toHaveLength(2);
});

it('SimulatePrincipalPolicy returns the position of the matched statements', async () => {
  const RoleName = 'Spaced';
  await admin.iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  // One document as Python formats it, and one with line breaks.
  const single =
    '{"Version": "2012-10-17", "Statement": {"Sid": "", "Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}}';
  const listed = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
    {
      "Effect": "Allow", "Action": "s3:*", "Resource": "*",
      "Condition": {"Null": {"aws:x": "true"}}
    }
  ]
}`;
  for (const [PolicyName, PolicyDocument] of Object.entries({ single, listed })) {
    await admin.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  }
  const [result] = await simulate({
    PolicySourceArn: `${IAM}:role/${RoleName}`,
    ActionNames: ['s3:PutObject'],
    ResourceArns: ['arn:aws:s3:::bucket'],
  });
  const MatchedStatements = [
    {
      SourcePolicyId: 'single',
      SourcePolicyType: 'IAM Policy',
      StartPosition: { Line: 1, Column: 41 },
      EndPosition: { Line: 1, Column: 113 },
    },
    {
      SourcePolicyId: 'listed',
      SourcePolicyType: 'IAM Policy',
      StartPosition: { Line: 5, Column: 6 },
      EndPosition: { Line: 8, Column: 6 },
    },
  ];
  expect(result).toMatchObject({
    EvalResourceName: 'arn:aws:s3:::bucket',
    MatchedStatements,
    ResourceSpecificResults: [{ EvalResourceName: 'arn:aws:s3:::bucket', MatchedStatements }],
  });
});

it('SimulatePrincipalPolicy applies the policies and the permissions boundary of the request', async () => {
  const document = (Action: string) =>
    JSON.stringify({ Version: '2012-10-17', Statement: { Effect: 'Allow', Action, Resource: '*' } });
  const [more] = await simulate({ ActionNames: ['s3:GetObject'], PolicyInputList: [document('s3:*')] });
  expect(more?.EvalDecision).toBe('allowed');
  const [bounded] = await simulate({
    ActionNames: ['secretsmanager:GetSecretValue'],
    PermissionsBoundaryPolicyInputList: [document('iam:*')],
  });
  expect(bounded).toMatchObject({
    EvalDecision: 'implicitDeny',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
});

it('SimulatePrincipalPolicy accepts the user, rejects a session, and does not find an unknown name', async () => {
  const [user] = await simulate({ PolicySourceArn: `${IAM}:user/sandbox` });
  expect(user?.EvalDecision).toBe('allowed');
  const session = 'arn:aws:sts::111122223333:assumed-role/Operator/me';
  expect(await failureOf(simulate({ PolicySourceArn: session }))).toEqual({
    name: 'InvalidInputException',
    message: `Invalid Entity Arn: ${session} does not clearly define entity type and name.`,
    status: 400,
  });
  for (const name of ['role/Nobody', 'user/nobody']) {
    const call = simulate({ PolicySourceArn: `${IAM}:${name}` });
    expect((await failureOf(call)).name).toBe('NoSuchEntityException');
  }
});

it('SimulatePrincipalPolicy requires permission for the principal', async () => {
  const statement = {
    Effect: 'Allow',
    Action: 'iam:SimulatePrincipalPolicy',
    Resource: `${IAM}:role/video/*`,
  };
  const credentials = sandbox.credentialsFor({ Version: '2012-10-17', Statement: statement });
  const { iam } = clientsFor(sandbox, { credentials });
  const ask = (PolicySourceArn: string) =>
    iam.send(new SimulatePrincipalPolicyCommand({ PolicySourceArn, ActionNames: ['iam:PassRole'] }));
  await ask(`${IAM}:role/video/Operator`);
  expect((await failureOf(ask(`${IAM}:user/sandbox`))).name).toBe('AccessDenied');
});

it('ListInstanceProfilesForRole returns an empty list', async () => {
  const list = (RoleName: string) => admin.iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }));
  expect((await list('Operator')).InstanceProfiles).toEqual([]);
  expect((await failureOf(list('Nobody'))).name).toBe('NoSuchEntityException');
});
