import { documentOf, EVERYTHING } from '../permissions/grants.ts';
import type { Asker } from '../permissions/principals.ts';
import type { Call } from '../service.ts';
import { invalidInput, noSuchEntity } from './errors.ts';
import { seenRole } from './operation.ts';
import type { IamState, Role } from './store.ts';

/** A policy as a simulation names it. */
export interface LabelledPolicy {
  readonly name: string;
  readonly document: string;
}

/** Whose policies are simulated. */
export interface Source {
  readonly asker: Asker;
  readonly policies: readonly LabelledPolicy[];
  readonly boundary: string | undefined;
}

/**
 * The user or role that a simulation is of.
 * @throws AwsError InvalidInput for what is none, a role's session among them; NoSuchEntity.
 */
export function sourceOf(call: Call, arn: string): Source {
  const { account, partition, sessions } = call.world;
  const [, kind, name = ''] =
    new RegExp(`^arn:${partition}:iam::${account}:(user|group|role)/(?:.*/)?([^/]+)$`).exec(arn) ?? [];
  if (kind === undefined) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
  const asker = { arn, account, partition };
  if (kind === 'role') {
    return { asker, ...policiesOf(call.iam.seen, seenRole(call.iam.seen, name)) };
  }
  if (`${kind}/${name}` !== sessions.user.principal) {
    throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  }
  return {
    asker,
    policies: [{ name: 'AdministratorAccess', document: EVERYTHING }],
    boundary: undefined,
  };
}

function policiesOf(state: IamState, role: Role): Omit<Source, 'asker'> {
  const attached = role.attached.flatMap((arn): LabelledPolicy[] => {
    const policy = state.policies.get(arn);
    const document = documentOf(policy);
    return policy && document !== undefined ? [{ name: policy.name, document }] : [];
  });
  const inline = [...role.inline].map(([name, document]): LabelledPolicy => ({ name, document }));
  return {
    policies: [...attached, ...inline],
    boundary: role.boundaryArn === undefined ? undefined : documentOf(state.policies.get(role.boundaryArn)),
  };
}
