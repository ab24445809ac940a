/**
 * Descriptions of operation inputs: the constraints that AWS publishes in its service models, and the TypeScript types derived
 * from them.
 */

/** What all shapes have in common. A member is optional unless it is marked as required. */
interface BaseShape {
  readonly required?: true;
}

export interface TextShape extends BaseShape {
  readonly type: 'text';
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
  /** The complete message for a value that does not match `pattern`, if the service has its own. */
  readonly mismatchMessage?: string | ((value: string) => string);
  /** The code and message of the error for a missing member, if the service has its own. */
  readonly missingError?: readonly [code: string, message: string];
  /** True for a secret value: its length is measured in bytes, and error messages never contain it. */
  readonly secret?: true;
}

export interface NumberShape extends BaseShape {
  readonly type: 'number';
  readonly min?: number;
  readonly max?: number;
}

export interface FlagShape extends BaseShape {
  readonly type: 'flag';
}

export interface ListShape extends BaseShape {
  readonly type: 'list';
  readonly member: Shape;
  readonly min?: number;
  readonly max?: number;
}

export interface RecordShape extends BaseShape {
  readonly type: 'record';
  readonly members: Members;
}

/** Values by arbitrary keys, such as tags. */
export interface MapShape extends BaseShape {
  readonly type: 'map';
  readonly value: Shape;
}

/** A structure that is stored as is, without validation. */
export interface OpaqueShape extends BaseShape {
  readonly type: 'opaque';
}

export type Shape = TextShape | NumberShape | FlagShape | ListShape | RecordShape | MapShape | OpaqueShape;
export type Members = { readonly [name: string]: Shape };

export type ValueOf<S> = S extends { type: 'text' }
  ? string
  : S extends { type: 'number' }
    ? number
    : S extends { type: 'flag' }
      ? boolean
      : S extends { type: 'list'; member: infer M }
        ? ValueOf<M>[]
        : S extends { type: 'map'; value: infer V }
          ? Readonly<Record<string, ValueOf<V>>>
          : S extends { type: 'record'; members: infer M }
            ? InputOf<M>
            : S extends { type: 'opaque' }
              ? object
              : never;

type RequiredNames<M> = { [K in keyof M]: M[K] extends { required: true } ? K : never }[keyof M];

/** The typed input of an operation with these members. */
export type InputOf<M> = { [K in RequiredNames<M>]: ValueOf<M[K]> } & {
  [K in Exclude<keyof M, RequiredNames<M>>]?: ValueOf<M[K]>;
};

export const text = (constraints: Omit<TextShape, 'type' | 'required'> = {}): TextShape => ({
  type: 'text',
  ...constraints,
});
export const number = (constraints: Omit<NumberShape, 'type' | 'required'> = {}): NumberShape => ({
  type: 'number',
  ...constraints,
});
export const flag: FlagShape = { type: 'flag' };
export const opaque: OpaqueShape = { type: 'opaque' };

export function list<M extends Shape>(
  member: M,
  limits: { min?: number; max?: number } = {},
): Omit<ListShape, 'member'> & { readonly member: M } {
  return { type: 'list', member, ...limits };
}

export function record<M extends Members>(
  members: M,
): Omit<RecordShape, 'members'> & { readonly members: M } {
  return { type: 'record', members };
}

export function map<V extends Shape>(value: V): Omit<MapShape, 'value'> & { readonly value: V } {
  return { type: 'map', value };
}

export function required<S extends Shape>(shape: S): S & { readonly required: true } {
  return { ...shape, required: true };
}

/** Escaped as AWS shows them in its error messages, which contain the pattern. */
const TAB_LF_CR = '\\u0009\\u000A\\u000D';

/** Source: `policyDocumentType` in the API models of IAM and STS. */
export const documentPattern = new RegExp(`^[${TAB_LF_CR}\\u0020-\\u00FF]+$`);

/** Source: `roleDescriptionType` in the API model of IAM. */
export const descriptionPattern = new RegExp(`^[${TAB_LF_CR}\\u0020-\\u007E\\u00A1-\\u00FF]*$`);

export interface Tag {
  Key: string;
  Value: string;
}

export const MAX_TAGS = 50;

const ALLOWED_CHARACTERS = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';
const tagKeyPattern = new RegExp(`^${ALLOWED_CHARACTERS}+$`, 'u');
export const tagValuePattern = new RegExp(`^${ALLOWED_CHARACTERS}*$`, 'u');

const tagKey = text({ min: 1, max: 128, pattern: tagKeyPattern });
const tagValue = text({ max: 256, pattern: tagValuePattern });

/** Tags in the form that IAM and STS accept. */
export const tagList = list(record({ Key: required(tagKey), Value: required(tagValue) }), { max: MAX_TAGS });
export const tagKeyList = list(tagKey, { max: MAX_TAGS });

/** True if a tag key is reserved for AWS. */
export const isReservedTagKey = (key: string): boolean => /^aws:/i.test(key);

/** Returns the number of tags that count toward the limit. Tags set by AWS do not. */
export const countUserTags = (tags: readonly Tag[]): number =>
  tags.filter((tag) => !isReservedTagKey(tag.Key)).length;

/** Returns the existing and the added tags. If a key already exists, the new value replaces the old one. */
export function mergeTags(existing: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map(existing.map((tag) => [tag.Key, tag]));
  for (const tag of added) byKey.set(tag.Key, { Key: tag.Key, Value: tag.Value });
  return [...byKey.values()];
}

export function withoutTags(existing: readonly Tag[], keys: readonly string[]): Tag[] {
  return existing.filter((tag) => !keys.includes(tag.Key));
}
