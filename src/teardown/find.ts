import { findSecret } from '../aws/everywhere.ts';
import { flowsUsing } from '../aws/flows.ts';
import { type FoundPolicy, policyReader } from '../aws/policies.ts';
import { readPolicyUses } from '../aws/policy-uses.ts';
import { readRole } from '../aws/roles.ts';
import type { FoundSecret } from '../aws/secrets.ts';
import type { Aws } from '../aws/session.ts';
import { Failure } from '../failure.ts';
import { teardownWords as words } from '../report/words/teardown.ts';
import { readChain } from '../steps/policy-writing.ts';
import type { StepContext } from '../steps/types.ts';
import type { Findings, TeardownRequest, UsedPolicy } from './types.ts';

/** Reads what exists of the secret, and what uses it. Changes nothing. */
export async function findAll(context: StepContext, request: TeardownRequest): Promise<Findings> {
  const { aws, policies: reader } = context;
  const [identity, where, policies, role] = await Promise.all([
    aws.identity(),
    findSecret(aws, request.name, request.regions),
    findPolicies(context, request.policyName),
    readRole(aws, reader, request.roleName),
  ]);
  const live = where.found.filter(({ deletedAt }) => !deletedAt);
  const looks = await Promise.all(live.map((secret) => findFlows(aws, secret)));
  return {
    identity,
    where,
    policies,
    ...(role ? { role } : {}),
    flows: looks.flatMap(({ flows }) => flows),
    flowsUnknown: looks.flatMap(({ unknown }) => unknown),
  };
}

/** The policies of the chain, with whose they are and who uses them. */
async function findPolicies(
  { aws, policies: reader }: Pick<StepContext, 'aws' | 'policies'>,
  name: string,
): Promise<UsedPolicy[]> {
  const chain = await readChain(reader, name, await aws.identity(), { gaps: true });
  const used = await Promise.all(chain.map((policy) => withUses(aws, policy)));
  return used.filter((policy) => policy !== undefined);
}

/** One of them, as it is now; nothing when it is not there. */
export async function findPolicy(aws: Aws, arn: string): Promise<UsedPolicy | undefined> {
  const policy = await policyReader(aws).read(arn);
  return policy && withUses(aws, policy);
}

async function withUses(aws: Aws, policy: FoundPolicy): Promise<UsedPolicy | undefined> {
  const uses = await readPolicyUses(aws, policy.arn);
  return uses && { ...policy, uses };
}

/**
 * The flows that use a secret. Not being allowed to look is no reason to stop, nor is a Region that has no MediaConnect, so
 * that its endpoint has no address: then it is said.
 */
async function findFlows(
  aws: Aws,
  secret: FoundSecret,
): Promise<Pick<Findings, 'flows'> & { unknown: Findings['flowsUnknown'] }> {
  try {
    const uses = await flowsUsing(aws, secret.region, secret.arn);
    return { flows: uses.map((use) => ({ secret, use })), unknown: [] };
  } catch (error) {
    const why = error instanceof Failure ? reasonNotToLook(error) : undefined;
    if (!why) throw error;
    return { flows: [], unknown: [{ region: secret.region, why }] };
  }
}

function reasonNotToLook({ code, awsAction = '' }: Failure): string | undefined {
  if (code === 'access-denied') return words.flowsDenied(awsAction);
  return code === 'no-such-endpoint' ? words.flowsNowhere : undefined;
}
