import {
  type ConditionClause,
  type JsonPolicy,
  type JsonStatement,
  OLD_VERSION,
  type PolicyDocument,
  type PrincipalClause,
  parsePolicy,
  type Statement,
  tryParsePolicy,
} from './document.ts';

/**
 * Returns true if two documents are equivalent. Ignores the order of statements, lists and conditions, and repeated items. Also
 * ignores the case of actions and context keys, `Sid`, `Id`, and account IDs in place of root ARNs. `Version` matters only if
 * there are policy variables. A document with an unknown element is not equivalent to any other.
 */
export function samePolicy(a: PolicyDocument, b: PolicyDocument): boolean {
  if (hasUnknownElements(a) || hasUnknownElements(b)) return false;
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

/** Returns true if a policy text is equivalent to a document. A text that can't be parsed is not equivalent to any. */
export function isEquivalent(text: string, document: JsonPolicy): boolean {
  const [current, desired] = [tryParsePolicy(text), tryParsePolicy(JSON.stringify(document))];
  return current !== undefined && desired !== undefined && samePolicy(current, desired);
}

/**
 * Returns a string that is equal for equivalent statements, in documents of the same version.
 * @throws PolicyParseError if it is not a statement
 */
export function statementKey(statement: JsonStatement): string {
  return parsePolicy(JSON.stringify({ Statement: statement }))
    .statements.map(canonicalStatement)
    .join();
}

/**
 * Returns how `theirs` differs from `ours`: one short line for each statement that only theirs has (`has: …`) or that only ours
 * has (`lacks: …`). Empty if they are equivalent.
 */
export function describeDifference(ours: PolicyDocument, theirs: PolicyDocument): string[] {
  if (samePolicy(ours, theirs)) return [];
  const lines = [
    ...statementsOnlyIn(theirs, ours).map((statement) => `has: ${describeStatement(statement)}`),
    ...theirs.unknownElements.map((name) => `has: the element ${name}`),
    ...statementsOnlyIn(ours, theirs).map((statement) => `lacks: ${describeStatement(statement)}`),
  ];
  return lines.length > 0 ? lines : [`has: Version ${theirs.version} (ours: ${ours.version})`];
}

function statementsOnlyIn(document: PolicyDocument, other: PolicyDocument): Statement[] {
  const otherStatements = new Set(other.statements.map(canonicalStatement));
  return document.statements.filter(
    (statement) =>
      statement.unknownElements.length > 0 || !otherStatements.has(canonicalStatement(statement)),
  );
}

function canonical(document: PolicyDocument): unknown {
  const statements = sorted(document.statements.map(canonicalStatement));
  const hasVariables = statements.some((statement) => statement.includes('${'));
  return [hasVariables ? document.version : OLD_VERSION, statements];
}

function hasUnknownElements({ statements, unknownElements }: PolicyDocument): boolean {
  return [unknownElements, ...statements.map((statement) => statement.unknownElements)].flat().length > 0;
}

function canonicalStatement(statement: Statement): string {
  const { effect, principals, actions, resources, conditions, unknownElements } = statement;
  return JSON.stringify([
    effect,
    principals && [principals.negated, sorted(principals.entries.flatMap(canonicalPrincipals))],
    [actions.negated, sorted(actions.values.map((action) => action.toLowerCase()))],
    resources && [resources.negated, sorted(resources.values)],
    sorted(conditions.map(canonicalCondition)),
    sorted(unknownElements),
  ]);
}

function canonicalCondition({ operator, key, values }: ConditionClause): string {
  return JSON.stringify([operator, key.toLowerCase(), sorted(values)]);
}

function canonicalPrincipals({ type, values }: PrincipalClause['entries'][number]): string[] {
  return values.map((value) => `${type} ${value.replace(/^arn:[^:]+:iam::(\d{12}):root$/, '$1')}`);
}

function describeStatement(statement: Statement): string {
  const { effect, principals, actions, resources, conditions, unknownElements } = statement;
  const listed = (values: string[]) => shortList(values, 4);
  const principalTexts = principals?.entries.map(({ type, values }) =>
    type === '*' ? '*' : `${type} ${listed(values)}`,
  );
  return [
    effect,
    `${actions.negated ? 'all but ' : ''}${listed(actions.values)}`,
    ...(resources ? [`on ${resources.negated ? 'all but ' : ''}${listed(resources.values)}`] : []),
    ...(principalTexts ? [`${principals?.negated ? 'to all but' : 'to'} ${principalTexts.join(', ')}`] : []),
    ...conditions.map(({ operator, key, values }) => `if ${operator} ${key} ${listed(values)}`),
    ...unknownElements.map((name) => `with ${name}`),
  ].join(' ');
}

/** Shortens a long list to its first entries, to fit a line in a terminal. */
export function shortList(values: readonly string[], maxShown = 3): string {
  const shown = values.slice(0, maxShown).join(', ');
  return values.length > maxShown ? `${shown} and ${values.length - maxShown} more` : shown;
}

function sorted(values: string[]): string[] {
  return [...new Set(values)].sort();
}
