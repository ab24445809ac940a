/** Descriptions of operation inputs: the constraints AWS publishes in its service models, and the TypeScript type they give. */

interface Optional {
  readonly required?: true;
}

export interface TextShape extends Optional {
  readonly type: 'text';
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
  /** The whole message for a value that breaks `pattern`, for services that say it in a sentence of their own. */
  readonly invalid?: string | ((value: string) => string);
  /** The code and message for a request without this member, for services that have their own. */
  readonly absent?: readonly [code: string, message: string];
  /** A secret value: measured in bytes and never repeated in an error. */
  readonly secret?: true;
}

export interface NumberShape extends Optional {
  readonly type: 'number';
  readonly min?: number;
  readonly max?: number;
}

export interface FlagShape extends Optional {
  readonly type: 'flag';
}

export interface ListShape extends Optional {
  readonly type: 'list';
  readonly member: Shape;
  readonly min?: number;
  readonly max?: number;
}

export interface RecordShape extends Optional {
  readonly type: 'record';
  readonly members: Members;
}

/** Values by keys of any name, such as tags. */
export interface MapShape extends Optional {
  readonly type: 'map';
  readonly value: Shape;
}

/** A structure that is kept as it is given, without a look at it. */
export interface OpaqueShape extends Optional {
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
  [K in Exclude<keyof M, RequiredNames<M>>]?: ValueOf<M[K]> | undefined;
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

/** The character sets of documents and descriptions, written as AWS shows them in its error messages. */
const TAB_LF_CR = '\\u0009\\u000A\\u000D';

/** Source: `policyDocumentType` in the API models of IAM and STS. */
export const documentText = new RegExp(`^[${TAB_LF_CR}\\u0020-\\u00FF]+$`);

/** Source: `roleDescriptionType` in the API model of IAM. */
export const descriptionText = new RegExp(`^[${TAB_LF_CR}\\u0020-\\u007E\\u00A1-\\u00FF]*$`);

export interface Tag {
  Key: string;
  Value: string;
}

export const MAX_TAGS = 50;

const ALLOWED = '[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]';
const keyPattern = new RegExp(`^${ALLOWED}+$`, 'u');
const valuePattern = new RegExp(`^${ALLOWED}*$`, 'u');

const tagKey = text({ min: 1, max: 128, pattern: keyPattern });
const tagValue = text({ max: 256, pattern: valuePattern });

/** Tags as IAM and STS take them. */
export const tagList = list(record({ Key: required(tagKey), Value: required(tagValue) }), { max: MAX_TAGS });
export const tagKeyList = list(tagKey, { max: MAX_TAGS });

/** Whether a key is one that only AWS itself can give. */
export const isReserved = (key: string): boolean => /^aws:/i.test(key);

/** The tags that count against the limit: those of AWS's own do not. */
export const countOf = (tags: readonly Tag[]): number => tags.filter((tag) => !isReserved(tag.Key)).length;

/** The tags after some were added; a key that is there already gets the new value. */
export function mergeTags(present: readonly Tag[], added: readonly Tag[]): Tag[] {
  const byKey = new Map(present.map((tag) => [tag.Key, tag]));
  for (const tag of added) {
    byKey.set(tag.Key, { Key: tag.Key, Value: tag.Value });
  }
  return [...byKey.values()];
}

export function withoutTags(present: readonly Tag[], keys: readonly string[]): Tag[] {
  return present.filter((tag) => !keys.includes(tag.Key));
}
