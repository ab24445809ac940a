import { sourceArn } from '../../aws/names.ts';
import type { FoundRole } from '../../aws/roles.ts';
import type { Identity } from '../../aws/session.ts';
import { DEFAULTS } from '../../defaults.ts';
import { buildTrustPolicy, parsePolicy, samePolicy, tryParsePolicy } from '../../policy/index.ts';
import type { RoleMembers } from './types.ts';

/** What a manifest says of a role; what is as `setup` has it anyway is left out. */
export function roleMembers(role: FoundRole, identity: Identity): RoleMembers {
  const { name, description, boundary } = role;
  return {
    roleName: name,
    ...(description && description !== DEFAULTS.roleDescription ? { roleDescription: description } : {}),
    ...trustMembers(role.trust, identity),
    ...(boundary ? { permissionsBoundary: boundary.arn } : {}),
  };
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
