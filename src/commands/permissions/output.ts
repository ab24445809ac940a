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

/** A policy statement and its purpose. */
export interface ExplainedStatement {
  sid: string;
  actions: string[];
  purpose: string;
  statement: JsonStatement;
}

/** The permissions of a command, for display. */
export interface PermissionsReport {
  command: string;
  account: string;
  partition: string;
  policy: JsonPolicy;
  /** The statements of the policy. */
  included: ExplainedStatement[];
  /** The optional statements. */
  optional: ExplainedStatement[];
  /** True if the policy includes the optional statements. */
  withOptional: boolean;
  /** True if it allows creating a role without a permissions boundary. */
  unbounded: boolean;
  /** What to do if the policy is too long for IAM. */
  tooLongHint: string;
  /** The statement for creating flows, and the arguments that print it. */
  passRole: JsonStatement;
  passRoleArguments: string[];
}

/** Prints only the policy to standard output, for a pipe, and the purposes to standard error. */
export function showPermissions(output: Output, report: PermissionsReport): void {
  const { command, account, partition, policy, optional, passRole } = report;
  const size = measure(policy);
  if (size > MANAGED_POLICY_LIMIT) output.warn(messages.tooLong(size, report.tooLongHint));
  if (output.options.json) {
    const optionalStatements = optional.map(({ sid, purpose, statement }) => ({ sid, purpose, statement }));
    printJson(output, { command, account, partition, policy, optional: optionalStatements, passRole });
    return;
  }
  for (const line of introduction(report, size)) output.info(line);
  output.result(plainJson(JSON.stringify(policy, undefined, 2)));
  for (const line of addenda(report)) output.info(line);
}

/** Returns the lines before the policy. */
function introduction({ command, included }: PermissionsReport, size: number): string[] {
  if (command === 'create-flow') return [messages.createFlow];
  return [
    messages.title(command, size),
    ...included.map(({ sid, purpose }) => messages.purpose(sid, purpose)),
  ];
}

/** Returns the lines after the policy. */
function addenda({
  command,
  optional,
  withOptional,
  unbounded,
  passRoleArguments,
}: PermissionsReport): string[] {
  const omitted = withOptional ? [] : optional;
  return [
    ...(omitted.length > 0 ? [messages.optional] : []),
    ...omitted.map(({ actions, purpose }) => messages.optionalPurpose(actions, purpose)),
    ...(unbounded ? [messages.escalation] : []),
    ...(command === 'setup' ? [messages.passRole(createFlowCommand(passRoleArguments))] : []),
  ];
}

/** Returns the command that prints the permissions for creating flows. */
function createFlowCommand(passRoleArguments: string[]): string {
  return ['mc-static-key permissions create-flow', ...passRoleArguments.map(shellWord)].join(' ');
}

/** The parts of a report, besides the answers. */
interface ReportParts {
  accountRef: AccountRef;
  needs: Needs;
  /** The permission to pass the roles to MediaConnect, for creating flows. */
  passRole: Need;
  /** True if each role gets a permissions boundary. */
  hasBoundary: boolean;
  /** The arguments that name the roles for `permissions create-flow`. */
  roleArguments: string[];
  /** What to do if the policy is too long for IAM. */
  tooLongHint: string;
}

/** Returns the report, whose members are also those of the JSON document. */
export function reportOf(
  { command, optional: withOptional, dryRun, accountId }: PermissionsAnswers,
  { accountRef, needs, passRole, hasBoundary, roleArguments, tooLongHint }: ReportParts,
): PermissionsReport {
  const { required, optional } = needs;
  const included = withOptional ? [...required, ...optional] : required;
  const [passRoleStatement = {}] = statementsFor([passRole]);
  return {
    command,
    ...accountRef,
    policy: policyFor(included),
    included: explained(included),
    optional: explained(optional),
    withOptional,
    unbounded: command === 'setup' && !hasBoundary && !dryRun,
    tooLongHint,
    passRole: passRoleStatement,
    passRoleArguments: [...roleArguments, ...(accountId === undefined ? [] : ['--account-id', accountId])],
  };
}

function explained(needs: Need[]): ExplainedStatement[] {
  const statements = statementsFor(needs);
  return needs.map(({ sid, actions }, index) => ({
    sid,
    actions,
    purpose: permissionPurposes[sid],
    statement: statements[index] ?? {},
  }));
}
