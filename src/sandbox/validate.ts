import { AwsError } from './errors.ts';
import type { InputOf, ListShape, Members, NumberShape, Shape, TextShape } from './shapes.ts';

/** How a protocol represents values, and which error codes its services return for invalid ones. */
export interface Dialect {
  readonly validationCode: string;
  /** The code for a value of the wrong type. */
  readonly wrongTypeCode: string;
  /** True if every scalar arrives as text. */
  readonly scalarsAreText: boolean;
}

/** The state of the validation of one request. */
interface Validation {
  readonly dialect: Dialect;
  readonly violations: string[];
  /** The service's own error, for the first violated constraint that has one. */
  customError?: AwsError;
}

/**
 * Converts the values of a request into the typed input of an operation. Unknown members are ignored, as in AWS.
 * @throws AwsError the service's validation error, which lists every violated constraint in AWS's own words.
 */
export function decodeInput<M extends Members>(
  members: M,
  rawMembers: Record<string, unknown>,
  dialect: Dialect,
): InputOf<M> {
  const validation: Validation = { dialect, violations: [] };
  const value = decodeMembers(validation, members, rawMembers, '');
  if (validation.violations.length > 0) {
    const count = validation.violations.length;
    const heading = `${count} validation error${count === 1 ? '' : 's'} detected`;
    throw new AwsError(dialect.validationCode, `${heading}: ${validation.violations.join('; ')}`);
  }
  if (validation.customError) throw validation.customError;
  return value as InputOf<M>;
}

function decodeMembers(
  validation: Validation,
  members: Members,
  rawMembers: Record<string, unknown>,
  prefix: string,
): Record<string, unknown> {
  const value: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(members)) {
    const path = `${prefix}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const rawValue = Object.hasOwn(rawMembers, name) ? rawMembers[name] : undefined;
    if (rawValue === undefined || rawValue === null) {
      if (shape.required && shape.type === 'text' && shape.missingError) {
        validation.customError ??= new AwsError(...shape.missingError);
      } else if (shape.required) {
        addViolation(validation, 'null', path, 'not be null');
      }
      continue;
    }
    value[name] = decodeValue(validation, shape, rawValue, path);
  }
  return value;
}

function decodeValue(validation: Validation, shape: Shape, rawValue: unknown, path: string): unknown {
  switch (shape.type) {
    case 'text':
      return decodeText(validation, shape, rawValue, path);
    case 'number':
      return decodeNumber(validation, shape, rawValue, path);
    case 'flag':
      return decodeFlag(validation, rawValue);
    case 'list':
      return decodeList(validation, shape, rawValue, path);
    case 'record':
      return decodeMembers(validation, shape.members, { ...objectOrThrow(validation, rawValue) }, `${path}.`);
    case 'opaque':
      return objectOrThrow(validation, rawValue);
    case 'map':
      return Object.fromEntries(
        Object.entries(objectOrThrow(validation, rawValue)).map(([key, value]) => [
          key,
          decodeValue(validation, shape.value, value, `${path}.${key}.member`),
        ]),
      );
  }
}

function objectOrThrow(validation: Validation, rawValue: unknown): object {
  if (typeof rawValue !== 'object' || rawValue === null || Array.isArray(rawValue)) {
    throw wrongTypeError(validation, rawValue, 'Structure');
  }
  return rawValue;
}

function decodeText(validation: Validation, shape: TextShape, rawValue: unknown, path: string): string {
  if (typeof rawValue !== 'string') throw wrongTypeError(validation, rawValue, 'String');
  const displayedValue = shape.secret ? undefined : `'${rawValue}'`;
  const length = shape.secret ? Buffer.byteLength(rawValue) : rawValue.length;
  checkSize(validation, shape, length, 'length', displayedValue, path);
  if (shape.oneOf && !shape.oneOf.includes(rawValue)) {
    addViolation(validation, displayedValue, path, `satisfy enum value set: [${shape.oneOf.join(', ')}]`);
  }
  if (shape.pattern && !shape.pattern.test(rawValue)) {
    const { mismatchMessage } = shape;
    if (mismatchMessage !== undefined) {
      const message = typeof mismatchMessage === 'string' ? mismatchMessage : mismatchMessage(rawValue);
      validation.customError ??= new AwsError(validation.dialect.validationCode, message);
    } else {
      // AWS's messages show a pattern without its anchors.
      const pattern = shape.pattern.source.replace(/^\^(?:\(\?:)?|\)?\$$/g, '');
      addViolation(validation, displayedValue, path, `satisfy regular expression pattern: ${pattern}`);
    }
  }
  return rawValue;
}

function decodeNumber(validation: Validation, shape: NumberShape, rawValue: unknown, path: string): number {
  const value =
    validation.dialect.scalarsAreText && typeof rawValue === 'string'
      ? Number(rawValue || Number.NaN)
      : rawValue;
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) {
    throw wrongTypeError(validation, rawValue, 'Integer');
  }
  checkSize(validation, shape, value, 'value', `'${value}'`, path);
  return value;
}

function decodeFlag(validation: Validation, rawValue: unknown): boolean {
  if (validation.dialect.scalarsAreText && (rawValue === 'true' || rawValue === 'false')) {
    return rawValue === 'true';
  }
  if (typeof rawValue !== 'boolean') throw wrongTypeError(validation, rawValue, 'Boolean');
  return rawValue;
}

function decodeList(validation: Validation, shape: ListShape, rawValue: unknown, path: string): unknown[] {
  const items = rawValue === '' && validation.dialect.scalarsAreText ? [] : rawValue;
  if (!Array.isArray(items)) throw wrongTypeError(validation, rawValue, 'List');
  checkSize(validation, shape, items.length, 'length', `'[${items.length} members]'`, path);
  // If the list is too long, the items beyond the maximum are not validated: the request is rejected anyway.
  const itemsToDecode = items.slice(0, shape.max);
  return itemsToDecode.map((item, index) =>
    decodeValue(validation, shape.member, item, `${path}.${index + 1}.member`),
  );
}

function checkSize(
  validation: Validation,
  limits: { readonly min?: number; readonly max?: number },
  size: number,
  measure: 'length' | 'value',
  displayedValue: string | undefined,
  path: string,
): void {
  if (limits.min !== undefined && size < limits.min) {
    addViolation(validation, displayedValue, path, `have ${measure} greater than or equal to ${limits.min}`);
  }
  if (limits.max !== undefined && size > limits.max) {
    addViolation(validation, displayedValue, path, `have ${measure} less than or equal to ${limits.max}`);
  }
}

/**
 * @param displayedValue the value as the message shows it; undefined for a secret value.
 * @param requirement what the member must do, such as `not be null`.
 */
function addViolation(
  validation: Validation,
  displayedValue: string | undefined,
  path: string,
  requirement: string,
): void {
  const value = displayedValue === undefined ? 'Value' : `Value ${displayedValue}`;
  validation.violations.push(
    `${value} at '${path}' failed to satisfy constraint: Member must ${requirement}`,
  );
}

function wrongTypeError(validation: Validation, rawValue: unknown, expectedType: string): AwsError {
  const kind = Array.isArray(rawValue) ? 'START_ARRAY' : `${typeof rawValue}`.toUpperCase();
  return new AwsError(
    validation.dialect.wrongTypeCode,
    `${kind}_VALUE cannot be converted to ${expectedType}`,
  );
}
