import { type JsonPolicy, type JsonStatement, readJsonPolicy, statementKey } from '../../policy/index.ts';

/** Statements of a trust policy by `statementKey`, which is the same for equivalent texts: IAM may rewrite a text. */
type Statements = Map<string, JsonStatement>;

/** What this run knows about a trust policy to which it adds a statement. */
export interface TrustUpdateState {
  /** Existing statements that the plan or a read before the first write showed. Every document sent includes them. */
  known: Statements;
  /** Statements that appeared only after a document was sent without them. The final policy must include them. */
  overwritten: Statements;
  /** Keys of the statements that this run adds. */
  added: Set<string>;
  /** True once a document was sent that IAM may have accepted. */
  sent: boolean;
  /** Keys of the statements in the last document sent, if IAM accepted it. That document is not sent again. */
  accepted: Set<string> | undefined;
  /** Known statements that the last read did not show. */
  missing: JsonStatement[];
  /** Keys of the statements that the last read showed. */
  shown: ReadonlySet<string>;
}

/** What to do after a read: send this document, read again, or nothing because the policy is as desired. */
export type NextAction = JsonPolicy | 'done' | 'read-again';

/** @param planned the trust policy that the plan was based on */
export function newTrustUpdate(planned: string): TrustUpdateState {
  return {
    known: statementsOf(readJsonPolicy(planned)),
    overwritten: new Map(),
    added: new Set(),
    sent: false,
    accepted: undefined,
    missing: [],
    shown: new Set(),
  };
}

/**
 * Records what a read has shown and returns what to do next. A document to send always differs from what IAM shows or has
 * accepted, and includes every known statement.
 * @param shown the trust policy that was read
 * @param desired the same policy with the statement for MediaConnect
 */
export function nextAction(state: TrustUpdateState, shown: JsonPolicy, desired: JsonPolicy): NextAction {
  const statements = statementsOf(shown);
  state.shown = new Set(statements.keys());
  const isNew = noteShown(state, statements);
  const unrestored = [...state.overwritten].filter(([key]) => !statements.has(key));
  if (desired.Statement.length === shown.Statement.length && unrestored.length === 0) return 'done';
  const missing = [...state.known].filter(([key]) => !statements.has(key));
  state.missing = missing.map(([, statement]) => statement);
  if (isNew || missing.length > 0) return 'read-again';
  const document = withStatements(desired, unrestored);
  return isAccepted(state, document) ? 'read-again' : document;
}

/** Records that a document is being sent. */
export function noteSent(state: TrustUpdateState, document: JsonPolicy): void {
  state.accepted = undefined;
  const isKnown = (key: string) => state.known.has(key) || state.overwritten.has(key);
  for (const key of statementsOf(document).keys()) if (!isKnown(key)) state.added.add(key);
}

/** Records that IAM accepted the document. */
export function noteAccepted(state: TrustUpdateState, document: JsonPolicy): void {
  state.sent = true;
  state.accepted = new Set(statementsOf(document).keys());
}

/** Returns the overwritten statements that the last read did not show and that no accepted document has restored. */
export function lostStatements({ overwritten, accepted, shown }: TrustUpdateState): JsonStatement[] {
  const lost = [...overwritten].filter(([key]) => !accepted?.has(key) && !shown.has(key));
  return lost.map(([, statement]) => statement);
}

/** Records new statements, and returns whether the read showed any. */
function noteShown(state: TrustUpdateState, shown: Statements): boolean {
  const { known, overwritten, added, sent } = state;
  const isNew = (key: string) => !known.has(key) && !overwritten.has(key) && !added.has(key);
  const newStatements = [...shown].filter(([key]) => isNew(key));
  for (const [key, statement] of newStatements) (sent ? overwritten : known).set(key, statement);
  return newStatements.length > 0;
}

function isAccepted({ accepted }: TrustUpdateState, document: JsonPolicy): boolean {
  return accepted !== undefined && [...statementsOf(document).keys()].every((key) => accepted.has(key));
}

/** Returns the policy with these statements added. Drops a `Sid` that is already in use. */
function withStatements(policy: JsonPolicy, statements: [string, JsonStatement][]): JsonPolicy {
  const ids = new Set(policy.Statement.map(({ Sid }) => Sid));
  const added = statements.map(([, { Sid, ...rest }]) =>
    Sid === undefined || ids.has(Sid) ? rest : { Sid, ...rest },
  );
  return { ...policy, Statement: [...policy.Statement, ...added] };
}

function statementsOf({ Statement }: JsonPolicy): Statements {
  return new Map(Statement.map((statement) => [statementKey(statement), statement]));
}
