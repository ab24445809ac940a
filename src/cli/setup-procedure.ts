import { LIMITS } from '../defaults.ts';
import { EXIT, Failure } from '../failure.ts';
import { algorithmOfLength } from '../key/index.ts';
import { type Expectation, mayComeRight } from '../proof/checks.ts';
import { evaluate, type Proof, prove } from '../proof/prove.ts';
import { setupJson } from '../report/json.ts';
import { showSummary } from '../report/summary.ts';
import type { Check, Conflict, EncryptionSettings, Outcomes } from '../report/types.ts';
import { proofWords } from '../report/words/proof.ts';
import { setupWords as words } from '../report/words/setup.ts';
import { conflictFailure } from '../steps/conflict.ts';
import { applyAll, type Inspection, inspectAll, planAll } from '../steps/index.ts';
import { type CompleteAnswers, completeRequest, regionsOf, type SetupAnswers } from '../steps/request.ts';
import { flowScope } from '../steps/role-writing.ts';
import type { SetupRequest, StepContext, StepOutput, StepPlan } from '../steps/types.ts';
import { runCommand } from './command-run.ts';
import type { CommonOptions } from './options.ts';
import { completeAnswers, type SetupRun } from './setup-inputs.ts';
import { showWaiting, stepContext, tellPlan } from './step-context.ts';

/** Runs `setup` and answers the exit code. Whatever goes wrong is told by then. */
export function runSetup(answers: SetupAnswers, common: CommonOptions): Promise<number> {
  return runCommand(common, regionsOf(answers)[0], async (run) => {
    await performSetup({ ...run, answers });
    return EXIT.done;
  });
}

/** Read, plan, confirm, apply, prove. */
export async function performSetup(run: SetupRun): Promise<void> {
  const wizard = run.interactive ? await import('../wizard/index.ts') : undefined;
  const answered = wizard ? await wizard.askMissing(run) : await completeAnswers(run);
  const planned = await planWithoutConflicts(run, answered, wizard?.resolveConflict);
  const { request, plan } = planned;
  const dryRun = run.answers.dryRun;
  const changes = await tellPlan(run, plan, { dryRun, nothingToDo: words.nothingToDo });
  if (dryRun) return finish(run, request, plan, plan.expected, undefined);
  if (changes && wizard) await wizard.confirm(run, plan);

  const output = changes ? await applyAll(planned.inspection, planned.context, request) : plan.expected;
  const proof = await proveIt(run, request, plan, output, changes);
  await finish(run, request, plan, output, proof);
}

interface Planned {
  context: StepContext;
  request: SetupRequest;
  inspection: Inspection;
  plan: StepPlan;
}

type Resolve = (run: SetupRun, conflict: Conflict, answered: CompleteAnswers) => Promise<CompleteAnswers>;

/** Reads what exists and plans; in a terminal, asks about each conflict and plans again. */
async function planWithoutConflicts(
  run: SetupRun,
  first: CompleteAnswers,
  resolve?: Resolve,
): Promise<Planned> {
  let answered = first;
  for (;;) {
    const context = stepContext(run);
    const request = completeRequest(answered.answers, answered.checked);
    run.progress.start(words.reading);
    const inspection = await inspectAll(context, request);
    run.progress.stop();
    const plan = await planAll(inspection, context, request);
    const [conflict] = plan.conflicts;
    if (!conflict) return { context, request, inspection, plan };
    if (!resolve || conflict.choices.length === 0) throw conflictFailure(plan.conflicts);
    answered = await resolve(run, conflict, answered);
  }
}

function expectationOf(request: SetupRequest, output: StepOutput): Expectation {
  return {
    secrets: output.secrets ?? [],
    roleName: request.role.name,
    keyType: request.keyType,
    ...(request.algorithm ? { algorithm: request.algorithm } : {}),
    ...(output.key ? { key: output.key } : {}),
    flows: flowScope(request),
  };
}

async function proveIt(
  run: SetupRun,
  request: SetupRequest,
  plan: StepPlan,
  output: StepOutput,
  changed: boolean,
): Promise<Proof> {
  const { aws, interrupt, progress } = run;
  const expected = expectationOf(request, output);
  // When nothing was changed, what was read a moment ago is what AWS holds.
  if (!changed) return check(evaluate({ secrets: [], ...plan.seen }, expected, await aws.identity()), false);
  progress.start(proofWords.reading);
  const onWait = (elapsedMs: number) => showWaiting(run, proofWords.waiting, elapsedMs);
  const { secrets = [], policies = [] } = output;
  const proof = await prove(
    { aws, limits: LIMITS, interrupt, onWait },
    { secrets, policies, roleName: request.role.name },
    expected,
  );
  check(proof, true);
  progress.done(words.proven);
  return proof;
}

/** The proof itself when it holds; a failure that names what does not. */
function check(proof: Proof, changed: boolean): Proof {
  const failed = proof.checks.filter(({ ok }) => !ok);
  const [first] = failed;
  if (!first) return proof;
  throw new Failure(proofWords.failed(first.subject, first.detail), {
    code: 'not-proven',
    exitCode: EXIT.failed,
    details: failed.slice(1).map(({ subject, detail }) => `${subject}: ${detail}`),
    hint: hintFor(failed, changed),
  });
}

function hintFor(failed: Check[], changed: boolean): string {
  if (!changed) return proofWords.failedUnchangedHint;
  return failed.some(mayComeRight)
    ? proofWords.failedHint(LIMITS.iamPropagationMs / 1000)
    : proofWords.failedAtOnceHint;
}

async function finish(
  run: SetupRun,
  request: SetupRequest,
  plan: StepPlan,
  { secrets = [], policies = [], role }: StepOutput,
  proof: Proof | undefined,
): Promise<void> {
  const { aws, output, common } = run;
  const outcomes: Outcomes = { secrets, policies, ...(role ? { role } : {}) };
  const encryption = encryptionSettings(request, plan, outcomes, proof);
  if (output.options.json) {
    const { account, partition } = await aws.identity();
    const checks = proof?.checks ?? [];
    output.result(setupJson({ account, partition, outcomes, encryption, checks, dryRun: !proof }));
  } else if (proof && role) {
    const generated = request.secret.kind === 'store' && request.secret.generated;
    const stored = secrets.some(({ action }) => action === 'created' || action === 'updated');
    showSummary(output, {
      outcomes: { secrets, policies, role },
      encryption,
      generated: generated && stored,
      sandbox: common.sandbox,
    });
  }
}

/** What the MediaConnect API takes for each Region. The algorithm is that of the key which the secret really holds. */
function encryptionSettings(
  { keyType }: SetupRequest,
  plan: StepPlan,
  { secrets, role }: Outcomes,
  proof: Proof | undefined,
): EncryptionSettings[] {
  return secrets.map(({ arn, region, action }) => {
    // In a dry run a secret that stays as it is holds what was seen, and every other one will hold the key of the run.
    const known = proof?.observed.secrets ?? (action === 'kept' ? plan.seen.secrets : undefined);
    const content = known?.find((secret) => secret.arn === arn)?.content;
    const key = content?.kind === 'text' ? content.key : plan.key;
    const algorithm = keyType === 'static-key' && key ? algorithmOfLength(key.length) : undefined;
    return { region, keyType, ...(algorithm ? { algorithm } : {}), roleArn: role?.arn ?? '', secretArn: arn };
  });
}
