import { parseSecretArn } from '../aws/arn.ts';
import { type ListedPolicy, policyPages } from '../aws/iam/role-listing.ts';
import type { ListedSecret } from '../aws/secrets/listing.ts';
import type { Seen } from './collect.ts';
import { statusWords as words } from './messages.ts';
import { regionOf } from './named-secrets.ts';
import type { Looking } from './notes.ts';
import { looseAmong, rolesNamed, type SeenRole } from './roles.ts';
import { findSecrets, type SecretId } from './secrets.ts';
import type { StatusMissing } from './types.ts';

/** What is looked for, and nothing else: each thing once. */
export interface Named {
  /** Names. */
  roles: string[];
  policies: string[];
  secrets: SecretId[];
}

/**
 * Looks at what is named in an account: as `collect` does, without a look at anything else.
 * @throws Failure when a Region that was asked for cannot be looked at
 */
export async function collectNamed(looking: Looking, named: Named): Promise<Seen> {
  const identity = await looking.aws.identity();
  const ids = new Set(named.secrets.map(({ region, id }) => `${region} ${id}`));
  const isWanted = ({ region, name, arn }: ListedSecret) =>
    ids.has(`${region} ${name}`) || ids.has(`${region} ${arn}`);
  const [ofRoles, ofSecrets] = await Promise.all([
    rolesNamed(looking, named.roles),
    findSecrets(looking, looking.asked, { isWanted, others: named.secrets }),
  ]);
  const { roles } = ofRoles;
  const ofPolicies = await policiesNamed(looking, named.policies, roles);
  return {
    identity,
    regions: ofSecrets.regions,
    roles,
    secrets: ofSecrets.secrets,
    policies: ofPolicies.loose,
    lookedFor: lookedForAmong(named.secrets.filter((each) => !ofSecrets.unreadable.includes(each))),
    missing: [
      ...ofRoles.missing.map((name): StatusMissing => ({ kind: 'role', name })),
      ...ofPolicies.missing.map((name): StatusMissing => ({ kind: 'policy', name })),
      ...ofSecrets.absent.map(missingSecret),
    ],
  };
}

function missingSecret({ region, id }: SecretId): StatusMissing {
  return { kind: 'secret', name: parseSecretArn(id)?.name ?? id, region };
}

/** A policy may name other secrets too, and one of the same name that is there no more. */
function lookedForAmong(secrets: SecretId[]): Seen['lookedFor'] {
  const names = new Set(secrets.map(({ region, id }) => `${region} ${parseSecretArn(id)?.name ?? id}`));
  return (arn) => {
    const [, name = ''] = /:secret:(.+)-[A-Za-z0-9?]{6}$/.exec(arn) ?? [];
    return names.has(`${regionOf(arn) ?? ''} ${name}`);
  };
}

/** The policies of these names that none of the roles has, and the names of which there is none at all. */
async function policiesNamed(
  { aws, notes }: Looking,
  names: string[],
  roles: SeenRole[],
): Promise<{ loose: ListedPolicy[]; missing: string[] }> {
  const has = (policies: { name: string }[], name: string) =>
    policies.some((policy) => policy.name.toLowerCase() === name.toLowerCase());
  const had = roles.flatMap(({ found }) => found?.policies ?? []);
  const open = names.filter((name) => !has(had, name));
  if (open.length === 0) return { loose: [], missing: [] };
  const list = async () => {
    const found: ListedPolicy[] = [];
    for await (const { items } of policyPages(aws)) {
      found.push(
        ...items.filter(({ name }) =>
          has(
            open.map((each) => ({ name: each })),
            name,
          ),
        ),
      );
    }
    return found;
  };
  const found = await notes.unlessDenied(words.loosePoliciesWhat, list());
  if (!found) return { loose: [], missing: [] };
  return { loose: found.filter(looseAmong(roles)), missing: open.filter((name) => !has(found, name)) };
}
