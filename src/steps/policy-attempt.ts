import { policyArn } from '../aws/arn.ts';
import type { FoundPolicy } from '../aws/policies.ts';
import { Failure, isUnconfirmed } from '../failure.ts';
import type { PolicyAim } from './policy-aim.ts';
import type { CreateWork, UpdateWork } from './policy-distribution.ts';
import { readPossibleBases } from './policy-rescue.ts';
import { versionToDelete } from './policy-room.ts';
import {
  beginWrite,
  dropWrite,
  endWrite,
  giveWriteBack,
  historyOf,
  noteDoubt,
  outcomeOf,
  type Settling,
} from './policy-settling-state.ts';
import { addVersion, createPolicy, deleteVersion } from './policy-writing.ts';
import type { StepContext } from './types.ts';

/** Carries out one change and notes it. Returns the policy as it should be now, or undefined if it has to be read again. */
export async function tryWriting(
  context: StepContext,
  aim: PolicyAim,
  work: CreateWork | UpdateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  try {
    return work.kind === 'create'
      ? await create(context, aim, work, settling)
      : await update(context, work, settling);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    settling.throttled = error.code === 'throttled' ? error : undefined;
    if (error.inDoubt) noteDoubt(settling, error, work, aim.identity);
    else if (settling.throttled) giveWriteBack(settling, work);
    else throw error;
    return undefined;
  }
}

/** Creates a policy and notes it. Returns undefined if one of the name exists, because it must be read before it is extended. */
export async function create(
  context: StepContext,
  aim: PolicyAim,
  work: CreateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  const created = await createPolicy(context, aim, work);
  const arn = policyArn(aim.identity, work.name);
  if (created.kind === 'made') {
    settling.writesMade += 1;
    settling.written.set(arn, { ...created.policy, action: 'created' });
    historyOf(settling, created.policy);
    return created.policy;
  }
  settling.hidden = work.name;
  giveWriteBack(settling, work);
  if (created.perhapsOurs) settling.doubtful.set(arn, 'created');
  return undefined;
}

async function update(
  context: StepContext,
  work: UpdateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  const { policy, document } = work;
  const { arn } = policy;
  await readPossibleBases(context, policy, historyOf(settling, policy));
  const doomed = versionToDelete(policy);
  if (doomed) {
    if (!(await deleteVersion(context, arn, doomed))) {
      giveWriteBack(settling, work);
      return undefined;
    }
    historyOf(settling, policy).room.madeAfter = policy.versions.at(-1);
    settling.doubtful.set(arn, settling.doubtful.get(arn) ?? 'updated');
    context.record({ policies: [outcomeOf(policy, settling)] });
  }
  const write = beginWrite(settling, policy, JSON.stringify(document));
  const versionId = await orNothingWritten(addVersion(context, arn, document), () =>
    dropWrite(settling, policy, write),
  );
  if (!versionId) {
    // It is not what it was thought to be: nothing that was seen before counts any more.
    dropWrite(settling, policy, write);
    giveWriteBack(settling, work);
    settling.seen.delete(arn);
    return undefined;
  }
  const versions = [...policy.versions.filter((version) => version !== doomed), versionId];
  const action = settling.written.get(arn)?.action ?? 'updated';
  const createdAt = { ...policy.createdAt, [versionId]: context.aws.clients.now() };
  const now = { ...policy, versionId, versions, createdAt, document: JSON.stringify(document), action };
  endWrite(settling, now, write);
  return now;
}

/** Waits for a change; hears of a failure after which it was not made for sure. */
async function orNothingWritten<T>(change: Promise<T>, nothingWritten: () => void): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (!isUnconfirmed(error)) nothingWritten();
    throw error;
  }
}
