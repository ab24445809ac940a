import type { JsonObject, JsonValue } from '../../../policy/index.ts';
import { inRegions } from '../ids.ts';

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
export interface InRegions {
  regions: string[];
  properties: JsonObject;
}

/**
 * The properties of a resource that is not the same in all its Regions: one that differs is chosen by the Region's condition.
 * Source: CloudFormation Template Reference, "Condition functions" ("Fn::If") and "Pseudo parameters reference" ("AWS::NoValue").
 */
export function byRegion(parts: InRegions[]): JsonObject {
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
