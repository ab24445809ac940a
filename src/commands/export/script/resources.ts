import { DEFAULTS } from '../../../defaults.ts';
import { KEY_LENGTH } from '../../../key/index.ts';
import { plainJson } from '../../../text.ts';
import { ACCOUNT_PLACEHOLDER, type NamedSecret } from '../ids.ts';
import type { AwsTag, PlannedPlace, PlannedPolicy, PlannedRole, PlannedSecret } from '../types.ts';
import { checkOf, comment, hereDocument, isGenerated, valueVariable, word } from './keys.ts';
import { scriptMessages as messages } from './messages.ts';

/** Returns the shell variable with a secret's ARN in one Region. */
export function arnVariable(id: string, { region }: PlannedPlace): string {
  return `${id}_${region.replaceAll('-', '_')}`;
}

/** Returns the code that checks a key's secrets in all its Regions. An existing key is used instead of generating one. */
export function secretCheck({ id, keyId, secret }: NamedSecret): string {
  const { stored, name, keyType, places } = secret;
  const value = valueVariable(keyId);
  const lines = places.flatMap((place) => [
    stored ? `check_secret ${keyType} ${place.region} ${word(name)} ${kmsOf(place)}` : using(secret, place),
    `${arnVariable(id, place)}=$arn`,
  ]);
  if (!stored) return [comment(messages.existingTitle(name)), ...lines].join('\n');
  const title = comment(messages.secretTitle(name));
  if (!isGenerated(secret)) return [title, `key=$${value}`, ...lines].join('\n');
  const checked = `if [ -n "$key" ]; then ${checkOf(secret)}; fi`;
  return [title, comment(messages.adoptTitle), `key=''`, ...lines, checked, `${value}=$key`].join('\n');
}

/** Returns the code that creates the missing secrets of a key. */
export function secretSection({ id, keyId, secret }: NamedSecret): string {
  const { keySource, name, places } = secret;
  const generating =
    keySource?.kind === 'generate'
      ? [`if [ -z "$key" ]; then generate_key ${KEY_LENGTH[keySource.algorithm]}; fi`, checkOf(secret)]
      : [];
  const lines = places.flatMap((place) => {
    const variable = arnVariable(id, place);
    return [making(secret, place, variable), `${variable}=$arn`];
  });
  return [
    comment(messages.makeSecretTitle(name)),
    `key=$${valueVariable(keyId)}`,
    ...generating,
    ...lines,
  ].join('\n');
}

function making({ name, tags }: PlannedSecret, { region, kmsKeyId }: PlannedPlace, variable: string): string {
  return [
    `make_secret ${region} ${word(name)} "$${variable}"`,
    `--description ${word(DEFAULTS.secretDescription)}`,
    ...(kmsKeyId === undefined ? [] : [`--kms-key-id ${word(kmsKeyId)}`]),
    tagging(tags),
  ].join(CONTINUED);
}

function using({ name }: PlannedSecret, place: PlannedPlace): string {
  const id = place.arn.includes(ACCOUNT_PLACEHOLDER) ? name : place.arn;
  return `use_secret ${place.region} ${word(id)} ${kmsOf(place)}`;
}

/** A policy or role, with the name of the shell function that prints its document. */
export interface Documented<T> {
  planned: T;
  printer: string;
}

/** Assigns names to the functions that print the documents of these policies or roles. */
export function documented<T>(kind: 'policy' | 'role', planned: T[]): Documented<T>[] {
  return planned.map((each, index) => ({ planned: each, printer: `${kind}_document_${index + 1}` }));
}

/** Returns the function that prints a policy document, for use when the ARNs of the secrets are known. */
export function policyDocument(
  { planned: { name, document }, printer }: Documented<PlannedPolicy>,
  arns: ReadonlyMap<string, string>,
): string {
  return printing(messages.policyTitle(name), printer, hereDocument(document, arns));
}

/** Returns the function that prints a role's trust policy. */
export function roleDocument({ planned: { name, trust }, printer }: Documented<PlannedRole>): string {
  return printing(messages.roleTitle(name), printer, hereDocument(trust));
}

function printing(title: string, printer: string, document: string): string {
  return `${comment(title)}\n${printer}() {\n  cat ${document}\n}`;
}

/** Returns the code that checks the policies and roles. */
export function policyAndRoleChecks(
  policies: Documented<PlannedPolicy>[],
  roles: Documented<PlannedRole>[],
): string {
  return [
    comment(messages.checkTitle),
    ...policies.map(({ planned: { name }, printer }) => `check_policy ${word(name)} ${printer}`),
    ...roles.map(
      ({ planned: { name, permissionsBoundary = '' }, printer }) =>
        `check_role ${word(name)} ${printer} ${word(permissionsBoundary)}`,
    ),
  ].join('\n');
}

/** Returns the code that creates a policy if it is missing. */
export function policySection({ planned: { name, tags }, printer }: Documented<PlannedPolicy>): string {
  const call = [
    `make_policy ${word(name)} ${printer}`,
    `--description ${word(DEFAULTS.policyDescription)}`,
    tagging(tags),
  ].join(CONTINUED);
  return `${comment(messages.makePolicyTitle(name))}\n${call}`;
}

/** Returns the code that creates a role if it is missing, and attaches missing policies. */
export function roleSection({ planned, printer }: Documented<PlannedRole>): string {
  const { name, description, permissionsBoundary, policies, tags } = planned;
  const call = [
    `make_role ${word(name)} ${printer}`,
    `--description=${word(description)}`,
    ...(permissionsBoundary ? [`--permissions-boundary ${word(permissionsBoundary)}`] : []),
    tagging(tags),
  ].join(CONTINUED);
  return [
    comment(messages.makeRoleTitle(name)),
    call,
    ...policies.map((policy) => `attach ${word(name)} ${word(policy)}`),
  ].join('\n');
}

const CONTINUED = ' \\\n  ';

function kmsOf({ kmsKeyId }: PlannedPlace): string {
  return word(kmsKeyId ?? '');
}

function tagging(tags: AwsTag[]): string {
  return `--tags ${word(plainJson(JSON.stringify(tags)))}`;
}
