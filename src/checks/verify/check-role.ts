import { parseArn } from '../../aws/arn.ts';
import type { RolePolicy } from '../../aws/iam/roles.ts';
import type { Identity } from '../../aws/session.ts';
import type { KeyType } from '../../key/index.ts';
import {
  type JsonStatement,
  MEDIACONNECT_SERVICE,
  type PolicyDocument,
  prefixOfEntry,
  readJsonPolicy,
  tryParsePolicy,
} from '../../policy/index.ts';
import type { SetupCommandValues } from '../../ui/commands.ts';
import { checkGuard } from '../access/confused-deputy.ts';
import { checkExcess } from '../access/excess.ts';
import { checkRoleNaming, checkTrust } from '../access/trust.ts';
import { fixes } from '../catalog/index.ts';
import type { PresentRole, RoleObservation } from './observe/role.ts';
import { checkForeign, checksOf, type VerifyCheck } from './result.ts';

/** What a role is needed for. */
export interface RoleSpec {
  /** The flow that will assume it, if known. */
  flowArn?: string;
  /** The Regions of flows that will assume it. */
  regions: string[];
  /** The secrets that it has to read, if their ARNs are known, with their key types. */
  secrets: { arn: string; keyType: KeyType }[];
  /** Policies that must be attached. */
  policyNames: string[];
  /** The manifest that names it, if any. */
  manifest?: string;
}

/** Returns the values for the `setup` command that repairs the role. */
function setUpOf({ name }: RoleObservation, spec: RoleSpec): SetupCommandValues {
  const { secrets, regions, policyNames, manifest } = spec;
  return { secrets, regions, roleName: name, policyName: policyNames[0], manifest };
}

/** Checks a role on its own, and who may assume it. Pure. */
export function checkRole(observation: RoleObservation, spec: RoleSpec, identity: Identity): VerifyCheck[] {
  const { failed } = checksOf(observation.arn);
  const setUpFix = fixes.setUp(setUpOf(observation, spec));
  if (observation.kind === 'foreign')
    return [checkForeign('role-account', observation.arn, identity, setUpFix)];
  if (observation.kind === 'absent') {
    return [
      observation.actualArn === undefined
        ? failed('role-exists', (words) => words.noRole, setUpFix)
        : failed('role-exists', (words) => words.otherPath, fixes.useArn(observation.actualArn)),
    ];
  }
  return [
    ...checkNaming(observation, spec),
    ...checkTrustPolicy(observation, spec, identity),
    ...checkAttached(observation, spec),
  ];
}

function checkNaming(role: PresentRole, spec: RoleSpec): VerifyCheck[] {
  const { arn, name, described } = role;
  const otherRole = fixes.otherRole(setUpOf(role, spec));
  const { ok, failed, warning, unseen } = checksOf(arn);
  const { isReserved, path } = checkRoleNaming({ name, arn });
  return [
    'unseen' in described
      ? unseen('role-exists', described.unseen)
      : ok('role-exists', (words) => words.exists),
    isReserved
      ? failed('role-name', (words) => words.reservedName, otherRole)
      : ok('role-name', (words) => words.freeName),
    path === undefined
      ? ok('role-path', (words) => words.noPath)
      : warning('role-path', (words) => words.path(path), otherRole),
  ];
}

function checkTrustPolicy(role: PresentRole, spec: RoleSpec, identity: Identity): VerifyCheck[] {
  const { arn, name, described } = role;
  const { flowArn, regions } = spec;
  const { ok, failed, unseen, undecided } = checksOf(arn);
  if ('unseen' in described)
    return [unseen('role-trust', described.unseen), unseen('role-guard', described.unseen)];
  const { trust } = described.seen;
  const result = checkTrust(trust, { regions, sourceArns: flowArn === undefined ? [] : [flowArn] }, identity);
  // `setup` can't extend a document that it can't parse.
  if (result.verdict === 'unreadable')
    return [failed('role-trust', (words) => words.trustUnreadable, fixes.otherRole(setUpOf(role, spec)))];
  if (result.verdict === 'not-allowed') {
    if (result.uncertain) return [undecided('role-trust', result.because)];
    const isDenied = result.deniedBy === 'statement';
    const fix = isDenied ? fixes.removeTrustDenial(name) : fixes.updateTrust(setUpOf(role, spec));
    return [failed('role-trust', (words) => words.notTrusted(result.because, flowArn), fix)];
  }
  return [
    ok('role-trust', (words) => (result.scope === 'narrower' ? words.trustedForSome : words.trusted)),
    guardCheck(role, trust, identity),
  ];
}

function guardCheck({ arn, name }: RoleObservation, trust: string, identity: Identity): VerifyCheck {
  const { ok, warning, undecided } = checksOf(arn);
  const guard = checkGuard(trust, identity);
  if (guard.verdict === 'kept-out') return ok('role-guard', (words) => words.guarded);
  if (guard.verdict === 'cannot-tell') return undecided('role-guard', guard.because);
  return warning(
    'role-guard',
    (words) => (guard.accounts.length > 0 ? words.letsIn(guard.accounts) : words.noGuard),
    fixes.guard(name, identity.account, withSourceAccount(trust, identity)),
  );
}

