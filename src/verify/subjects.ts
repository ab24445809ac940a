import { parseSecretArn } from '../aws/arn.ts';
import type { FlowEncryption, FoundFlow } from '../aws/flows.ts';
import type { SecretTarget } from './secret-sight.ts';

/** What is to be verified. */
export interface VerifyRequest {
  groups: VerifyGroup[];
  /** A flow, with the secrets and roles in its encryption settings. */
  flowArn?: string;
}

/** Secrets that belong together, and who is to read them. */
export interface VerifyGroup {
  secrets: SecretTarget[];
  /** The name or the ARN of the role that is to read them; left out where only what a flow names is verified. */
  role?: string;
  /** A policy that must be attached to that role. */
  policyName?: string;
}

/** A secret, and the role that is to read it. */
export interface Pair {
  /** As `keyOf` names it. */
  secret: string;
  role: string;
}

/** Everything that has to be looked at, each once. */
export interface Subjects {
  secrets: Map<string, SecretTarget>;
  /** Names or ARNs. */
  roles: string[];
  pairs: Pair[];
}

/** What the request asks for, and what the flow names. Pure. */
export function subjectsOf({ groups }: VerifyRequest, flow: FoundFlow | undefined): Subjects {
  const asked = groups.flatMap(({ secrets, role }) => secrets.map((target) => ({ target, role })));
  const all = [...asked, ...(flow ? named(flow) : [])];
  const roles = [...groups, ...all].flatMap((each) => each.role ?? []);
  return {
    secrets: new Map(all.map(({ target }) => [keyOf(target), target])),
    roles: [...new Set(roles)],
    pairs: all.flatMap((each) =>
      each.role === undefined ? [] : [{ secret: keyOf(each.target), role: each.role }],
    ),
  };
}

/** Names a secret and what it is to hold: one that is used as a static key and as a password is looked at as both. */
export function keyOf({ id, region, keyType }: SecretTarget): string {
  return [keyType, region, id].join(' ');
}

/** The secrets and roles that a flow's encryption settings name. What else they say is judged with the flow. */
function named({ parts }: FoundFlow): { target: SecretTarget; role: string | undefined }[] {
  return parts.flatMap(({ encryption }) => {
    const target = encryption && targetOf(encryption);
    return target ? [{ target, role: encryption.roleArn }] : [];
  });
}

/** The secret in a flow's encryption settings, if they name one by its full ARN; SPEKE has none. */
export function targetOf({
  keyType,
  secretArn = '',
}: Pick<FlowEncryption, 'keyType' | 'secretArn'>): SecretTarget | undefined {
  const arn = parseSecretArn(secretArn);
  if (!arn || (keyType !== 'static-key' && keyType !== 'srt-password')) return undefined;
  return { id: secretArn, region: arn.region, keyType };
}
