import { AwsError } from './errors.ts';
import type { InputOf, ListShape, Members, NumberShape, Shape, TextShape } from './shapes.ts';

/** How a protocol represents values, and which error codes its services return for invalid ones. */
export interface Dialect {
  readonly validationCode: string;
  /** The code for a value of the wrong type. */
  readonly typeCode: string;
  /** True if every scalar arrives as text. */
  readonly scalarsAreText: boolean;
}

interface Reader {
  readonly dialect: Dialect;
  readonly problems: string[];
  /** The error for the first violated constraint for which the service has its own message. */
  ownError?: AwsError;
}

/**
 * Converts the values of a request into the typed input of an operation. Unknown members are ignored, as in AWS.
 * @throws AwsError the service's validation error, which lists every violated constraint in AWS's own words.
 */
export function decodeInput<M extends Members>(
  members: M,
  raw: Record<string, unknown>,
  dialect: Dialect,
): InputOf<M> {
  const reader: Reader = { dialect, problems: [] };
  const value = readMembers(reader, members, raw, '');
  if (reader.problems.length > 0) {
    const count = reader.problems.length;
    const heading = `${count} validation error${count === 1 ? '' : 's'} detected`;
    throw new AwsError(dialect.validationCode, `${heading}: ${reader.problems.join('; ')}`);
  }
  if (reader.ownError) {
    throw reader.ownError;
  }
  return value as InputOf<M>;
}

function readMembers(
  reader: Reader,
  members: Members,
  raw: Record<string, unknown>,
  prefix: string,
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(members)) {
    const path = `${prefix}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const given = Object.hasOwn(raw, name) ? raw[name] : undefined;
    if (given === undefined || given === null) {
      if (shape.required && shape.type === 'text' && shape.absent) {
        reader.ownError ??= new AwsError(...shape.absent);
      } else if (shape.required) {
        complain(reader, 'null', path, 'Member must not be null');
      }
      continue;
    }
    value[name] = readValue(reader, shape, given, path);
  }
  return value;
}

function readValue(reader: Reader, shape: Shape, given: unknown, path: string): unknown {
  switch (shape.type) {
    case 'text':
      return readText(reader, shape, given, path);
    case 'number':
      return readNumber(reader, shape, given, path);
    case 'flag':
      return readFlag(reader, given);
    case 'list':
      return readList(reader, shape, given, path);
    case 'record':
      return readMembers(reader, shape.members, { ...demandObject(reader, given) }, `${path}.`);
    case 'opaque':
      return demandObject(reader, given);
    case 'map':
      return Object.fromEntries(
        Object.entries(demandObject(reader, given)).map(([key, value]) => [
          key,
          readValue(reader, shape.value, value, `${path}.${key}.member`),
        ]),
      );
  }
}

function demandObject(reader: Reader, given: unknown): object {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw wrongType(reader, given, 'Structure');
  }
  return given;
}

function readText(reader: Reader, shape: TextShape, given: unknown, path: string): string {
  if (typeof given !== 'string') {
    throw wrongType(reader, given, 'String');
  }
  const shown = shape.secret ? undefined : `'${given}'`;
  checkSize(reader, shape, shape.secret ? Buffer.byteLength(given) : given.length, 'length', shown, path);
  if (shape.oneOf && !shape.oneOf.includes(given)) {
    complain(reader, shown, path, `Member must satisfy enum value set: [${shape.oneOf.join(', ')}]`);
  }
  if (shape.pattern && !shape.pattern.test(given)) {
    if (shape.invalid !== undefined) {
      const message = typeof shape.invalid === 'string' ? shape.invalid : shape.invalid(given);
      reader.ownError ??= new AwsError(reader.dialect.validationCode, message);
    } else {
      const pattern = shape.pattern.source.replace(/^\^(?:\(\?:)?|\)?\$$/g, '');
      complain(reader, shown, path, `Member must satisfy regular expression pattern: ${pattern}`);
    }
  }
  return given;
}

function readNumber(reader: Reader, shape: NumberShape, given: unknown, path: string): number {
  const value =
    reader.dialect.scalarsAreText && typeof given === 'string' ? Number(given || Number.NaN) : given;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw wrongType(reader, given, 'Integer');
  }
  checkSize(reader, shape, value, 'value', `'${value}'`, path);
  return value;
}

function readFlag(reader: Reader, given: unknown): boolean {
  if (reader.dialect.scalarsAreText && (given === 'true' || given === 'false')) {
    return given === 'true';
  }
  if (typeof given !== 'boolean') {
    throw wrongType(reader, given, 'Boolean');
  }
  return given;
}

function readList(reader: Reader, shape: ListShape, given: unknown, path: string): unknown[] {
  const items = given === '' && reader.dialect.scalarsAreText ? [] : given;
  if (!Array.isArray(items)) {
    throw wrongType(reader, given, 'List');
  }
  checkSize(reader, shape, items.length, 'length', `'[${items.length} members]'`, path);
  // If the list is too long, the items beyond the maximum are not validated: the request is rejected anyway.
  const read = items.slice(0, shape.max);
  return read.map((item, index) => readValue(reader, shape.member, item, `${path}.${index + 1}.member`));
}

function checkSize(
  reader: Reader,
  limits: { readonly min?: number; readonly max?: number },
  size: number,
  measure: 'length' | 'value',
  shown: string | undefined,
  path: string,
): void {
  if (limits.min !== undefined && size < limits.min) {
    complain(reader, shown, path, `Member must have ${measure} greater than or equal to ${limits.min}`);
  }
  if (limits.max !== undefined && size > limits.max) {
    complain(reader, shown, path, `Member must have ${measure} less than or equal to ${limits.max}`);
  }
}

function complain(reader: Reader, shown: string | undefined, path: string, constraint: string): void {
  const value = shown === undefined ? 'Value' : `Value ${shown}`;
  reader.problems.push(`${value} at '${path}' failed to satisfy constraint: ${constraint}`);
}

function wrongType(reader: Reader, given: unknown, wanted: string): AwsError {
  const kind = Array.isArray(given) ? 'START_ARRAY' : `${typeof given}`.toUpperCase();
  return new AwsError(reader.dialect.typeCode, `${kind}_VALUE cannot be converted to ${wanted}`);
}
