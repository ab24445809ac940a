import type { AccountRef } from '../../policy/index.ts';
import { permissionPurposes } from './messages.ts';
import { type Need, type Needs, policyFor, statementsFor } from './needs/index.ts';
import type { PermissionsAnswers } from './options.ts';
import type { ExplainedStatement, PermissionsReport } from './output.ts';

/** What a report is made of, besides the answers. */
export interface ReportParts {
  where: AccountRef;
  needs: Needs;
  /** What whoever creates flows needs. */
  ofRoles: Need;
  /** Whether each role gets a permissions boundary. */
  bounded: boolean;
  /** The arguments that say the roles to `permissions create-flow`. */
  roleArguments: string[];
  /** What to do when the policy is too long for IAM. */
  wayOut: string;
}

/** What `permissions` tells. */
export function reportOf(
  { command, optional: withOptional, dryRun, accountId }: PermissionsAnswers,
  { where, needs, ofRoles, bounded, roleArguments, wayOut }: ReportParts,
): PermissionsReport {
  const { required, optional } = needs;
  const included = withOptional ? [...required, ...optional] : required;
  const [statement = {}] = statementsFor([ofRoles]);
  return {
    command,
    ...where,
    policy: policyFor(included),
    included: explained(included),
    optional: explained(optional),
    withOptional,
    unbounded: command === 'setup' && !bounded && !dryRun,
    wayOut,
    passRole: statement,
    passRoleArguments: [...roleArguments, ...(accountId === undefined ? [] : ['--account-id', accountId])],
  };
}

function explained(needs: Need[]): ExplainedStatement[] {
  const statements = statementsFor(needs);
  return needs.map(({ sid, actions }, at) => ({
    sid,
    actions,
    purpose: permissionPurposes[sid],
    statement: statements[at] ?? {},
  }));
}
