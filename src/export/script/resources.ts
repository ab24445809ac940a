import { DEFAULTS } from '../../defaults.ts';
import { KEY_LENGTH } from '../../key/index.ts';
import { plainJson } from '../../report/plain.ts';
import { scriptWords as words } from '../../report/words/export-script.ts';
import type { NamedSecret } from '../ids.ts';
import { ACCOUNT_PLACEHOLDER } from '../placeholders.ts';
import type { AwsTag, PlannedPlace, PlannedPolicy, PlannedRole, PlannedSecret } from '../types.ts';
import { checkOf, valueVariable } from './keys.ts';
import { comment, hereDocument, word } from './quote.ts';

/** The variable that holds the ARN of a secret in one Region. */
export function arnVariable(id: string, { region }: PlannedPlace): string {
  return `${id}_${region.replaceAll('-', '_')}`;
}

/** Sees to a key's secrets in all its Regions. */
export function secretSection({ id, keyId, secret }: NamedSecret): string {
  const lines = secret.places.flatMap((place) => [
    secret.stored ? storing(secret, place) : using(secret, place),
    `${arnVariable(id, place)}=$arn`,
  ]);
  const title = secret.stored ? words.secretTitle(secret.name) : words.existingTitle(secret.name);
  return [comment(title), ...(secret.stored ? keyLines(keyId, secret) : []), ...lines].join('\n');
}

function keyLines(keyId: string, secret: PlannedSecret): string[] {
  const { keySource, places, name } = secret;
  if (keySource?.kind !== 'generate') return [`key=$${valueVariable(keyId)}`];
  return [
    comment(words.adoptTitle),
    `key=''`,
    ...places.map((place) => `adopt_key ${place.region} ${word(name)} ${kmsOf(place)}`),
    `if [ -z "$key" ]; then generate_key ${KEY_LENGTH[keySource.algorithm]}; fi`,
    checkOf(secret),
  ];
}

function storing({ name, keyType, tags }: PlannedSecret, place: PlannedPlace): string {
  const { region, kmsKeyId } = place;
  return [
    `store_secret ${keyType} ${region} ${word(name)} ${kmsOf(place)}`,
    `--description ${word(DEFAULTS.secretDescription)}`,
    ...(kmsKeyId === undefined ? [] : [`--kms-key-id ${word(kmsKeyId)}`]),
    tagging(tags),
  ].join(CONTINUED);
}

function using({ name }: PlannedSecret, place: PlannedPlace): string {
  const id = place.arn.includes(ACCOUNT_PLACEHOLDER) ? name : place.arn;
  return `use_secret ${place.region} ${word(id)} ${kmsOf(place)}`;
}

/** Sees to a policy. */
export function policySection(
  { name, document, tags }: PlannedPolicy,
  arns: ReadonlyMap<string, string>,
): string {
  const call = [
    `see_to_policy ${word(name)}`,
    `--description ${word(DEFAULTS.policyDescription)}`,
    tagging(tags),
  ].join(CONTINUED);
  return `${comment(words.policyTitle(name))}\n${call} ${hereDocument(document, arns)}`;
}

/** Sees to a role, and to what is attached to it. */
export function roleSection(role: PlannedRole): string {
  const { name, description, trust, permissionsBoundary, policies, tags } = role;
  const call = [
    `see_to_role ${word(name)} ${word(permissionsBoundary ?? '')}`,
    `--description=${word(description)}`,
    ...(permissionsBoundary ? [`--permissions-boundary ${word(permissionsBoundary)}`] : []),
    tagging(tags),
  ].join(CONTINUED);
  return [
    comment(words.roleTitle(name)),
    `${call} ${hereDocument(trust)}`,
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
