import type { JsonObject, JsonValue } from '../../policy/index.ts';
import { templateWords as words } from '../../report/words/export-template.ts';
import { idOf, withIds } from '../ids.ts';
import type { ExportPlan, PlannedSecret } from '../types.ts';
import { keyParameter } from './key-parameter.ts';
import { demandWithinLimits } from './limits.ts';
import { conditionName, regionConditions } from './regions.ts';
import {
  generatedDigits,
  HOME,
  policyResource,
  regionsOf,
  roleResource,
  secretResource,
} from './resources.ts';

/** A template in CloudFormation's own spelling. */
export interface Template extends JsonObject {
  AWSTemplateFormatVersion: string;
  Description: string;
  Parameters: JsonObject;
  Conditions: JsonObject;
  Resources: JsonObject;
  Outputs: JsonObject;
}

/** A key of the template, and how it gets there. */
export interface TemplateKey {
  secret: PlannedSecret;
  /** The parameter that takes it; absent when Secrets Manager makes it. */
  parameter?: string;
}

/**
 * One template for every Region of every account: each secret where its key is used, the policies and roles in the home Region.
 * @throws Failure when CloudFormation would not take as much
 */
export function buildTemplate(
  plan: ExportPlan,
  homeRegion: string,
): { template: Template; keys: TemplateKey[] } {
  const stored = withIds(plan.secrets.filter((secret) => secret.stored));
  const parameters = stored.flatMap(({ id, secret }) =>
    generatedDigits(secret) === undefined ? [[`${id}Key`, keyParameter(secret)] as const] : [],
  );
  const template: Template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: words.description(stored.length, homeRegion),
    Parameters: { HomeRegion: homeParameter(homeRegion), ...Object.fromEntries(parameters) },
    Conditions: {
      [HOME]: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, { Ref: 'HomeRegion' }] },
      ...regionConditions(stored.map(({ secret }) => regionsOf(secret))),
    },
    Resources: {
      ...Object.fromEntries(stored.map(({ id, secret }) => [`${id}Secret`, secretResource(id, secret)])),
      ...Object.fromEntries(
        plan.policies.map((policy) => [`${idOf(policy.name)}Policy`, policyResource(policy)]),
      ),
      ...Object.fromEntries(plan.roles.map((role) => [`${idOf(role.name)}Role`, roleResource(role)])),
    },
    Outputs: outputsOf(plan, stored),
  };
  demandWithinLimits(template);
  const keys = stored.map(({ id, secret }) => ({
    secret,
    ...(generatedDigits(secret) === undefined ? { parameter: `${id}Key` } : {}),
  }));
  return { template, keys };
}

function homeParameter(homeRegion: string): JsonObject {
  return {
    Type: 'String',
    Default: homeRegion,
    Description: words.homeRegion,
    AllowedPattern: '^[a-z]{2}(-[a-z]+)+-[0-9]+$',
    ConstraintDescription: words.homeRegionRule,
  };
}

function outputsOf(plan: ExportPlan, stored: { id: string; secret: PlannedSecret }[]): JsonObject {
  const output = (Condition: string, Description: string, Value: JsonValue) => ({
    Condition,
    Description,
    Value,
  });
  const secrets = stored.map(({ id, secret }) => [
    `${id}SecretArn`,
    output(conditionName(regionsOf(secret)), words.secretOutput(secret.name), { Ref: `${id}Secret` }),
  ]);
  const policies = plan.policies.map(({ name }) => [
    `${idOf(name)}PolicyArn`,
    output(HOME, words.policyOutput(name), { Ref: `${idOf(name)}Policy` }),
  ]);
  const roles = plan.roles.map(({ name }) => [
    `${idOf(name)}RoleArn`,
    output(HOME, words.roleOutput(name), { 'Fn::GetAtt': [`${idOf(name)}Role`, 'Arn'] }),
  ]);
  return Object.fromEntries([...secrets, ...policies, ...roles]);
}
