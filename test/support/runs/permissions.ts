import type { PermissionCommand } from '../../../src/commands/permissions/needs/index.ts';
import { type PermissionsOptions, readPermissionsValues } from '../../../src/commands/permissions/options.ts';
import { performPermissions } from '../../../src/commands/permissions/run.ts';
import type { Sandbox } from '../../../src/sandbox/index.ts';
import { type CommandResult, type InProcessOptions, runInProcess } from './command.ts';

/** A policy as it is printed. */
export interface PrintedPolicy {
  Version: string;
  Statement: {
    Sid: string;
    Effect: string;
    Action: string[];
    Resource: string[];
    Condition?: Record<string, Record<string, string | string[]>>;
  }[];
}

/** Runs `permissions COMMAND` in this process, as in a pipe. */
export async function permissions(
  sandbox: Sandbox,
  command: PermissionCommand,
  options: PermissionsOptions,
  common: InProcessOptions['common'] = { json: false },
): Promise<CommandResult> {
  const { answers, problems } = readPermissionsValues(command, options);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return runInProcess(sandbox, (run) => performPermissions(run, answers), { common });
}

/** The policy that `permissions COMMAND` prints. */
export async function printedPolicy(
  sandbox: Sandbox,
  command: PermissionCommand,
  options: PermissionsOptions,
): Promise<PrintedPolicy> {
  return JSON.parse((await permissions(sandbox, command, options)).stdout);
}

/** All actions that a policy allows, each once. */
export function actionsIn({ Statement }: PrintedPolicy): string[] {
  return [...new Set(Statement.flatMap(({ Action }) => Action))];
}

/** The same policy with one action less. */
export function without(action: string, policy: PrintedPolicy): PrintedPolicy {
  const Statement = policy.Statement.map((statement) => ({
    ...statement,
    Action: statement.Action.filter((each) => each !== action),
  }));
  return { ...policy, Statement: Statement.filter(({ Action }) => Action.length > 0) };
}
