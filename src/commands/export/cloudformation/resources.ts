import { DEFAULTS } from '../../../defaults.ts';
import { ALGORITHMS, KEY_LENGTH } from '../../../key/index.ts';
import type { JsonObject, JsonValue } from '../../../policy/index.ts';
import { ACCOUNT_PLACEHOLDER, idOf, inRegions, type NamedSecret } from '../ids.ts';
import { templateMessages as messages } from '../messages.ts';
import type { PlannedPolicy, PlannedRole, PlannedSecret } from '../types.ts';

/** The condition that holds in the Region whose stack makes what there is once in an account. */
export const HOME = 'IsHomeRegion';

/**
 * A resource that stays when its stack is deleted or it is taken out of the template, because a broadcast may hang on it; but not
 * when its first creation fails, so that it is not in the way of the next try.
 * Source: CloudFormation Template Reference, "DeletionPolicy attribute".
 */
const RETAINED = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };

/** The Regions in which a key is used. */
export function regionsOf({ places }: PlannedSecret): string[] {
  return places.map(({ region }) => region);
}

/**
 * How many digits a key has that Secrets Manager makes; nothing for one that is a parameter. Each stack would make another key,
 * so only one that lives in a single Region can be made there.
 */
export function generatedDigits({ keySource, places }: PlannedSecret): number | undefined {
  return keySource?.kind === 'generate' && places.length === 1 ? KEY_LENGTH[keySource.algorithm] : undefined;
}

/**
 * The secrets of one name, of which each Region has one. So what is in a Region stays the same resource whatever other Regions
 * have, and an update cannot take it for another secret.
 */
export function secretResource(named: NamedSecret[]): JsonObject {
  const parts = named.map((each) => ({ regions: regionsOf(each.secret), properties: propertiesOf(each) }));
  return {
    Type: 'AWS::SecretsManager::Secret',
    Condition: inRegions(parts.flatMap(({ regions }) => regions)),
    ...RETAINED,
    Properties: byRegion(parts),
  };
}

function propertiesOf({ keyId, secret }: NamedSecret): JsonObject {
  const digits = generatedDigits(secret);
  return {
    Name: secret.name,
    Description: DEFAULTS.secretDescription,
    ...(digits === undefined
      ? { SecretString: { Ref: keyId } }
      : { GenerateSecretString: generatedKey(digits) }),
    ...kmsKeyOf(secret),
    Tags: tagsOf(secret),
  };
}

/** A key that goes by the same name in all Regions, or one whose ARNs differ in the Region only: a multi-Region key, or an alias. */
function kmsKeyOf({ places }: PlannedSecret): JsonObject {
  const [first] = places;
  if (first?.kmsKeyId === undefined) return {};
  if (places.every(({ kmsKeyId }) => kmsKeyId === first.kmsKeyId)) return { KmsKeyId: first.kmsKeyId };
  return {
    KmsKeyId: {
      'Fn::Sub': first.kmsKeyId.replace(`:${first.region}:`, () => `:${pseudoParameter('Region')}:`),
    },
  };
}

/** A policy, in the home Region; CloudFormation has no tags for one. */
export function policyResource({ name, document }: PlannedPolicy): JsonObject {
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Condition: HOME,
    ...RETAINED,
    Properties: {
      ManagedPolicyName: name,
      Description: DEFAULTS.policyDescription,
      Path: '/',
      PolicyDocument: withPseudoParameters({ ...document }),
    },
  };
}

/** A role, in the home Region. */
export function roleResource(role: PlannedRole): JsonObject {
  const { name, description, trust, permissionsBoundary, policies } = role;
  return {
    Type: 'AWS::IAM::Role',
    Condition: HOME,
    ...RETAINED,
    Properties: {
      RoleName: name,
      Description: description,
      Path: '/',
      AssumeRolePolicyDocument: withPseudoParameters({ ...trust }),
      ManagedPolicyArns: policies.map((policy) => ({ Ref: `${idOf(policy)}Policy` })),
      ...(permissionsBoundary ? { PermissionsBoundary: permissionsBoundary } : {}),
      Tags: tagsOf(role),
    },
  };
}

function tagsOf({ tags }: Pick<PlannedRole, 'tags'>): JsonValue {
  return tags.map(({ Key, Value }) => ({ Key, Value }));
}

const ENDPOINT = /^(secretsmanager\.[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/**
 * A document with CloudFormation's pseudo parameters in place of what differs from account to account: the account itself, the
 * partition of its ARNs, and the domain in `kms:ViaService`. What the user wrote as an ARN in full stays as it is.
 * Source: CloudFormation Template Reference, "Pseudo parameters reference" and "Fn::Sub".
 */
function withPseudoParameters(value: JsonValue): JsonValue {
  if (typeof value === 'string') return substituted(value);
  if (Array.isArray(value)) return value.map(withPseudoParameters);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withPseudoParameters(part)]));
}

/** A pseudo parameter as it stands in the text of `Fn::Sub`. */
function pseudoParameter(name: 'AccountId' | 'Partition' | 'Region' | 'URLSuffix'): string {
  return `\${AWS::${name}}`;
}

