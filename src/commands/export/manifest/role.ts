import type { FoundRole } from '../../../aws/iam/roles.ts';
import type { Identity } from '../../../aws/session.ts';
import { DEFAULTS } from '../../../defaults.ts';
import { roleDescription, sourceArn } from '../../../options/rules.ts';
import { buildTrustPolicy, parsePolicy, samePolicy, tryParsePolicy } from '../../../policy/index.ts';
import { looksLikeKey } from '../../../redaction.ts';
import { exportManifestWords as words } from './messages.ts';
import type { RoleMembers } from './types.ts';

/**
 * What a manifest says of a role; what is as `setup` has it anyway is left out, and so is what the reader of manifests would
 * refuse, with a sentence for each such text. `setup` changes none of it in a role that exists.
 */
export function roleMembers(role: FoundRole, identity: Identity): { members: RoleMembers; notes: string[] } {
  const { name, description, boundary } = role;
  const trust = trustMembers(role.trust, identity);
  const own = description !== DEFAULTS.roleDescription ? description : undefined;
  const refused = {
    description: own !== undefined && roleDescription(own, '') !== undefined,
    boundary: boundary !== undefined && looksLikeKey(boundary.arn),
    trust: looksLikeKey(JSON.stringify(trust)),
  };
  const members = {
    roleName: name,
    ...(own && !refused.description ? { roleDescription: own } : {}),
    ...(refused.trust ? {} : trust),
    ...(boundary && !refused.boundary ? { permissionsBoundary: boundary.arn } : {}),
  };
  const texts = ['description', 'boundary', 'trust'] as const;
  return { members, notes: texts.filter((each) => refused[each]).map((each) => words.roleText(name, each)) };
}

/**
 * From what the trust policy would be built. One that is not of this program's form is left as it is by `setup`, which only
 * looks whether it lets MediaConnect in.
 */
function trustMembers(
  text: string,
  { account }: Identity,
): Pick<RoleMembers, 'sourceAccount' | 'sourceArns'> {
  const trust = tryParsePolicy(text);
  if (!trust) return {};
  const conditions = trust.statements.flatMap((statement) => statement.conditions);
  const valuesOf = (wanted: string) =>
    conditions.filter(({ key }) => key.toLowerCase() === wanted).flatMap(({ values }) => values);
  const sourceArns = valuesOf('aws:sourcearn').filter((each) => sourceArn(each, '') === undefined);
  const sourceAccount = valuesOf('aws:sourceaccount').length > 0;
  const built = buildTrustPolicy({ account, sourceAccount, sourceArns });
  if (!samePolicy(parsePolicy(JSON.stringify(built)), trust)) return {};
  return {
    ...(sourceAccount ? {} : { sourceAccount }),
    ...(sourceArns.length > 0 ? { sourceArns } : {}),
  };
}
