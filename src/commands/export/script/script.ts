import { setupMessages } from '../../../ui/messages.ts';
import { type SecretWithIds, withIds } from '../ids.ts';
import { exportMessages } from '../messages.ts';
import { exportFailure } from '../plan.ts';
import type { ExportPlan, PlannedRole } from '../types.ts';
import { comment, isGenerated, KEY_PREFIX, keyFileOf, keyReadingCode, shellQuoted } from './keys.ts';
import * as library from './library.ts';
import { scriptMessages as messages } from './messages.ts';
import {
  arnVariable,
  policyAndRoleCheckSection,
  policyDocumentFunction,
  policySection,
  roleDocumentFunction,
  roleSection,
  secretCheckSection,
  secretSection,
  withFunctionNames,
} from './resources.ts';

/**
 * Builds a bash script with AWS CLI calls that does what `setup` does in an account without conflicts. The script checks what
 * exists, stops at any difference, and then creates what is missing.
 * @param account the only account in which the script can run, if known
 * @throws Failure if the AWS CLI would interpret a description as a file or URL
 */
export function buildScript(plan: ExportPlan, account?: string): { script: string; keys: SecretWithIds[] } {
  if (plan.roles.some(({ description }) => /^(fileb?|https?):\/\//.test(description)))
    throw exportFailure(exportMessages.readAsFile);
  const keys = withIds(plan.secrets);
  const arnVariables = new Map(
    keys.flatMap(({ id, secret }) =>
      secret.places.map((place) => [place.arn, arnVariable(id, place)] as const),
    ),
  );
  const policies = withFunctionNames('policy', plan.policies);
  const roles = withFunctionNames('role', plan.roles);
  const sections = [
    header(keys, plan.regions[0] ?? ''),
    ...neededFunctions(keys),
    ...keyReadingCode(keys),
    accountSection(account),
    ...policies.map((policy) => policyDocumentFunction(policy, arnVariables)),
    ...roles.map(roleDocumentFunction),
    comment(messages.checkAllTitle),
    ...keys.map(secretCheckSection),
    policyAndRoleCheckSection(policies, roles),
    comment(messages.createAllTitle),
    ...keys.filter(({ secret }) => secret.isNew).map(secretSection),
    ...policies.map(policySection),
    ...roles.map(roleSection),
    resultSection(keys, plan.roles),
  ];
  return { script: `${sections.join('\n\n')}\n`, keys };
}

/** Returns the start of the script: what it is, the files with the keys, and shell options. */
function header(keys: SecretWithIds[], region: string): string {
  return [
    ['#!/usr/bin/env bash', ...messages.header.map((line) => `# ${line}`.trimEnd())].join('\n'),
    ...keyFileSection(keys),
    `${comment(messages.noTrace)}
set +o xtrace +o allexport
export -n key stored_value quoted "\${!${KEY_PREFIX}@}"
set -euo pipefail
${comment(messages.noInput)}
[ -e /dev/fd/0 ] || exec </dev/null
${comment(messages.noPager)}
export AWS_PAGER=''
${comment(messages.regionOfGlobalServices)}
export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
  ].join('\n\n');
}

function keyFileSection(keys: SecretWithIds[]): string[] {
  const lines = keys.flatMap((key) => {
    const file = keyFileOf(key);
    return file ? [`${file.variable}=\${${file.variable}:-${shellQuoted(file.path)}}`] : [];
  });
  return lines.length === 0 ? [] : [[comment(messages.keysTitle), ...lines].join('\n')];
}

function neededFunctions(keys: SecretWithIds[]): string[] {
  const stored = keys.filter(({ secret }) => secret.isNew);
  const textIf = (text: string, isNeeded: boolean) => (isNeeded ? [text] : []);
  const hasType = (type: string) => stored.some(({ secret }) => secret.keyType === type);
  const hasGenerated = keys.some(({ secret }) => isGenerated(secret));
  return [
    library.BASICS,
    ...textIf(library.READ_KEY, keys.some(keyFileOf)),
    ...textIf(library.DEMAND_DIGITS, hasType('static-key')),
    ...textIf(library.DEMAND_PASSWORD, hasType('srt-password')),
    library.FIND_SECRET,
    ...textIf(library.STORE_SECRET, stored.length > 0),
    ...textIf(library.GENERATE, hasGenerated),
    ...textIf(library.USE_SECRET, stored.length < keys.length),
    library.POLICY_AND_ROLE,
  ];
}

/**
 * Returns the code that determines the account and creates a temporary file for the AWS CLI's error messages.
 * @param onlyAccount the only account in which the script can run, if known
 */
function accountSection(onlyAccount: string | undefined): string {
  if (onlyAccount === undefined) return ACCOUNT;
  return `${ACCOUNT}
${comment(messages.onlyAccount)}
if [ "$account" != ${onlyAccount} ]; then
  stop 4 "${messages.credentialsOf} $account, ${messages.otherAccount(onlyAccount)}"
fi`;
}

const ACCOUNT = `${comment(messages.accountTitle)}
error_file=$(mktemp)
trap 'rm -f "$error_file"' EXIT
caller=$(call sts get-caller-identity --query Arn --output text)
IFS=: read -r _ partition _ _ account _ <<<"$caller"`;

/** Returns the code that prints the ARNs. */
function resultSection(keys: SecretWithIds[], roles: PlannedRole[]): string {
  const line = (label: string, value: string) => `printf '%s: %s\\n' ${shellQuoted(label)} "${value}"`;
  const roleArn = (name: string) => `arn:\${partition}:iam::\${account}:role/${name}`;
  const secretLines = ({ id, secret }: SecretWithIds) =>
    secret.places.map((place) => line(setupMessages.secretLabel(place.region), `$${arnVariable(id, place)}`));
  return [
    comment(messages.resultTitle),
    ...roles.map(({ name }) => line(setupMessages.roleLabel, roleArn(name))),
    ...keys.flatMap(secretLines),
  ].join('\n');
}
