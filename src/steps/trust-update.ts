import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { type DescribedRole, describeRole } from '../aws/roles.ts';
import { waitUntil } from '../aws/wait.ts';
import type { Limits } from '../defaults.ts';
import { carryingDoubt, EXIT, Failure, hasAwsCode } from '../failure.ts';
import { type JsonPolicy, type JsonStatement, readJsonPolicy, statementKey } from '../policy/index.ts';
import type { RoleOutcome } from '../report/types.ts';
import { awsWords } from '../report/words/aws.ts';
import { roleWords as words } from '../report/words/steps.ts';
import { trustDocument } from './trust-document.ts';
import type { RoleRequest, StepContext, StepInput } from './types.ts';

/** Statements of a trust policy by what they mean, however IAM has rewritten them. */
type Statements = Map<string, JsonStatement>;

/** What this run knows of a trust policy to which it adds a statement. */
interface TrustUpdate {
  /** The statements that belong there: all that was seen, but for what somebody took out. */
  known: Statements;
  /** Statements that somebody took out; a look that still shows them is out of date. */
  removed: Set<string>;
  /** Statements that no look showed before a document was sent without them: they are to be in the end. */
  overtaken: Statements;
  /** When a document was sent last; `-Infinity` before that. */
  sentAt: number;
  sent: boolean;
  /** What the last look showed, and since when it has been the same. */
  view: { key: string; since: number };
  unconfirmed: Failure | undefined;
}

/**
 * Adds the statement for MediaConnect to the trust policy as it is now, so that what others add meanwhile stays. Trust
 * policies have no versions and no compare-and-swap, and a look may be out of date: the document is written only once the
 * look agrees with what this run has seen before, and then looked at until it shows.
 * @param planned the trust policy that the plan was made on
 */
export async function updateTrust(
  context: StepContext,
  { request, identity }: StepInput<RoleRequest>,
  role: RoleOutcome,
  planned: string,
): Promise<void> {
  const { limits, interrupt, waiting } = context;
  const update = newUpdate(planned);
  const round = async (): Promise<boolean> => {
    const found = await describeRole(context.aws, role.name);
    if (!found) return false;
    const next = nextDocument(update, found, trustDocument(request, identity, found), limits);
    if (next === 'done') return true;
    if (next === 'look-again') return false;
    await send(context, update, role, next);
    return false;
  };
  const patience = {
    limits,
    interrupt,
    onWait: (elapsed: number) => waiting(words.propagating, elapsed),
  };
  const { done } = await carryingDoubt(
    () => update.unconfirmed?.inDoubt,
    waitUntil(round, Boolean, patience),
  );
  if (done) return;
  if (update.unconfirmed) throw update.unconfirmed;
  if (!update.sent) throw contended(role.name, limits);
}

function newUpdate(planned: string): TrustUpdate {
  const known = statementsOf(readJsonPolicy(planned));
  return {
    known,
    removed: new Set(),
    overtaken: new Map(),
    sentAt: Number.NEGATIVE_INFINITY,
    sent: false,
    view: { key: keyOf(known), since: performance.now() },
    unconfirmed: undefined,
  };
}

/** Returns the document to send next, if there is one. It never equals what is there. */
function nextDocument(
  update: TrustUpdate,
  { trust }: DescribedRole,
  desired: JsonPolicy,
  { inDoubtMs }: Limits,
): JsonPolicy | 'done' | 'look-again' {
  const current = readJsonPolicy(trust);
  const shown = statementsOf(current);
  const fresh = note(update, shown);
  // IAM may not show yet what was sent a moment ago.
  const recent = performance.now() - update.sentAt < inDoubtMs;
  if (desired.Statement.length === current.Statement.length) {
    const lost = [...update.overtaken].filter(([key]) => !shown.has(key));
    if (lost.length === 0) return 'done';
    return recent ? 'look-again' : withStatements(current, lost);
  }
  if (recent || fresh) return 'look-again';
  const missing = [...update.known.keys()].filter((key) => !shown.has(key));
  // Either the look is out of date, or somebody took something out: then it stays so.
  if (missing.length > 0 && performance.now() - update.view.since < inDoubtMs) return 'look-again';
  for (const key of missing) {
    update.known.delete(key);
    update.overtaken.delete(key);
    update.removed.add(key);
  }
  return desired;
}

/** Returns the policy with these statements put back. A `Sid` that is taken meanwhile is left out. */
function withStatements(policy: JsonPolicy, statements: [string, JsonStatement][]): JsonPolicy {
  const ids = new Set(policy.Statement.map(({ Sid }) => Sid));
  const added = statements.map(([, { Sid, ...rest }]) =>
    Sid === undefined || ids.has(Sid) ? rest : { Sid, ...rest },
  );
  return { ...policy, Statement: [...policy.Statement, ...added] };
}

/** Notes what a look has shown. Returns whether there was something in it that no look has shown before. */
function note(update: TrustUpdate, shown: Statements): boolean {
  const key = keyOf(shown);
  if (key !== update.view.key) update.view = { key, since: performance.now() };
  const fresh = [...shown].filter(([each]) => !update.known.has(each) && !update.removed.has(each));
  for (const [each, statement] of fresh) {
    update.known.set(each, statement);
    if (update.sent) update.overtaken.set(each, statement);
  }
  return fresh.length > 0;
}

/** Sends a trust policy. A failure after which it may have been taken, or has to be made anew from what is there, is kept. */
async function send(
  context: StepContext,
  update: TrustUpdate,
  role: RoleOutcome,
  document: JsonPolicy,
): Promise<void> {
  const { aws } = context;
  const command = new UpdateAssumeRolePolicyCommand({
    RoleName: role.name,
    PolicyDocument: JSON.stringify(document),
  });
  update.sentAt = performance.now();
  update.unconfirmed = undefined;
  try {
    await aws.call({ action: 'iam:UpdateAssumeRolePolicy', resource: role.arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
    context.record({ role });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const again = error.code === 'throttled';
    if (!error.inDoubt && !again && !hasAwsCode(error, 'NoSuchEntityException')) throw error;
    update.unconfirmed = error;
    if (again) update.sentAt = Number.NEGATIVE_INFINITY;
    if (!error.inDoubt) return;
  }
  update.sent = true;
  for (const [key, statement] of statementsOf(document)) update.known.set(key, statement);
}

function statementsOf({ Statement }: JsonPolicy): Statements {
  return new Map(Statement.map((statement) => [statementKey(statement), statement]));
}

function keyOf(statements: Statements): string {
  return [...statements.keys()].sort().join('\n');
}

function contended(name: string, { iamPropagationMs }: Limits): Failure {
  return new Failure(words.trustContended(name, iamPropagationMs / 1000), {
    code: 'contended',
    exitCode: EXIT.failed,
    hint: awsWords.tryAgainHint,
    awsAction: 'iam:UpdateAssumeRolePolicy',
  });
}
