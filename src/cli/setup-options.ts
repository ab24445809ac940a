import type { Command } from 'commander';
import { helpWords as help } from './help.ts';
import { addKeyOptions, addOption } from './options.ts';

/** Adds the options that say what secret, policy and role there shall be. */
export function addRequestOptions(command: Command): void {
  command.optionsGroup(help.setupSecretTitle);
  addOption(command, '--secret-name <name>', help.secretName);
  addOption(command, '--secret-arn <arn...>', help.secretArn, true);
  addOption(command, '--region <region...>', help.region, true);
  addKeyOptions(command);
  addOption(command, '--kms-key-id <id>', help.kmsKeyId);
  command.optionsGroup(help.setupPolicyTitle);
  addOption(command, '--policy-name <name>', help.policyName);
  addOption(command, '--policy-scope <scope>', help.policyScope);
  addOption(command, '--policy-prefix <prefix>', help.policyPrefix);
  command.optionsGroup(help.setupRoleTitle);
  addOption(command, '--role-name <name>', help.roleName);
  addOption(command, '--role-description <text>', help.roleDescription);
  addOption(command, '--no-source-account', help.noSourceAccount);
  addOption(command, '--source-arn <pattern...>', help.sourceArn, true);
  addOption(command, '--permissions-boundary <arn>', help.permissionsBoundary);
  command.optionsGroup(help.setupAllTitle);
  addOption(command, '--tag <tag...>', help.tag, true);
}
