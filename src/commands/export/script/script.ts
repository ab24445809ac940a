import { EXIT, Failure } from '../../../failure.ts';
import { setupMessages } from '../../../ui/messages.ts';
import { type NamedSecret, withIds } from '../ids.ts';
import { exportMessages } from '../messages.ts';
import type { ExportPlan, PlannedRole } from '../types.ts';
import { comment, isGenerated, KEY_PREFIX, keyFileOf, keyReadingCode, word } from './keys.ts';
import * as library from './library.ts';
import { scriptMessages as messages } from './messages.ts';
import {
  arnVariable,
  policyAndRoleCheckSection,
  policyDocument,
  policySection,
  roleDocument,
  roleSection,
  secretCheckSection,
  secretSection,
  withPrinters,
} from './resources.ts';

/**
 * Builds a bash script with AWS CLI calls that does what `setup` does in an account without conflicts. The script checks what
 * exists, stops at any difference, and then creates what is missing.
 * @param account the only account in which the script may run, if known
 * @throws Failure if the AWS CLI would interpret a description as a file or URL
 */
export function buildScript(plan: ExportPlan, account?: string): { script: string; keys: NamedSecret[] } {
  if (plan.roles.some(({ description }) => /^(fileb?|https?):\/\//.test(description)))
    throw new Failure(exportMessages.readAsFile, { code: 'export', exitCode: EXIT.usage });
  const keys = withIds(plan.secrets);
  const arns = new Map(
    keys.flatMap(({ id, secret }) =>
      secret.places.map((place) => [place.arn, arnVariable(id, place)] as const),
    ),
  );
  const policies = withPrinters('policy', plan.policies);
  const roles = withPrinters('role', plan.roles);
  const sections = [
    header(keys, plan.regions[0] ?? ''),
    ...functions(keys),
    ...keyReadingCode(keys),
    accountSection(account),
    ...policies.map((policy) => policyDocument(policy, arns)),
    ...roles.map(roleDocument),
    comment(messages.lookTitle),
    ...keys.map(secretCheckSection),
    policyAndRoleCheckSection(policies, roles),
    comment(messages.makeTitle),
    ...keys.filter(({ secret }) => secret.stored).map(secretSection),
    ...policies.map(policySection),
    ...roles.map(roleSection),
    resultSection(keys, plan.roles),
  ];
  return { script: `${sections.join('\n\n')}\n`, keys };
}

/** Returns the code that prints the ARNs. */
function resultSection(keys: NamedSecret[], roles: PlannedRole[]): string {
  const line = (label: string, value: string) => `printf '%s: %s\\n' ${word(label)} "${value}"`;
  return [
    comment(messages.resultTitle),
    ...roles.map(({ name }) =>
      line(setupMessages.roleLabel, `arn:\${partition}:iam::\${account}:role/${name}`),
    ),
    ...keys.flatMap(({ id, secret }) =>
      secret.places.map((place) =>
        line(setupMessages.secretLabel(place.region), `$${arnVariable(id, place)}`),
      ),
    ),
  ].join('\n');
}

/** Returns the start of the script: what it is, the files with the keys, and shell options. */
function header(keys: NamedSecret[], region: string): string {
  return [
    ['#!/usr/bin/env bash', ...messages.header.map((line) => `# ${line}`.trimEnd())].join('\n'),
    ...keyFiles(keys),
    `${comment(messages.noTrace)}
set +o xtrace +o allexport
export -n key stored_value quoted "\${!${KEY_PREFIX}@}"
set -euo pipefail
${comment(messages.noInput)}
[ -e /dev/fd/0 ] || exec </dev/null
${comment(messages.noPager)}
export AWS_PAGER=''
${comment(messages.global)}
export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
  ].join('\n\n');
}

function keyFiles(keys: NamedSecret[]): string[] {
  const lines = keys.flatMap((key) => {
    const file = keyFileOf(key);
    return file ? [`${file.variable}=\${${file.variable}:-${word(file.path)}}`] : [];
  });
  return lines.length === 0 ? [] : [[comment(messages.keysTitle), ...lines].join('\n')];
}

/** Returns only the functions that the script needs. */
function functions(keys: NamedSecret[]): string[] {
  const stored = keys.filter(({ secret }) => secret.stored);
  const textIf = (text: string, isNeeded: boolean) => (isNeeded ? [text] : []);
  const hasType = (type: string) => stored.some(({ secret }) => secret.keyType === type);
  return [
    library.BASICS,
    ...textIf(library.READ_KEY, keys.some(keyFileOf)),
    ...textIf(library.DEMAND_DIGITS, hasType('static-key')),
    ...textIf(library.DEMAND_PASSWORD, hasType('srt-password')),
    library.FIND_SECRET,
    ...textIf(library.STORE_SECRET, stored.length > 0),
    ...textIf(
      library.GENERATE,
      keys.some(({ secret }) => isGenerated(secret)),
    ),
    ...textIf(library.USE_SECRET, stored.length < keys.length),
    library.POLICY_AND_ROLE,
  ];
}

/**
 * Returns the code that determines the account and creates a temporary file for the AWS CLI's error messages.
 * @param onlyAccount the only account in which the script may run, if known
 */
function accountSection(onlyAccount: string | undefined): string {
  return onlyAccount === undefined ? ACCOUNT : `${ACCOUNT}\n${accountCheck(onlyAccount)}`;
}

function accountCheck(onlyAccount: string): string {
  return `${comment(messages.onlyAccount)}
if [ "$account" != ${onlyAccount} ]; then
  stop 4 "${messages.credentialsOf} $account, ${messages.otherAccount(onlyAccount)}"
fi`;
}

const ACCOUNT = `${comment(messages.accountTitle)}
error_file=$(mktemp)
trap 'rm -f "$error_file"' EXIT
caller=$(call sts get-caller-identity --query Arn --output text)
IFS=: read -r _ partition _ _ account _ <<<"$caller"`;
