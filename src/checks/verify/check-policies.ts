import { parseArn } from '../../aws/arn.ts';
import type { RolePolicy } from '../../aws/iam/roles.ts';
import type { Identity } from '../../aws/session.ts';
import { type PolicyDocument, prefixOfEntry, tryParsePolicy } from '../../policy/index.ts';
import { checkExcess } from '../access/excess.ts';
import { type RoleWish, setUpOf } from './check-role.ts';
import { remedies } from './fixes.ts';
import { verifyWords as words } from './messages.ts';
import type { RoleSight, ThereRole } from './observe/role.ts';
import { checksOf } from './result.ts';
import type { VerifyCheck } from './types.ts';

/** Whether the policies of a role can be read, and allow no more than reading the secrets they are for. Pure. */
export function judgePolicies(
  role: RoleSight & ThereRole,
  wish: RoleWish,
  identity: Identity,
): VerifyCheck[] {
  const make = checksOf(role.arn);
  const unseen = role.unseen.map((failure) => make.unseen('role-policies', failure));
  const broken = unreadable(role);
  return [
    ...unseen,
    ...broken.map((name) => ({
      ...make.open('role-policies', words.policyUnreadable(name)),
      ...remedies.policyUnreadable,
    })),
    ...(unseen.length + broken.length === 0 ? [make.ok('role-policies', words.policiesRead)] : []),
    ...role.policies.flatMap((policy) => judgePolicy(policy, role, wish, identity)),
  ];
}

function unreadable({ policies, boundary }: ThereRole): string[] {
  const documents = [
    ...policies,
    ...(boundary && 'seen' in boundary.document
      ? [{ name: boundary.arn, document: boundary.document.seen ?? '' }]
      : []),
  ];
  return documents.filter(({ document }) => !tryParsePolicy(document)).map(({ name }) => name);
}

function judgePolicy(
  { name, arn, document }: RolePolicy,
  role: RoleSight,
  wish: RoleWish,
  identity: Identity,
): VerifyCheck[] {
  const parsed = tryParsePolicy(document);
  if (!parsed) return [];
  const { ok, warning } = checksOf(arn ?? role.arn, role.arn);
  const { further, anySecret } = checkExcess(parsed, wish.regions, identity);
  const setup = setUpOf(role, wish);
  const takeOff = remedies.takeOff(setup, role.name, { name, arn });
  const guides = parseArn(arn ?? '')?.account === 'aws' && name === 'SecretsManagerReadWrite';
  const prefixes = prefixesIn(parsed);
  return [
    further === undefined
      ? ok('policy-reads-only', words.readsOnly(name))
      : warning('policy-reads-only', guides ? words.guidesMistake : words.allowsMore(name, further), takeOff),
    // Of a policy that allows everything it is enough to say so once.
    ...(further !== undefined && anySecret
      ? []
      : [
          anySecret
            ? warning('policy-scope', words.anySecret(name), takeOff)
            : ok(
                'policy-scope',
                prefixes.length > 0 ? words.prefixes(name, prefixes) : words.namedSecrets(name),
              ),
        ]),
  ];
}

/** The prefixes of names all of whose secrets are allowed, each once. */
function prefixesIn({ statements }: PolicyDocument): string[] {
  const allowed = statements.filter(({ effect }) => effect === 'Allow');
  const entries = allowed.flatMap(({ resources }) => (resources?.negated ? [] : (resources?.values ?? [])));
  return [...new Set(entries.flatMap((each) => prefixOfEntry(each) ?? []))];
}
