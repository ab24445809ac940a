import { printJson } from '../../cli/json.ts';
import {
  type AccountRef,
  type JsonPolicy,
  type JsonStatement,
  MANAGED_POLICY_LIMIT,
  policySize,
} from '../../policy/index.ts';
import { escapeJson, shellWord } from '../../text.ts';
import { commandLines } from '../../ui/commands.ts';
import type { Output } from '../../ui/output.ts';
import { permissionsMessages as messages, permissionPurposes } from './messages.ts';
import { type Need, type Needs, policyFor, statementsFor } from './needs/index.ts';
import type { PermissionsValues } from './options.ts';

/** A policy statement and its purpose. */
export interface ExplainedStatement {
  sid: string;
  actions: string[];
  purpose: string;
  statement: JsonStatement;
}

/** The permissions of a command in an account, for display. */
export interface PermissionsReport extends AccountRef {
  command: string;
  policy: JsonPolicy;
  /** The statements of the policy. */
  included: ExplainedStatement[];
  optional: ExplainedStatement[];
  /** True if the policy includes the optional statements. */
  withOptional: boolean;
  /** True if it allows creating a role without a permissions boundary. */
  unbounded: boolean;
  /** What to do if the policy is too long for IAM. */
  tooLongHint: string;
  /** The statement that allows passing the role to MediaConnect, for creating flows. */
  passRole: JsonStatement;
  /** The arguments with which `permissions create-flow` prints that statement. */
  passRoleArguments: string[];
}

/** Prints only the policy to standard output, for a pipe, and the purposes to standard error. */
export function showPermissions(output: Output, report: PermissionsReport): void {
  const { command, account, partition, policy, optional, passRole } = report;
  const size = policySize(policy);
  if (size > MANAGED_POLICY_LIMIT) output.warn(messages.tooLong(size, report.tooLongHint));
  if (output.options.json) {
    const optionalStatements = optional.map(({ sid, purpose, statement }) => ({ sid, purpose, statement }));
    printJson(output, { command, account, partition, policy, optional: optionalStatements, passRole });
    return;
  }
  for (const line of introduction(report, size)) output.info(line);
  output.result(escapeJson(JSON.stringify(policy, undefined, 2)));
  for (const line of notes(report, output.width)) output.info(line);
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
function notes(report: PermissionsReport, width: number): string[] {
  const omitted = report.withOptional ? [] : report.optional;
  const createFlow = ['mc-static-key permissions create-flow', ...report.passRoleArguments.map(shellWord)];
  const passRole = [messages.passRole, ...commandLines(`  ${createFlow.join(' ')}`, width)];
  return [
    ...(omitted.length > 0 ? [messages.optional] : []),
    ...omitted.map(({ actions, purpose }) => messages.optionalPurpose(actions, purpose)),
    ...(report.unbounded ? [messages.escalation] : []),
    ...(report.command === 'setup' ? passRole : []),
  ];
}

/** What a report needs besides the values of the options. */
interface ReportParts extends Pick<PermissionsReport, 'tooLongHint'> {
  accountRef: AccountRef;
  needs: Needs;
  /** The permission to pass the roles to MediaConnect, for creating flows. */
  passRole: Need;
  /** True if each role gets a permissions boundary. */
  hasBoundary: boolean;
  /** The arguments that name the roles for `permissions create-flow`. */
  roleArguments: string[];
}

export function reportOf(
  { command, optional: withOptional, dryRun, accountId }: PermissionsValues,
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