function substituted(text: string): JsonValue {
  if (text === ACCOUNT_PLACEHOLDER) return { Ref: 'AWS::AccountId' };
  const [, endpoint] = ENDPOINT.exec(text) ?? [];
  if (endpoint !== undefined) return { 'Fn::Sub': `${endpoint}.${pseudoParameter('URLSuffix')}` };
  if (!text.includes(ACCOUNT_PLACEHOLDER)) return text;
  return {
    'Fn::Sub': text
      .replace(/^arn:[a-z-]+:/, () => `arn:${pseudoParameter('Partition')}:`)
      .replaceAll(ACCOUNT_PLACEHOLDER, () => pseudoParameter('AccountId')),
  };
}

/** `Fn::Or` takes two to ten conditions. Source: CloudFormation Template Reference, "Condition functions". */
const MOST_ALTERNATIVES = 10;

/** A condition for each set of Regions, by its name. */
export function regionConditions(sets: string[][]): JsonObject {
  return Object.fromEntries(
    sets.map((regions) => [inRegions(regions), anyOf([...regions].sort().map(isIn))]),
  );
}

function isIn(region: string): JsonObject {
  return { 'Fn::Equals': [{ Ref: 'AWS::Region' }, region] };
}

function anyOf(conditions: JsonObject[]): JsonObject {
  const [only] = conditions;
  if (conditions.length === 1 && only) return only;
  if (conditions.length <= MOST_ALTERNATIVES) return { 'Fn::Or': conditions };
  const size = Math.ceil(conditions.length / MOST_ALTERNATIVES);
  const parts = Array.from({ length: Math.ceil(conditions.length / size) }, (_, at) =>
    conditions.slice(at * size, (at + 1) * size),
  );
  return { 'Fn::Or': parts.map(anyOf) };
}

/** What properties are like in some of the Regions. */
interface InRegions {
  regions: string[];
  properties: JsonObject;
}

/**
 * The properties of a resource that is not the same in all its Regions: one that differs is chosen by the Region's condition.
 * Source: CloudFormation Template Reference, "Condition functions" ("Fn::If") and "Pseudo parameters reference" ("AWS::NoValue").
 */
function byRegion(parts: InRegions[]): JsonObject {
  const names = new Set(parts.flatMap(({ properties }) => Object.keys(properties)));
  return Object.fromEntries([...names].map((name) => [name, chosen(name, parts)]));
}

function chosen(name: string, [first, ...others]: InRegions[]): JsonValue {
  const value = first?.properties[name] ?? { Ref: 'AWS::NoValue' };
  if (!first || others.length === 0) return value;
  const otherwise = chosen(name, others);
  if (JSON.stringify(otherwise) === JSON.stringify(value)) return value;
  return { 'Fn::If': [inRegions(first.regions), value, otherwise] };
}

/** As `checkKey` has it: printable, and no space at either end. */
const PASSWORD = { least: 10, most: 80 };

/** What it refuses besides: quotation marks around it, which are no part of a password, and JSON. */
const WRAPPED = [`"`, `'`, '`']
  .map((mark) => `${mark}.*${mark}`)
  .concat('\\{.*".*\\}', '\\[.*".*\\]')
  .join('|');

/**
 * The parameter that takes a key: CloudFormation masks it (`NoEcho`), and refuses what could not be the key.
 * Source: CloudFormation User Guide, "Parameters".
 */
export function keyParameter(secret: PlannedSecret): JsonObject {
  const { keyType, name, places } = secret;
  const what = messages.key[keyType](name);
  const { pattern, least, most, rule } = keyType === 'static-key' ? staticKey(secret) : password();
  return {
    Type: 'String',
    NoEcho: true,
    Description: places.length > 1 ? `${what}, ${messages.sameEverywhere}` : what,
    AllowedPattern: pattern,
    MinLength: least,
    MaxLength: most,
    ConstraintDescription: rule,
  };
}

function staticKey({ algorithm }: PlannedSecret) {
  const lengths = (algorithm ? [algorithm] : ALGORITHMS).map((each) => KEY_LENGTH[each]);
  return {
    pattern: `^(${lengths.map((length) => `[0-9A-Fa-f]{${length}}`).join('|')})$`,
    least: Math.min(...lengths),
    most: Math.max(...lengths),
    rule: messages.keyRule['static-key'](lengths),
  };
}

function password() {
  const { least, most } = PASSWORD;
  return {
    pattern: `^(?!(${WRAPPED})$)[!-~][ -~]{${least - 2},${most - 2}}[!-~]$`,
    least,
    most,
    rule: messages.keyRule['srt-password'],
  };
}

/**
 * How Secrets Manager makes a static key: of what it draws from, the hexadecimal digits are left.
 * Source: CloudFormation Template Reference, "AWS::SecretsManager::Secret GenerateSecretString".
 */
function generatedKey(digits: number): JsonObject {
  return {
    PasswordLength: digits,
    ExcludeUppercase: true,
    ExcludePunctuation: true,
    ExcludeCharacters: 'ghijklmnopqrstuvwxyz',
    RequireEachIncludedType: false,
  };
}
