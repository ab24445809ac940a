import { policyArn } from '../../aws/arn.ts';
import type { FoundPolicy } from '../../aws/iam/policy-versions.ts';
import { Failure } from '../../failure.ts';
import type { StepContext } from '../types.ts';
import { versionToDelete, withdraw, writeVersion } from './compare-and-swap.ts';
import type { PolicyAim } from './desired.ts';
import type { CreateWork, UpdateWork } from './distribute.ts';
import {
  endWrite,
  forgetPolicy,
  giveWriteBack,
  noteDoubt,
  outcomeOf,
  type Settling,
  versionsOf,
} from './reconcile-state.ts';
import { createPolicy, deleteVersion } from './write.ts';

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
    return created.policy;
  }
  settling.hidden = work.name;
  giveWriteBack(settling, work);
  if (created.perhapsOurs) settling.doubtful.set(arn, 'created');
  return undefined;
}

/** Writes a new version. Returns undefined if the policy is not what it was, and has to be read again. */
async function update(
  context: StepContext,
  work: UpdateWork,
  settling: Settling,
): Promise<FoundPolicy | undefined> {
  const { policy, document } = work;
  const { arn } = policy;
  const state = versionsOf(settling, policy);
  if (await withdraw(context, arn, state)) return outdated(settling, work);
  const doomed = versionToDelete(policy);
  if (doomed && (await deleteVersion(context, arn, doomed)) !== 'deleted') return outdated(settling, work);
  if (doomed) {
    settling.doubtful.set(arn, settling.doubtful.get(arn) ?? 'updated');
    context.record({ policies: [outcomeOf(policy, settling)] });
  }
  const created = await writeVersion(context, policy, document, state);
  if (!created) return outdated(settling, work);
  const { id: versionId } = created;
  const versions = [...policy.versions.filter((version) => version !== doomed), versionId];
  const action = settling.written.get(arn)?.action ?? 'updated';
  const createdAt = { ...policy.createdAt, ...(created.createdAt ? { [versionId]: created.createdAt } : {}) };
  const now = { ...policy, versionId, versions, createdAt, document: JSON.stringify(document), action };
  endWrite(settling, now);
  return now;
}

function outdated(settling: Settling, { policy }: UpdateWork): undefined {
  forgetPolicy(settling, policy.arn);
}
