import { policyReader } from '../../src/aws/iam/policies.ts';
import { secretReader } from '../../src/aws/secrets/value-reader.ts';
import { openAws } from '../../src/aws/session.ts';
import { KeyMaterial } from '../../src/key/index.ts';
import type { Limits } from '../../src/limits.ts';
import { completeRequest, readAnswers, type SetupOptions } from '../../src/options/setup-request.ts';
import type { Sandbox } from '../../src/sandbox/index.ts';
import { applyAll } from '../../src/steps/apply.ts';
import { observeAll } from '../../src/steps/observe.ts';
import { planAll } from '../../src/steps/plan.ts';
import type { StepContext } from '../../src/steps/types.ts';
import { KEYS, REGION } from './account.ts';

/**
 * Runs the three steps by themselves, with other patience than the program's.
 * @param meanwhile what somebody else does between the plan and the changes
 * @param interrupting aborted when the user interrupts
 */
export async function applySteps(
  sandbox: Sandbox,
  limits: Limits,
  meanwhile?: () => Promise<unknown>,
  options: SetupOptions = {},
  interrupting = new AbortController(),
) {
  const { url: endpointUrl, credentials } = sandbox;
  const interrupt = interrupting.signal;
  const aws = openAws({ endpointUrl, credentials, homeRegion: REGION }, interrupt);
  const waits: string[] = [];
  const warnings: string[] = [];
  const context: StepContext = {
    aws,
    secrets: secretReader(aws),
    policies: policyReader(aws),
    limits,
    interrupt,
    record: () => undefined,
    warn: (warning) => void warnings.push(warning),
    begin: () => undefined,
    end: () => undefined,
    waiting: (what) => void waits.push(what),
  };
  const { answers } = readAnswers({ secretName: 'studio-a', region: [REGION], ...options });
  const request = completeRequest(answers, { key: KeyMaterial.from(KEYS.aes256), generated: false });
  try {
    const plan = planAll(await observeAll(context, [request]));
    await meanwhile?.();
    const output = await applyAll(context, plan);
    const failure = output.keys[0]?.failure;
    if (failure) throw failure;
    return { output, waits, warnings };
  } finally {
    aws.clients.close();
  }
}