function checkAttached(role: PresentRole, spec: RoleSpec): VerifyCheck[] {
  const { arn, attached } = role;
  const { policyNames, manifest } = spec;
  if (policyNames.length === 0) return [];
  const { ok, failed, unseen } = checksOf(arn);
  if ('unseen' in attached) return [unseen('role-policy-attached', attached.unseen)];
  return policyNames.map((policy) => {
    // IAM names are case-insensitive.
    const isAttached = attached.seen.some((each) => each.toLowerCase().endsWith(`/${policy.toLowerCase()}`));
    if (isAttached) return ok('role-policy-attached', (words) => words.attached(policy));
    const fix =
      manifest === undefined
        ? fixes.attach({ ...setUpOf(role, spec), policyName: policy })
        : fixes.setUpFrom(manifest);
    return failed('role-policy-attached', (words) => words.notAttached(policy), fix);
  });
}

/**
 * Returns a trust policy (JSON text) with the confused deputy condition added to its statements for only MediaConnect. Returns
 * undefined if one of them already has conditions, or if that would not keep flows of other accounts out. Pure.
 */
function withSourceAccount(trust: string, identity: Identity): string | undefined {
  const policy = readJsonPolicy(trust);
  const mediaConnectStatements = policy.Statement.filter(isForMediaConnect);
  if (mediaConnectStatements.some(({ Condition }) => Condition !== undefined)) return undefined;
  const Condition = { StringEquals: { 'aws:SourceAccount': identity.account } };
  const statements = policy.Statement.map((each) =>
    mediaConnectStatements.includes(each) ? { ...each, Condition } : each,
  );
  const guarded = JSON.stringify({ ...policy, Statement: statements });
  return checkGuard(guarded, identity).verdict === 'kept-out' ? guarded : undefined;
}

/** Returns true if a statement trusts only MediaConnect. */
function isForMediaConnect({ Effect, Principal }: JsonStatement): boolean {
  if (Effect !== 'Allow' || typeof Principal !== 'object' || Principal === null || Array.isArray(Principal))
    return false;
  const { Service, ...others } = Principal;
  const services = [Service].flat();
  return Object.keys(others).length === 0 && services.length === 1 && services[0] === MEDIACONNECT_SERVICE;
}

/** Checks whether a role's policies can be parsed, and whether they allow no more than reading their secrets. Pure. */
export function checkPolicies(role: PresentRole, spec: RoleSpec, identity: Identity): VerifyCheck[] {
  const make = checksOf(role.arn);
  const unseen = role.unseen.map((failure) => make.unseen('role-policies', failure));
  const unreadableNames = unreadablePolicies(role);
  const areAllReadable = unseen.length + unreadableNames.length === 0;
  return [
    ...unseen,
    ...unreadableNames.map((name) => ({
      ...make.undecided('role-policies', (words) => words.policyUnreadable(name)),
      ...fixes.policyUnreadable,
    })),
    ...(areAllReadable ? [make.ok('role-policies', (words) => words.policiesRead)] : []),
    ...role.policies.flatMap((policy) => checkPolicy(policy, role, spec, identity)),
  ];
}

/** Returns the names of the policies that can't be parsed, and the ARN of such a permissions boundary. */
function unreadablePolicies({ policies, boundary }: PresentRole): string[] {
  const documents = [
    ...policies,
    ...(boundary && 'seen' in boundary.document
      ? [{ name: boundary.arn, document: boundary.document.seen ?? '' }]
      : []),
  ];
  return documents.filter(({ document }) => !tryParsePolicy(document)).map(({ name }) => name);
}

function checkPolicy(
  { name, arn, document }: RolePolicy,
  role: RoleObservation,
  spec: RoleSpec,
  identity: Identity,
): VerifyCheck[] {
  const parsed = tryParsePolicy(document);
  if (!parsed) return [];
  const { ok, warning } = checksOf(arn ?? role.arn, role.arn);
  const { furtherAction, allowsAnySecret } = checkExcess(parsed, spec.regions, identity);
  const detachFix = fixes.detachPolicy(setUpOf(role, spec), role.name, { name, arn });
  const isGuidesMistake = parseArn(arn ?? '')?.account === 'aws' && name === 'SecretsManagerReadWrite';
  const prefixes = prefixesIn(parsed);
  // The subject of a managed policy names it.
  const shownName = arn === undefined ? `inline policy ${name}` : undefined;
  const scopeCheck = allowsAnySecret
    ? warning('policy-scope', (words) => words.anySecret(shownName), detachFix)
    : ok('policy-scope', (words) =>
        prefixes.length > 0 ? words.prefixes(prefixes, shownName) : words.namedSecrets(shownName),
      );
  return [
    furtherAction === undefined
      ? ok('policy-reads-only', (words) => words.readsOnly(shownName))
      : warning(
          'policy-reads-only',
          (words) => (isGuidesMistake ? words.guidesMistake : words.allowsMore(furtherAction, shownName)),
          detachFix,
        ),
    // For a policy that allows everything, one warning is enough.
    ...(furtherAction !== undefined && allowsAnySecret ? [] : [scopeCheck]),
  ];
}

/** Returns the unique name prefixes for which all secrets are allowed. */
function prefixesIn({ statements }: PolicyDocument): string[] {
  const allowed = statements.filter(({ effect }) => effect === 'Allow');
  const entries = allowed.flatMap(({ resources }) => (resources?.negated ? [] : (resources?.values ?? [])));
  return [...new Set(entries.flatMap((each) => prefixOfEntry(each) ?? []))];
}
