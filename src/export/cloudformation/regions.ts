import { createHash } from 'node:crypto';
import type { JsonObject } from '../../policy/index.ts';
import { inOneWord } from '../ids.ts';

/** `Fn::Or` takes two to ten conditions. Source: CloudFormation Template Reference, "Condition functions". */
const MOST_ALTERNATIVES = 10;

/** How many Regions the name of a condition names; a longer list is told by its digest. */
const MOST_NAMED = 3;

/** The name of the condition that holds in these Regions. It does not depend on their order. */
export function conditionName(regions: string[]): string {
  const sorted = [...regions].sort();
  if (sorted.length <= MOST_NAMED) return `In${sorted.map(inOneWord).join('Or')}`;
  const digest = createHash('sha256').update(sorted.join(' ')).digest('hex').slice(0, 8);
  return `In${inOneWord(sorted[0] ?? '')}OrOneOf${sorted.length - 1}More${digest}`;
}

/** A condition for each set of Regions, by its name. */
export function regionConditions(sets: string[][]): JsonObject {
  return Object.fromEntries(
    sets.map((regions) => [conditionName(regions), anyOf([...regions].sort().map(isIn))]),
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
