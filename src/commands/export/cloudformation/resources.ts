import { DEFAULTS } from '../../../defaults.ts';
import { ALGORITHMS, KEY_LENGTH } from '../../../key/index.ts';
import type { JsonObject, JsonValue } from '../../../policy/index.ts';
import { ACCOUNT_PLACEHOLDER, idOf, regionsId, type SecretWithIds } from '../ids.ts';
import { templateMessages as messages } from '../messages.ts';
import type { PlannedPolicy, PlannedRole, PlannedSecret } from '../types.ts';

/** The condition that is true in the Region whose stack creates the account's global resources. */
export const IS_HOME_REGION = 'IsHomeRegion';

/**
 * Retains a resource when its stack is deleted or it is removed from the template, because a broadcast may depend on it. A
 * resource whose creation fails isn't retained, so that it's not in the way of the next attempt. Source: CloudFormation Template
 * Reference, "DeletionPolicy attribute".
 */
const RETAINED = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };

export function regionsOf({ places }: PlannedSecret): string[] {
  return places.map(({ region }) => region);
}

/**
 * Returns the number of digits of a key that Secrets Manager generates; undefined for a key from a parameter. Each stack would
 * generate a different key, so Secrets Manager can only generate a key for a single Region.
 */
export function generatedDigits({ keySource, places }: PlannedSecret): number | undefined {
  return keySource?.kind === 'generate' && places.length === 1 ? KEY_LENGTH[keySource.algorithm] : undefined;
}

/**
 * Returns one resource for all keys with the same secret name; each Region has one of the secrets. The resource in a Region then
 * stays the same when other Regions change, and an update can't mistake it for a different secret.
 */
export function secretResource(secrets: SecretWithIds[]): JsonObject {
  const parts = secrets.map((each) => ({ regions: regionsOf(each.secret), properties: propertiesOf(each) }));
  return {
    Type: 'AWS::SecretsManager::Secret',
    Condition: regionsId(parts.flatMap(({ regions }) => regions)),
    ...RETAINED,
    Properties: propertiesByRegion(parts),
  };
}

function propertiesOf({ keyId, secret }: SecretWithIds): JsonObject {
  const digits = generatedDigits(secret);
  return {
    Name: secret.name,
    Description: DEFAULTS.secretDescription,
    ...(digits === undefined
      ? { SecretString: { Ref: keyId } }
      : { GenerateSecretString: generationSettings(digits) }),
    ...kmsKeyProperty(secret),
    Tags: tagsOf(secret),
  };
}

/**
 * Returns the property for the KMS key, whose ID, alias or ARN is the same in all Regions, or whose ARNs differ only in the Region
 * (a multi-Region key or an alias).
 */
function kmsKeyProperty({ places }: PlannedSecret): JsonObject {
  const [first] = places;
  if (first?.kmsKeyId === undefined) return {};
  if (places.every(({ kmsKeyId }) => kmsKeyId === first.kmsKeyId)) return { KmsKeyId: first.kmsKeyId };
  const regionalKeyId = first.kmsKeyId.replace(`:${first.region}:`, () => `:${pseudoParameter('Region')}:`);
  return { KmsKeyId: { 'Fn::Sub': regionalKeyId } };
}

/** Returns a policy in the home Region. CloudFormation doesn't support tags on policies. */
export function policyResource({ name, document }: PlannedPolicy): JsonObject {
  return {
    Type: 'AWS::IAM::ManagedPolicy',
    Condition: IS_HOME_REGION,
    ...RETAINED,
    Properties: {
      ManagedPolicyName: name,
      Description: DEFAULTS.policyDescription,
      Path: '/',
      PolicyDocument: withPseudoParameters({ ...document }),
    },
  };
}

