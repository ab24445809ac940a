import { DEFAULTS } from '../../../defaults.ts';
import { KEY_LENGTH } from '../../../key/index.ts';
import { plainJson } from '../../../text.ts';
import { ACCOUNT_PLACEHOLDER, type NamedSecret } from '../ids.ts';
import type { AwsTag, PlannedPlace, PlannedPolicy, PlannedRole, PlannedSecret } from '../types.ts';
import { checkLine, comment, hereDocument, isGenerated, valueVariable, word } from './keys.ts';
import { scriptMessages as messages } from './messages.ts';

/** Returns the shell variable with a secret's ARN in one Region. */
export function arnVariable(id: string, { region }: PlannedPlace): string {
  return `${id}_${region.replaceAll('-', '_')}`;
}

/** Returns the code that checks a key's secrets in all its Regions. An existing key is used instead of generating one. */
export function secretCheckSection({ id, keyId, secret }: NamedSecret): string {
  const { stored, name, keyType, places } = secret;
  const variable = valueVariable(keyId);
  const lines = places.flatMap((place) => [
    stored
      ? `check_secret ${keyType} ${place.region} ${word(name)} ${kmsWord(place)}`
      : useSecretCall(secret, place),
    `${arnVariable(id, place)}=$arn`,
  ]);
  if (!stored) return [comment(messages.existingTitle(name)), ...lines].join('\n');
  const title = comment(messages.secretTitle(name));
  if (!isGenerated(secret)) return [title, `key=$${variable}`, ...lines].join('\n');
  const check = `if [ -n "$key" ]; then ${checkLine(secret)}; fi`;
  return [title, comment(messages.adoptTitle), `key=''`, ...lines, check, `${variable}=$key`].join('\n');
}

/** Returns the code that creates the missing secrets of a key. */
export function secretSection({ id, keyId, secret }: NamedSecret): string {
  const { keySource, name, places } = secret;
  const generateLines =
    keySource?.kind === 'generate'
      ? [`if [ -z "$key" ]; then generate_key ${KEY_LENGTH[keySource.algorithm]}; fi`, checkLine(secret)]
      : [];
  const lines = places.flatMap((place) => {
    const variable = arnVariable(id, place);
    return [makeSecretCall(secret, place, variable), `${variable}=$arn`];
  });
  return [
    comment(messages.makeSecretTitle(name)),
    `key=$${valueVariable(keyId)}`,
    ...generateLines,
    ...lines,
  ].join('\n');
}

function makeSecretCall(
  { name, tags }: PlannedSecret,
  { region, kmsKeyId }: PlannedPlace,
  variable: string,
): string {
  return [
    `make_secret ${region} ${word(name)} "$${variable}"`,
    `--description ${word(DEFAULTS.secretDescription)}`,
    ...(kmsKeyId === undefined ? [] : [`--kms-key-id ${word(kmsKeyId)}`]),
    tagsOption(tags),
  ].join(LINE_CONTINUATION);
}

function useSecretCall({ name }: PlannedSecret, place: PlannedPlace): string {
  const id = place.arn.includes(ACCOUNT_PLACEHOLDER) ? name : place.arn;
  return `use_secret ${place.region} ${word(id)} ${kmsWord(place)}`;
}

/** A policy or role, with the name of the shell function that prints its document. */
export interface Documented<T> {
  planned: T;
  printer: string;
}

/** Assigns names to the functions that print the documents of these policies or roles. */
export function withPrinters<T>(kind: 'policy' | 'role', planned: T[]): Documented<T>[] {
  return planned.map((each, index) => ({ planned: each, printer: `${kind}_document_${index + 1}` }));
}

/** Returns the function that prints a policy document, for use when the ARNs of the secrets are known. */
export function policyDocument(
  { planned: { name, document }, printer }: Documented<PlannedPolicy>,
  arns: ReadonlyMap<string, string>,
): string {
  return printerFunction(messages.policyTitle(name), printer, hereDocument(document, arns));
}

/** Returns the function that prints a role's trust policy. */
export function roleDocument({ planned: { name, trust }, printer }: Documented<PlannedRole>): string {
  return printerFunction(messages.roleTitle(name), printer, hereDocument(trust));
}

function printerFunction(title: string, printer: string, document: string): string {
  return `${comment(title)}\n${printer}() {\n  cat ${document}\n}`;
}

/** Returns the code that checks the policies and roles. */
export function policyAndRoleCheckSection(
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
    tagsOption(tags),
  ].join(LINE_CONTINUATION);
  return `${comment(messages.makePolicyTitle(name))}\n${call}`;
}

/** Returns the code that creates a role if it is missing, and attaches missing policies. */
export function roleSection({ planned, printer }: Documented<PlannedRole>): string {
  const { name, description, permissionsBoundary, policies, tags } = planned;
  const call = [
    `make_role ${word(name)} ${printer}`,
    `--description=${word(description)}`,
    ...(permissionsBoundary ? [`--permissions-boundary ${word(permissionsBoundary)}`] : []),
    tagsOption(tags),
  ].join(LINE_CONTINUATION);
  return [
    comment(messages.makeRoleTitle(name)),
    call,
    ...policies.map((policy) => `attach ${word(name)} ${word(policy)}`),
  ].join('\n');
}

const LINE_CONTINUATION = ' \\\n  ';

function kmsWord({ kmsKeyId }: PlannedPlace): string {
  return word(kmsKeyId ?? '');
}

function tagsOption(tags: AwsTag[]): string {
  return `--tags ${word(plainJson(JSON.stringify(tags)))}`;
}
