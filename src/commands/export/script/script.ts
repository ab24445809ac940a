import { EXIT, Failure } from '../../../failure.ts';
import { setupMessages } from '../../../ui/messages.ts';
import { type NamedSecret, withIds } from '../ids.ts';
import { exportMessages } from '../messages.ts';
import type { ExportPlan, PlannedRole } from '../types.ts';
import { comment, isGenerated, keyFileOf, readings, VALUE, word } from './keys.ts';
import * as library from './library.ts';
import { scriptMessages as messages } from './messages.ts';
import {
  arnVariable,
  documented,
  policyAndRoleChecks,
  policyDocument,
  policySection,
  roleDocument,
  roleSection,
  secretCheck,
  secretSection,
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
  const policies = documented('policy', plan.policies);
  const roles = documented('role', plan.roles);
  const sections = [
    header(keys, plan.regions[0] ?? ''),
    ...functions(keys),
    ...readings(keys),
    accountSection(account),
    ...policies.map((policy) => policyDocument(policy, arns)),
    ...roles.map(roleDocument),
    comment(messages.lookTitle),
    ...keys.map(secretCheck),
    policyAndRoleChecks(policies, roles),
    comment(messages.makeTitle),
    ...keys.filter(({ secret }) => secret.stored).map(secretSection),
    ...policies.map(policySection),
    ...roles.map(roleSection),
    results(keys, plan.roles),
  ];
  return { script: `${sections.join('\n\n')}\n`, keys };
}

function results(keys: NamedSecret[], roles: PlannedRole[]): string {
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

/** Returns the start of the script: what it is, where the keys are, and shell options. */
function header(keys: NamedSecret[], region: string): string {
  return [
    ['#!/usr/bin/env bash', ...messages.header.map((line) => `# ${line}`.trimEnd())].join('\n'),
    ...keyFiles(keys),
    `${comment(messages.noTrace)}
set +o xtrace +o allexport
export -n key held quoted "\${!${VALUE}@}"
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
  const some = (text: string, needed: boolean) => (needed ? [text] : []);
  const isOf = (type: string) => stored.some(({ secret }) => secret.keyType === type);
  return [
    library.ASKING,
    ...some(library.READ_KEY, keys.some(keyFileOf)),
    ...some(library.DEMAND_DIGITS, isOf('static-key')),
    ...some(library.DEMAND_PASSWORD, isOf('srt-password')),
    library.FIND_SECRET,
    ...some(library.STORE_SECRET, stored.length > 0),
    ...some(
      library.GENERATE,
      keys.some(({ secret }) => isGenerated(secret)),
    ),
    ...some(library.USE_SECRET, stored.length < keys.length),
    library.POLICY_AND_ROLE,
  ];
}

/**
 * Returns the code that determines the account and creates a place for AWS's responses.
 * @param only the only account in which the script may run, if known
 */
function accountSection(only: string | undefined): string {
  return only === undefined ? ACCOUNT : `${ACCOUNT}\n${demandAccount(only)}`;
}

function demandAccount(only: string): string {
  return `${comment(messages.onlyAccount)}
if [ "$account" != ${only} ]; then
  stop 4 "${messages.credentialsOf} $account, ${messages.otherAccount(only)}"
fi`;
}

const ACCOUNT = `${comment(messages.accountTitle)}
said=$(mktemp)
trap 'rm -f "$said"' EXIT
caller=$(call sts get-caller-identity --query Arn --output text)
IFS=: read -r _ partition _ _ account _ <<<"$caller"`;
