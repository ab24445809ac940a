import { EXIT, Failure } from '../../../failure.ts';
import { setupWords } from '../../../ui/messages.ts';
import { type NamedSecret, withIds } from '../ids.ts';
import { exportWords } from '../messages.ts';
import type { ExportPlan, PlannedRole } from '../types.ts';
import { accountSection, functions, header } from './header.ts';
import { comment, readings, word } from './keys.ts';
import { scriptWords as words } from './messages.ts';
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
 * A bash script of AWS CLI calls that does what `setup` does in an account in which nothing is in the way: it looks at all that
 * is there, stops at what is different, and then makes what is missing.
 * @param account the only one in which the script may run, where that is known
 * @throws Failure when the AWS CLI would take a description for something else
 */
export function buildScript(plan: ExportPlan, account?: string): { script: string; keys: NamedSecret[] } {
  if (plan.roles.some(({ description }) => /^(fileb?|https?):\/\//.test(description)))
    throw new Failure(exportWords.readAsFile, { code: 'export', exitCode: EXIT.usage });
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
    comment(words.lookTitle),
    ...keys.map(secretCheck),
    policyAndRoleChecks(policies, roles),
    comment(words.makeTitle),
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
    comment(words.resultTitle),
    ...roles.map(({ name }) => line(setupWords.roleLabel, `arn:\${partition}:iam::\${account}:role/${name}`)),
    ...keys.flatMap(({ id, secret }) =>
      secret.places.map((place) => line(setupWords.secretLabel(place.region), `$${arnVariable(id, place)}`)),
    ),
  ].join('\n');
}
