import { expect } from 'vitest';
import { judgedAccess } from '../policy/judge.ts';
import { ACCOUNT, type AccountState, READ_ACTIONS } from '../support/account.ts';

type Secret = AccountState['secrets'][number];
type Policy = AccountState['policies'][number];
type Role = AccountState['roles'][number];

/** What the user has asked to change. Nothing else that existed may change. */
export interface Asked {
  replace?: boolean;
  restore?: boolean;
  updateTrust?: boolean;
  /** The output of the run. */
  log: string;
}

interface Statement {
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Expects that a run has not removed, narrowed or overwritten anything that existed before it. */
export async function expectNothingLost(before: AccountState, after: AccountState, asked: Asked) {
  for (const secret of before.secrets) expectSecretKept(secret, found(after.secrets, 'arn', secret), asked);
  for (const role of before.roles) expectRoleKept(role, found(after.roles, 'name', role), asked);
  for (const policy of before.policies) {
    await expectPolicyKept(policy, found(after.policies, 'name', policy), asked);
  }
}

function found<T, K extends keyof T>(all: T[], key: K, one: T): T {
  const same = all.find((each) => each[key] === one[key]);
  if (!same) throw new Error(`${String(one[key])} is gone`);
  return same;
}

function expectSecretKept(before: Secret, after: Secret, { replace, restore }: Asked) {
  const { values: was, deleted: wasDeleted, versions: _versions, resourcePolicy: _was, ...settings } = before;
  const { values, deleted, versions, resourcePolicy, ...now } = after;
  expect(now).toEqual(settings);
  if (wasDeleted && restore) return expect(deleted).toBe(false);
  expect(deleted).toBe(wasDeleted);
  expect(resourcePolicy).toEqual(before.resourcePolicy);
  // A secret that is scheduled for deletion does not show how many versions it has.
  expect(versions ?? 0).toBeGreaterThanOrEqual(before.versions ?? 0);
  if (!replace) return expect(values).toEqual(was);
  // A replaced value is still the previous version.
  const lost = Object.values(was).filter((value) => !Object.values(values).includes(value));
  expect(lost.filter((value) => value === was.AWSCURRENT)).toEqual([]);
}

function expectRoleKept(before: Role, after: Role, { updateTrust }: Asked) {
  const { trust: trustBefore, attached: attachedBefore, ...settings } = before;
  const { trust, attached, ...now } = after;
  expect(now).toEqual(settings);
  expect(attached).toEqual(expect.arrayContaining(attachedBefore));
  if (!updateTrust) return expect(trust).toEqual(trustBefore);
  expect(statementsOf(trust)).toEqual(expect.arrayContaining(statementsOf(trustBefore)));
}

async function expectPolicyKept(before: Policy, after: Policy, { log }: Asked) {
  const { document, defaultVersion, versions, ...settings } = before;
  const { document: newDocument, defaultVersion: _new, versions: newVersions, ...now } = after;
  expect(now).toEqual(settings);
  for (const [id, content] of Object.entries(versions)) {
    if (id in newVersions) expect(newVersions[id]).toEqual(content);
    else {
      // A version may be deleted to make room, if the output says so, but never the default version.
      expect(id).not.toBe(defaultVersion);
      expect(Object.keys(versions)).toHaveLength(5);
      expect(log).toContain(`deletes its oldest version (${id})`);
    }
  }
  expectOnlyGrown(document, newDocument);
  if (after.defaultVersion !== defaultVersion) await expectSuperset(document, newDocument);
}

/** Expects that every statement is in its place, with the same resources or more. */
function expectOnlyGrown(before: unknown, after: unknown) {
  const [old, now] = [statementsOf(before), statementsOf(after)];
  old.forEach((statement, index) => {
    const { Resource: was = [], ...rest } = statement;
    const { Resource: is = [], ...restNow } = now[index] ?? {};
    expect(restNow).toEqual(rest);
    expect([is].flat()).toEqual(expect.arrayContaining([was].flat()));
  });
}

/** Expects that the new document allows what the old one allows, according to an independent evaluator. */
async function expectSuperset(before: unknown, after: unknown) {
  for (const probe of probesOf(before)) {
    const ask = (document: unknown) =>
      judgedAccess({
        identity: [JSON.parse(JSON.stringify(document))],
        boundary: undefined,
        resourcePolicy: undefined,
        ...probe,
      });
    if ((await ask(before)) === 'allowed') expect([probe, await ask(after)]).toEqual([probe, 'allowed']);
  }
}

/** Returns requests for secrets that the document names, and for some that it may not name. */
function probesOf(document: unknown) {
  const statements = statementsOf(document);
  const named = statements.flatMap(({ Resource = [] }) => [Resource].flat().slice(0, 3));
  const secrets = [...named, ...SOME_SECRETS].filter((arn) => /^(arn:[^:]*:secretsmanager:|\*)/.test(arn));
  const reads = secrets.flatMap((arn) =>
    [...READ_ACTIONS, 'secretsmanager:DeleteSecret'].map((action) => ({ action, resource: example(arn) })),
  );
  const tests = statements.flatMap(({ Condition = {} }) => Object.values(Condition).flatMap(Object.entries));
  const context = Object.fromEntries(tests.map(([key, value]) => [key, example([value].flat()[0] ?? '')]));
  const targets = [...reads, { action: 's3:GetObject', resource: 'arn:aws:s3:::bucket/key' }];
  return targets.map((target) => ({ target, context }));
}

const SOME_SECRETS = ['us-west-2', 'eu-west-1'].map(
  (region) => `arn:aws:secretsmanager:${region}:${ACCOUNT}:secret:studio-a-AbCdEf`,
);

function example(pattern: string): string {
  return pattern === '*' ? (SOME_SECRETS[0] ?? '') : pattern.replaceAll('*', 'example').replaceAll('?', 'x');
}

function statementsOf(document: unknown): Statement[] {
  return [(document as { Statement: Statement | Statement[] }).Statement].flat();
}