export function roleResource(role: PlannedRole): JsonObject {
  const { name, description, trust, permissionsBoundary, policies } = role;
  return {
    Type: 'AWS::IAM::Role',
    Condition: IS_HOME_REGION,
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

/** Matches the host name of Secrets Manager in a Region, as in `kms:ViaService`. */
const HOST_NAME = /^(secretsmanager\.[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/;

/**
 * Replaces what differs between accounts with CloudFormation's pseudo parameters: the account ID, the partition in ARNs, and the
 * domain in `kms:ViaService`. A full ARN from the user stays as is. Source: CloudFormation Template Reference, "Pseudo parameters
 * reference" and "Fn::Sub".
 */
function withPseudoParameters(value: JsonValue): JsonValue {
  if (typeof value === 'string') return withPseudoParametersInText(value);
  if (Array.isArray(value)) return value.map(withPseudoParameters);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, withPseudoParameters(part)]));
}

function withPseudoParametersInText(text: string): JsonValue {
  if (text === ACCOUNT_PLACEHOLDER) return { Ref: 'AWS::AccountId' };
  const [, serviceAndRegion] = HOST_NAME.exec(text) ?? [];
  if (serviceAndRegion !== undefined)
    return { 'Fn::Sub': `${serviceAndRegion}.${pseudoParameter('URLSuffix')}` };
  if (!text.includes(ACCOUNT_PLACEHOLDER)) return text;
  return {
    'Fn::Sub': text
      .replace(/^arn:[a-z-]+:/, () => `arn:${pseudoParameter('Partition')}:`)
      .replaceAll(ACCOUNT_PLACEHOLDER, () => pseudoParameter('AccountId')),
  };
}

/** Returns a pseudo parameter for the text of `Fn::Sub`. */
function pseudoParameter(name: 'AccountId' | 'Partition' | 'Region' | 'URLSuffix'): string {
  return `\${AWS::${name}}`;
}

/** `Fn::Or` takes 2 to 10 conditions; more have to be nested. Source: CloudFormation Template Reference, "Condition functions". */
const MAX_ALTERNATIVES = 10;

/** Returns a condition for each set of Regions, by name. It is true in each Region of the set. */
export function regionConditions(sets: string[][]): JsonObject {
  return Object.fromEntries(
    sets.map((regions) => [regionsId(regions), anyOf([...regions].sort().map(isRegion))]),
  );
}

function isRegion(region: string): JsonObject {
  return { 'Fn::Equals': [{ Ref: 'AWS::Region' }, region] };
}

function anyOf(conditions: JsonObject[]): JsonObject {
  const [first] = conditions;
  if (conditions.length === 1 && first) return first;
  if (conditions.length <= MAX_ALTERNATIVES) return { 'Fn::Or': conditions };
  const size = Math.ceil(conditions.length / MAX_ALTERNATIVES);
  const parts = Array.from({ length: Math.ceil(conditions.length / size) }, (_, index) =>
    conditions.slice(index * size, (index + 1) * size),
  );
  return { 'Fn::Or': parts.map(anyOf) };
}

interface RegionalProperties {
  regions: string[];
  properties: JsonObject;
}

/**
 * Returns the properties of a resource that may differ between Regions. The Regions' condition selects a property that differs.
 * Source: CloudFormation Template Reference, "Condition functions" ("Fn::If") and "Pseudo parameters reference"
 * ("AWS::NoValue").
 */
function propertiesByRegion(parts: RegionalProperties[]): JsonObject {
  const names = new Set(parts.flatMap(({ properties }) => Object.keys(properties)));
  return Object.fromEntries([...names].map((name) => [name, propertyByRegion(name, parts)]));
}

function propertyByRegion(name: string, [first, ...others]: RegionalProperties[]): JsonValue {
  const value = first?.properties[name] ?? { Ref: 'AWS::NoValue' };
  if (!first || others.length === 0) return value;
  const valueElsewhere = propertyByRegion(name, others);
  if (JSON.stringify(valueElsewhere) === JSON.stringify(value)) return value;
  return { 'Fn::If': [regionsId(first.regions), value, valueElsewhere] };
}

/** The lengths of an SRT password, as in `checkKey`. */
const PASSWORD_LENGTH = { min: 10, max: 80 };

/** Matches text in quotation marks that aren't part of the password, and JSON. `checkKey` rejects both too. */
const WRAPPED_PASSWORD = [`"`, `'`, '`']
  .map((mark) => `${mark}.*${mark}`)
  .concat('\\{.*".*\\}', '\\[.*".*\\]')
  .join('|');

/**
 * Returns the parameter for a key. CloudFormation masks it (`NoEcho`) and rejects values that can't be the key. Source:
 * CloudFormation User Guide, "Parameters".
 */
export function keyParameter(secret: PlannedSecret): JsonObject {
  const { keyType, name, places } = secret;
  const description = messages.key[keyType](name);
  return {
    Type: 'String',
    NoEcho: true,
    Description: places.length > 1 ? `${description}, ${messages.sameEverywhere}` : description,
    ...(keyType === 'static-key' ? staticKeyConstraints(secret) : passwordConstraints()),
  };
}

function staticKeyConstraints({ algorithm }: PlannedSecret): JsonObject {
  const lengths = (algorithm ? [algorithm] : ALGORITHMS).map((each) => KEY_LENGTH[each]);
  return {
    AllowedPattern: `^(${lengths.map((length) => `[0-9A-Fa-f]{${length}}`).join('|')})$`,
    MinLength: Math.min(...lengths),
    MaxLength: Math.max(...lengths),
    ConstraintDescription: messages.keyRule['static-key'](lengths),
  };
}

/** As in `checkKey`, a password has printable characters, without leading or trailing spaces. */
function passwordConstraints(): JsonObject {
  const { min, max } = PASSWORD_LENGTH;
  return {
    AllowedPattern: `^(?!(${WRAPPED_PASSWORD})$)[!-~][ -~]{${min - 2},${max - 2}}[!-~]$`,
    MinLength: min,
    MaxLength: max,
    ConstraintDescription: messages.keyRule['srt-password'],
  };
}

/**
 * Returns the settings with which Secrets Manager generates a static key: all characters except hexadecimal digits are excluded.
 * Source: CloudFormation Template Reference, "AWS::SecretsManager::Secret GenerateSecretString".
 */
function generationSettings(digits: number): JsonObject {
  return {
    PasswordLength: digits,
    ExcludeUppercase: true,
    ExcludePunctuation: true,
    ExcludeCharacters: 'ghijklmnopqrstuvwxyz',
    RequireEachIncludedType: false,
  };
}
