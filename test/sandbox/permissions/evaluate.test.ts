import { runSimulation } from '@cloud-copilot/iam-simulate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionContext } from '../../../src/sandbox/permissions/authorize.ts';
import { decide } from '../../../src/sandbox/permissions/evaluate.ts';
import { identityPolicy, type RawPolicy, resourcePolicy } from '../../policy/documents.ts';
import { ACCOUNT, type Context, context, ROLE_ARN, SESSION_NAME, target } from '../../policy/vocabulary.ts';
import { runs } from '../../support/exhaustive.ts';

/** A request of a role session, with all policies that apply to it. */
interface Case {
  identity: RawPolicy[];
  boundary: RawPolicy | undefined;
  session: RawPolicy | undefined;
  resource: RawPolicy | undefined;
  target: { action: string; resource: string };
  context: Context;
}

const SEED = 20_250_402;
const RUNS = runs(200, 20_000);

const CALLER = `arn:aws:sts::${ACCOUNT}:assumed-role/MediaConnect-ASM/${SESSION_NAME}`;
const sometimes = (policy: fc.Arbitrary<RawPolicy>) => fc.option(policy, { nil: undefined, freq: 2 });

const cases: fc.Arbitrary<Case> = fc
  .record({
    identity: fc.array(identityPolicy, { minLength: 1, maxLength: 2 }),
    boundary: sometimes(identityPolicy),
    session: sometimes(identityPolicy),
    resource: sometimes(resourcePolicy),
    target,
    context,
  })
  // The judge requires a key policy for a key; the keys of the sandbox leave access to the account.
  .filter((each) => !each.target.action.startsWith('kms:'))
  // AWS requires session, role and account in NotPrincipal; for the judge, one of them is enough. Tested below.
  .filter((each) => !JSON.stringify(each.resource ?? '').includes('"Deny","NotPrincipal"'))
  // In AWS, session policies do not limit a grant to the session itself (IAM User Guide, "Session policies"). In the judge, they do.
  .filter((each) => each.session === undefined || !JSON.stringify(each.resource ?? '').includes(CALLER));

function ours(each: Case): boolean {
  const texts = each.identity.map((policy) => JSON.stringify(policy));
  const text = (policy: RawPolicy | undefined) => policy && JSON.stringify(policy);
  const session = text(each.session);
  const principal = { arn: CALLER, roleArn: ROLE_ARN, accountId: ACCOUNT, partition: 'aws' };
  return decide({ ...each.target, context: conditionContext(each.context) }, principal, {
    identity: texts,
    boundary: text(each.boundary),
    session: session === undefined ? undefined : [session],
    resource: text(each.resource),
  }).allowed;
}

/** Adapts a document to deviations of the judge; `forJudge` in `test/policy/judge.ts` says which. */
function forJudge(policy: RawPolicy): unknown {
  const text = JSON.stringify(policy).replace(/"(\d+\.\d+\.\d+\.\d+)"/g, '"$1/32"');
  return JSON.parse(policy.Version === '2012-10-17' ? text : text.replaceAll('$' + '{', `\${$}{`));
}

async function judged(each: Case): Promise<boolean> {
  const { identity, boundary, session, resource } = each;
  const request = {
    principal: CALLER,
    action: each.target.action,
    resource: { resource: each.target.resource, accountId: ACCOUNT },
    contextVariables: each.context,
  };
  const named = (policies: RawPolicy[]) =>
    policies.map((policy, index) => ({ name: `p${index}`, policy: forJudge(policy) }));
  const result = await runSimulation(
    {
      request,
      identityPolicies: named(identity),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resource && { resourcePolicy: forJudge(resource) }),
      ...(session && { sessionPolicy: forJudge(session) }),
      ...(boundary && { permissionBoundaryPolicies: named([boundary]) }),
    },
    {},
  );
  if (result.resultType === 'error') {
    throw new Error(JSON.stringify(result.errors));
  }
  return result.overallResult === 'Allowed';
}

it('the sandbox allows a request if and only if the judge does', async () => {
  await fc.assert(
    fc.asyncProperty(cases, async (each) => {
      expect(ours(each)).toBe(await judged(each));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});

describe('a policy in the sandbox', () => {
  const principal = { arn: CALLER, roleArn: ROLE_ARN, accountId: ACCOUNT, partition: 'aws' };
  const allows = (statement: object, resource: string, facts: Context = {}) => {
    const document = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', ...statement } };
    const request = { action: 'iam:GetRole', resource, context: conditionContext(facts) };
    return decide(request, principal, { identity: [JSON.stringify(document)] }).allowed;
  };

  it('with a Deny and NotPrincipal spares a session only if it lists its role and account too', () => {
    const isDenied = (...AWS: string[]) => {
      const statement = { Effect: 'Deny', NotPrincipal: { AWS }, Action: '*', Resource: '*' };
      const request = { action: 'iam:GetRole', resource: ROLE_ARN, context: conditionContext({}) };
      const allow = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
      const resource = JSON.stringify({ Statement: statement });
      return !decide(request, principal, { identity: [allow], resource }).allowed;
    };
    expect(isDenied(CALLER, ROLE_ARN, ACCOUNT)).toBe(false);
    expect(isDenied(CALLER, ROLE_ARN, `arn:aws:iam::${ACCOUNT}:root`)).toBe(false);
    expect(isDenied('*')).toBe(false);
    expect(isDenied(CALLER, ROLE_ARN)).toBe(true);
    expect(isDenied(ROLE_ARN, ACCOUNT)).toBe(true);
    expect(isDenied(ACCOUNT)).toBe(true);
  });

  it('does not treat an asterisk in the value of a variable as a wildcard', () => {
    const Resource = `arn:aws:iam::${ACCOUNT}:role/\${aws:PrincipalTag/team}`;
    const role = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
    expect(allows({ Resource }, role('blue'), { 'aws:PrincipalTag/team': 'blue' })).toBe(true);
    expect(allows({ Resource }, role('blue'), { 'aws:PrincipalTag/team': '*' })).toBe(false);
    expect(allows({ Resource }, role('*'), { 'aws:PrincipalTag/team': '*' })).toBe(true);
    expect(allows({ Resource }, role(''))).toBe(false);
  });

  it('with a very complex pattern is evaluated within a second', () => {
    const Resource = `arn:aws:iam::*:${'*a'.repeat(400)}*b`;
    const started = performance.now();
    expect(allows({ Resource }, `arn:aws:iam::${ACCOUNT}:${'a'.repeat(900)}`)).toBe(false);
    expect(allows({ Resource: `\${aws:username${' '.repeat(100_000)}` }, 'x')).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
