import type { NamedSecret } from '../ids.ts';
import { comment, isGenerated, keyFileOf, VALUE, word } from './keys.ts';
import * as library from './library.ts';
import { scriptWords as words } from './messages.ts';

/** What stands before everything: what the script is, where the keys are, and how the shell is to behave. */
export function header(keys: NamedSecret[], region: string): string {
  return [
    ['#!/usr/bin/env bash', ...words.header.map((line) => `# ${line}`.trimEnd())].join('\n'),
    ...keyFiles(keys),
    `${comment(words.noTrace)}
set +o xtrace +o allexport
export -n key held quoted "\${!${VALUE}@}"
set -euo pipefail
${comment(words.noInput)}
[ -e /dev/fd/0 ] || exec </dev/null
${comment(words.noPager)}
export AWS_PAGER=''
${comment(words.global)}
export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
  ].join('\n\n');
}

function keyFiles(keys: NamedSecret[]): string[] {
  const lines = keys.flatMap((key) => {
    const file = keyFileOf(key);
    return file ? [`${file.variable}=\${${file.variable}:-${word(file.path)}}`] : [];
  });
  return lines.length === 0 ? [] : [[comment(words.keysTitle), ...lines].join('\n')];
}

/** The functions that the script needs, and no others. */
export function functions(keys: NamedSecret[]): string[] {
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
 * Finds out whose account it is, and where to put what AWS says.
 * @param only the account in which the script may run, where that is known
 */
export function accountSection(only: string | undefined): string {
  return only === undefined ? ACCOUNT : `${ACCOUNT}\n${demandAccount(only)}`;
}

function demandAccount(only: string): string {
  return `${comment(words.onlyAccount)}
if [ "$account" != ${only} ]; then
  stop 4 "${words.credentialsOf} $account, ${words.otherAccount(only)}"
fi`;
}

const ACCOUNT = `${comment(words.accountTitle)}
said=$(mktemp)
trap 'rm -f "$said"' EXIT
caller=$(call sts get-caller-identity --query Arn --output text)
IFS=: read -r _ partition _ _ account _ <<<"$caller"`;
