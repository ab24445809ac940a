import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { describeRole } from '../../aws/iam/roles.ts';
import { awsMessages } from '../../aws/messages.ts';
import { waitUntil } from '../../aws/requests/concurrency.ts';
import {
  EXIT,
  Failure,
  hasAwsCode,
  Interrupted,
  STATEMENTS_LOST,
  withUnconfirmedAction,
} from '../../failure.ts';
import type { RoleOutcome } from '../../plan-types.ts';
import { type JsonPolicy, type JsonStatement, readJsonPolicy } from '../../policy/index.ts';
import { type RoleRequest, type StepContext, type StepInput, waitOptions } from '../types.ts';
import { roleMessages as messages } from './messages.ts';
import {
  lostStatements,
  newTrustUpdate,
  nextAction,
  noteAccepted,
  noteSent,
  type TrustUpdateState,
} from './update-trust-state.ts';
import { trustDocument } from './write.ts';

const ACTION = 'iam:UpdateAssumeRolePolicy';

/** The update of one role's trust policy. */
interface RoleUpdate {
  input: StepInput<RoleRequest>;
  role: RoleOutcome;
  state: TrustUpdateState;
  /**
   * The last write, if its outcome is unknown, or if it must be repeated after another read. `sentAt` is in `performance.now()`
   * milliseconds, and infinitely long ago if the write can be repeated immediately.
   */
  unconfirmed?: { failure: Failure | Interrupted; sentAt: number };
}

/**
 * Adds the statement for MediaConnect to the current trust policy, and keeps statements that other writers add in the meantime.
 * Trust policies have no versions and no compare-and-swap, and a read may be out of date. So the run writes only after a read shows
 * everything that the run has seen, and then reads until the new document shows. Each wait takes at most `iamPropagationMs`.
 * @param plannedTrust the trust policy that the plan was based on
 * @throws Failure with a conflict if a statement that the plan showed stays missing
 */
export async function updateTrust(
  context: StepContext,
  input: StepInput<RoleRequest>,
  role: RoleOutcome,
  plannedTrust: string,
): Promise<void> {
  const update: RoleUpdate = { input, role, state: newTrustUpdate(plannedTrust) };
  try {
    await reconcileTrust(context, update);
  } catch (error) {
    const ending = restoreOverwritten(context, update, error).then(() => Promise.reject(error));
    await withUnconfirmedAction(() => update.unconfirmed?.failure.unconfirmedAction, ending);
  }
}

/** Reads and writes until IAM shows the desired policy. The time limit restarts with each write that IAM accepts. */
async function reconcileTrust(context: StepContext, update: RoleUpdate): Promise<void> {
  for (;;) {
    const { value, done } = await waitUntil(
      () => reconcileOnce(context, update),
      (result) => result !== 'read-again',
      waitOptions(context, () => messages.waitingForPropagation),
    );
    if (value === 'done') return;
    if (!done) throw timeoutFailure(context, update);
  }
}

async function reconcileOnce(
  context: StepContext,
  update: RoleUpdate,
): Promise<'done' | 'written' | 'read-again'> {
  const { input, role, state, unconfirmed } = update;
  const currentRole = await describeRole(context.aws, role.name);
  if (!currentRole) return 'read-again';
  const desired = trustDocument(input.request, input.identity, currentRole);
  const action = nextAction(state, readJsonPolicy(currentRole.trust), desired);
  if (typeof action === 'string') return action;
  // The unconfirmed write may still take effect, or IAM may not show it yet.
  if (unconfirmed && performance.now() - unconfirmed.sentAt < context.limits.unconfirmedMs)
    return 'read-again';
  return (await send(context, update, action)) ? 'written' : 'read-again';
}

/**
 * Restores what this run's writes have overwritten before the run ends with an error, even if the user interrupts. Only this run
 * knows these statements.
 * @throws Failure that names the statements, if they can't be restored
 */
async function restoreOverwritten(context: StepContext, update: RoleUpdate, reason: unknown): Promise<void> {
  const { state } = update;
  if (!state.sent) return;
  const interrupt = new AbortController().signal;
  let cause = reason;
  const restore = async (aws: StepContext['aws']): Promise<boolean> => {
    const uninterrupted = { ...context, aws, interrupt };
    const round = async () => {
      const result = await reconcileOnce(uninterrupted, update);
      return result === 'done' || lostStatements(state).length === 0;
    };
    const options = waitOptions(uninterrupted, () => messages.waitingForPropagation);
    return (await waitUntil(round, Boolean, options)).done;
  };
  const isRestored = await context.aws.uninterruptible(ACTION, restore).catch((error: unknown) => {
    cause = error;
    return false;
  });
  const lost = lostStatements(state);
  if (!isRestored && lost.length > 0) throw statementsLost(update, lost, cause);
}

/** Sends a trust policy. Returns false if the outcome is unknown, or if the policy must be read again first. */
async function send(context: StepContext, update: RoleUpdate, document: JsonPolicy): Promise<boolean> {
  const { aws } = context;
  const { role, state } = update;
  const command = new UpdateAssumeRolePolicyCommand({
    RoleName: role.name,
    PolicyDocument: JSON.stringify(document),
  });
  const sentAt = performance.now();
  delete update.unconfirmed;
  noteSent(state, document);
  try {
    await aws.call({ action: ACTION, resource: role.arn, change: true }, (options) =>
      aws.clients.iam().send(command, options),
    );
  } catch (error) {
    if (!(error instanceof Failure || error instanceof Interrupted)) throw error;
    const isThrottled = error instanceof Failure && error.code === 'throttled';
    if (error.unconfirmedAction) state.sent = true;
    if (error.unconfirmedAction || isThrottled || hasAwsCode(error, 'NoSuchEntityException'))
      update.unconfirmed = { failure: error, sentAt: isThrottled ? Number.NEGATIVE_INFINITY : sentAt };
    if (error instanceof Interrupted || !update.unconfirmed) throw error;
    return false;
  }
  noteAccepted(state, document);
  context.record({ role });
  return true;
}

/** Returns the failure for a run that timed out before IAM showed the desired policy. */
function timeoutFailure({ limits }: StepContext, { role, state, unconfirmed }: RoleUpdate): Error {
  if (unconfirmed) return unconfirmed.failure;
  const seconds = limits.iamPropagationMs / 1000;
  if (state.missing.length > 0)
    return new Failure(messages.trustChanged(role.name), {
      code: 'conflict',
      exitCode: EXIT.conflict,
      details: state.missing.map((statement) => JSON.stringify(statement)),
      hint: awsMessages.tryAgainHint,
    });
  const message = state.accepted ? messages.trustNotShown : messages.trustContended;
  return new Failure(message(role.name, seconds), {
    code: state.accepted ? 'iam-propagation' : 'contended',
    exitCode: EXIT.failed,
    hint: awsMessages.tryAgainHint,
    awsAction: ACTION,
  });
}

function statementsLost({ role }: RoleUpdate, lost: JsonStatement[], cause: unknown): Failure {
  return new Failure(messages.statementsLost(role.name), {
    code: STATEMENTS_LOST,
    exitCode: EXIT.failed,
    details: [
      ...lost.map((statement) => JSON.stringify(statement)),
      ...(cause instanceof Failure ? [cause.message] : []),
    ],
    hint: messages.statementsLostHint,
    awsAction: ACTION,
    cause,
  });
}
