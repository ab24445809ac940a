import { printJson } from '../../cli/json.ts';
import {
  type AccountRef,
  type JsonPolicy,
  type JsonStatement,
  MANAGED_POLICY_LIMIT,
  measure,
} from '../../policy/index.ts';
import { plainJson, shellWord } from '../../text.ts';
import type { Output } from '../../ui/output.ts';
import { permissionsMessages as messages, permissionPurposes } from './messages.ts';
import { type Need, type Needs, policyFor, statementsFor } from './needs/index.ts';
import type { PermissionsAnswers } from './options.ts';

/** A statement of a policy and what it is for. */
export interface ExplainedStatement {
  sid: string;
  actions: string[];
  purpose: string;
  statement: JsonStatement;
}

/** What a command needs, as it is shown. */
export interface PermissionsReport {
  command: string;
  account: string;
  partition: string;
  policy: JsonPolicy;
  /** The statements of the policy. */
  included: ExplainedStatement[];
  /** What the command can do without. */
  optional: ExplainedStatement[];
  /** Whether the policy holds that as well. */
  withOptional: boolean;
  /** Whether it lets someone make a role without a permissions boundary. */
  unbounded: boolean;
  /** What to do when the policy is too long for IAM. */
  wayOut: string;
  /** The statement for creating flows, and the arguments that print it. */
  passRole: JsonStatement;
  passRoleArguments: string[];
}

/** Prints the policy by itself on standard output, for a pipe, and what it is for on standard error. */
export function showPermissions(output: Output, report: PermissionsReport): void {
  const { command, account, partition, policy, optional, passRole } = report;
  const size = measure(policy);
  if (size > MANAGED_POLICY_LIMIT) output.insist(messages.tooLong(size, report.wayOut));
  if (output.options.json) {
    const shown = optional.map(({ sid, purpose, statement }) => ({ sid, purpose, statement }));
    printJson(output, { command, account, partition, policy, optional: shown, passRole });
    return;
  }
  for (const line of introduction(report, size)) output.say(line);
  output.result(plainJson(JSON.stringify(policy, undefined, 2)));
  for (const line of addenda(report)) output.say(line);
}

function introduction({ command, included }: PermissionsReport, size: number): string[] {
  if (command === 'create-flow') return [messages.createFlow];
  return [
    messages.title(command, size),
    ...included.map(({ sid, purpose }) => messages.purpose(sid, purpose)),
  ];
}

function addenda({
  command,
  optional,
  withOptional,
  unbounded,
  passRoleArguments,
}: PermissionsReport): string[] {
  const open = withOptional ? [] : optional;
  return [
    ...(open.length > 0 ? [messages.optional] : []),
    ...open.map(({ actions, purpose }) => messages.optionalPurpose(actions, purpose)),
    ...(unbounded ? [messages.escalation] : []),
    ...(command === 'setup' ? [messages.passRole(printing(passRoleArguments))] : []),
  ];
}

function printing(passRoleArguments: string[]): string {
  return ['mc-static-key permissions create-flow', ...passRoleArguments.map(shellWord)].join(' ');
}

/** What a report is made of, besides the answers. */
interface ReportParts {
  where: AccountRef;
  needs: Needs;
  /** The permissions for creating flows. */
  ofRoles: Need;
  /** Whether each role gets a permissions boundary. */
  bounded: boolean;
  /** The arguments that say the roles to `permissions create-flow`. */
  roleArguments: string[];
  /** What to do when the policy is too long for IAM. */
  wayOut: string;
}

/** The JSON document of `permissions`. */
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
