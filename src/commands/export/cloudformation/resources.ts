import { DEFAULTS } from '../../../defaults.ts';
import { KEY_LENGTH } from '../../../key/index.ts';
import type { JsonObject, JsonValue } from '../../../policy/index.ts';
import { idOf, inRegions, type NamedSecret } from '../ids.ts';
import type { PlannedPolicy, PlannedRole, PlannedSecret } from '../types.ts';
import { generatedKey } from './key-parameter.ts';
import { pseudoParameter, withPseudoParameters } from './pseudo-parameters.ts';
import { byRegion } from './regions.ts';

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
