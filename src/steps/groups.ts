import { parseSecretArn } from '../aws/arn.ts';
import { commonTags } from '../aws/tags.ts';
import { KEY_LENGTH } from '../key/index.ts';
import type { SetupRequest } from '../options/setup-request.ts';
import { groupedBy } from '../text.ts';
import type { PolicyRequest, RoleRequest } from './types.ts';

/** Keys that share a policy or a role, and its desired state. */
export interface Group<Request> {
  request: Request;
  /** The indexes of the keys in the list of all keys. */
  keyIndexes: number[];
}

/** Returns the unique policies that the keys need. Keys that name the same one agree on its spec. */
export function policyGroups(requests: SetupRequest[]): Group<PolicyRequest>[] {
  const groups = groupedRequests(requests, ({ policy }) => policy.name);
  const names = groups.map(({ firstRequest }) => firstRequest.policy.name);
  return groups.map(({ firstRequest, keyIndexes, tags, groupRequests }) => ({
    request: {
      policy: firstRequest.policy,
      tags,
      roleNames: [...new Set(groupRequests.map(({ role }) => role.name))],
      reserved: names.filter((name) => name !== firstRequest.policy.name),
    },
    keyIndexes,
  }));
}

/** Returns the unique roles that the keys need. Keys that name the same one agree on its spec. */
export function roleGroups(requests: SetupRequest[]): Group<RoleRequest>[] {
  const secretCounts = secretCountByPolicy(requests);
  return groupedRequests(requests, ({ role }) => role.name).map(
    ({ firstRequest, keyIndexes, tags, groupRequests }) => {
      const policyNames = [...new Set(groupRequests.map(({ policy }) => policy.name))];
      return {
        request: {
          role: firstRequest.role,
          tags,
          regions: [...new Set(groupRequests.flatMap(regionsOfSecret))],
          forRouters: groupRequests.some(isForRouters),
          policyNames,
          maxPolicies: policyNames.reduce((sum, name) => sum + (secretCounts.get(name) ?? 0), 0),
          updateTrust: firstRequest.answers.updateTrust,
        },
        keyIndexes,
      };
    },
  );
}

/** MediaConnect User Guide: transit encryption takes keys with 64 digits, and SRT in a router takes passwords. */
function isForRouters({ secret, keyType, algorithm }: SetupRequest): boolean {
  if (keyType === 'srt-password') return true;
  return secret.kind === 'store' ? secret.key.length === KEY_LENGTH.aes256 : algorithm === 'aes256';
}

function secretCountByPolicy(requests: SetupRequest[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { secret, policy } of requests) {
    const { length } = secret.kind === 'existing' ? secret.arns : secret.regions;
    counts.set(policy.name, (counts.get(policy.name) ?? 0) + length);
  }
  return counts;
}

/** Returns a name for each key: its secret's name, or the ARNs. */
export function namesOfKeys(requests: SetupRequest[]): string[] {
  return disambiguated(
    requests.map(({ secret }) => ({
      name: secret.kind === 'existing' ? secret.arns.join(', ') : secret.name,
      regions: regionsOfSecret({ secret }),
    })),
  );
}

/** Adds the Regions to the names of secrets that share a name. Such secrets are in different Regions. */
export function disambiguated(secrets: { name: string; regions: string[] }[]): string[] {
  const [seenNames, repeatedNames] = [new Set<string>(), new Set<string>()];
  for (const { name } of secrets) (seenNames.has(name) ? repeatedNames : seenNames).add(name);
  return secrets.map(({ name, regions }) =>
    repeatedNames.has(name) ? `${name} (${regions.join(', ')})` : name,
  );
}

function regionsOfSecret({ secret }: Pick<SetupRequest, 'secret'>): string[] {
  return secret.kind === 'existing'
    ? secret.arns.flatMap((arn) => parseSecretArn(arn)?.region ?? [])
    : secret.regions;
}

/** Groups the requests by the name of their policy or role. */
function groupedRequests(requests: SetupRequest[], nameOf: (request: SetupRequest) => string) {
  const groups = groupedBy(requests.entries(), ([, request]) => nameOf(request));
  return [...groups.values()].map((group) => {
    const [[, firstRequest]] = group;
    const groupRequests = group.map(([, request]) => request);
    // A resource that several keys share gets only the tags that the keys have in common.
    const tags = commonTags(groupRequests.map((request) => request.tags));
    return { firstRequest, keyIndexes: group.map(([index]) => index), groupRequests, tags };
  });
}
