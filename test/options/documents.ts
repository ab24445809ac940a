import { ROOT_FIELDS } from '../../src/manifest/fields.ts';
import {
  flagOf,
  type ManifestField,
  OPTIONS,
  type OptionSpec,
  optionsOf,
} from '../../src/options/catalog/index.ts';
import { table } from '../support/documents.ts';

/** Generates what the documents say about options from the catalog, so that no option is missing. */

type Field = ManifestField & { name: string; option: OptionSpec };

const FIELDS: Field[] = Object.entries<OptionSpec>(OPTIONS).flatMap(([name, option]) =>
  option.field ? [{ ...option.field, name: option.field.inKey ?? name, option }] : [],
);
const IN_ENTRY = FIELDS.filter(({ inKey }) => inKey === undefined);
const IN_KEY = FIELDS.filter(({ inKey }) => inKey !== undefined);

/** Returns the fields of an entry, with `key` at the place of its options. */
function withKey<T>(before: T[], key: T, after: T[]): T[] {
  return [...before, key, ...after];
}

const KEY_AT = IN_ENTRY.findIndex(({ name }) => name === 'keyType');

/** Returns the table of the options of `setup` in docs/setup.md. */
export function optionsTable(): string {
  const rows = optionsOf('setup').map(([, option]) => {
    const [flag, value] = option.flags.split(' ');
    const words = option.choices?.join('\\|') ?? value?.replace(/[<>.]/g, '').toUpperCase();
    return [`\`${words === undefined ? flag : `${flag} ${words}`}\``, option.commands.setup ?? ''];
  });
  return table(['flag', 'meaning'], rows);
}

/** Returns the table of the fields in docs/manifest.md. */
export function fieldsTable(): string {
  const rows = IN_ENTRY.map(({ name, description, ofOneKey, option }) => {
    const { takes, defaultValue } = option;
    const kind = { list: 'List. ', tags: 'Map. ' }[takes as string] ?? '';
    const place = ofOneKey ? ' Not under `defaults`.' : '';
    const fixed = defaultValue === undefined ? '' : `\`${defaultValue}\``;
    return [`\`${name}\``, kind + description + place, `\`${flagOf(option)}\``, fixed];
  });
  const key = ['`key`', 'Where the key comes from, see below.', '', ''];
  const header = ['field', 'meaning', 'flag of `setup`', 'default'];
  return table(header, withKey(rows.slice(0, KEY_AT), key, rows.slice(KEY_AT)));
}

/** Returns the JSON Schema of the manifest, as text. */
export function manifestSchema(): string {
  return `${JSON.stringify(schema(), undefined, 2)}\n`;
}

function schema() {
  const shared = IN_ENTRY.filter(({ ofOneKey }) => !ofOneKey);
  const sources = IN_KEY.filter(({ ofOneKey }) => !ofOneKey);
  const definitions = Object.fromEntries(
    [...IN_ENTRY, ...sources].map((field) => [field.name, valueSchema(field)]),
  );
  const fields = {
    version: { description: 'The version of the format.', const: 1 },
    account: {
      description:
        'The only AWS account in which a run can change anything. With credentials of another account, the run stops before the first change.',
      type: ['string', 'integer'],
      pattern: '^[0-9]{12}$',
    },
    defaults: {
      description:
        'Values for every key that does not set the field itself. Tags are combined with those of the key.',
      type: 'object',
      additionalProperties: false,
      properties: references(shared, 'keyOfDefaults'),
    },
    keys: {
      description: 'The keys, one entry each.',
      type: 'array',
      items: { $ref: '#/definitions/entry' },
    },
    $schema: {
      description: 'Where an editor finds this schema. The program ignores it.',
      type: 'string',
    },
  } satisfies Record<(typeof ROOT_FIELDS)[number], object>;
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'urn:mc-static-key:manifest:1',
    title: 'Manifest of mc-static-key',
    description:
      'The encryption keys of one AWS account: the source of each key, the Regions that need it, and the policy and the role with which MediaConnect reads it. docs/manifest.md describes the format.',
    type: 'object',
    required: ['version', 'keys'],
    additionalProperties: false,
    properties: Object.fromEntries(ROOT_FIELDS.map((name) => [name, fields[name]])),
    definitions: {
      entry: entrySchema(),
      text: TEXT,
      key: {
        title: 'Where the key comes from',
        description:
          'Exactly one of file, env, generate and existing. A manifest never contains the key itself.',
        ...oneOf({
          ...Object.fromEntries(IN_KEY.map((field) => [field.name, keyMember(field)])),
          existing: EXISTING,
        }),
      },
      keyOfDefaults: {
        title: 'Where keys come from by default',
        description: 'Exactly one of generate and existing: any other key belongs to one secret.',
        ...oneOf({
          ...Object.fromEntries(sources.map((field) => [field.name, keyMember(field)])),
          existing: EXISTING,
        }),
      },
      existing: { description: 'The secret exists and is used as it is.', const: true },
      ...definitions,
    },
  };
}

const TEXT = {
  description: 'What YAML would read as a number or a truth value is read as the text in the file.',
  type: ['string', 'number', 'boolean'],
  not: {
    type: 'string',
    pattern: '(^|[^0-9A-Fa-f])([0-9A-Fa-f]{32}|[0-9A-Fa-f]{48}|[0-9A-Fa-f]{64})([^0-9A-Fa-f]|$)',
  },
};
const EXISTING = { $ref: '#/definitions/existing' };

function entrySchema() {
  return {
    description: 'One key, or existing secrets.',
    type: 'object',
    additionalProperties: false,
    properties: references(IN_ENTRY, 'key'),
    if: { required: ['secretArns'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: { properties: forbidden(FIELDS.filter(({ option }) => option.ofNewSecret)) },
    else: { required: ['secretName'] },
    allOf: [
      {
        if: { properties: { key: { required: ['existing'] } }, required: ['key'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
        then: { properties: forbidden(FIELDS.filter(({ notForExisting }) => notForExisting)) },
      },
      {
        if: { properties: { keyType: { const: 'srt-password' } }, required: ['keyType'] },
        // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
        then: { properties: { algorithm: false, key: { not: { required: ['generate'] } } } },
      },
    ],
  };
}

/** Fields that can't be there. */
function forbidden(fields: Field[]): Record<string, false> {
  return Object.fromEntries(fields.map(({ name, inKey }) => [inKey === undefined ? name : 'key', false]));
}

function references(fields: Field[], key: string): Record<string, { $ref: string }> {
  const all = fields.map(({ name }) => [name, name]);
  const at = all.findIndex(([name]) => name === 'keyType');
  const named = withKey(all.slice(0, at), ['key', key], all.slice(at));
  return Object.fromEntries(
    named.map(([name, definition]) => [name, { $ref: `#/definitions/${definition}` }]),
  );
}

function oneOf(properties: object) {
  return { type: 'object', minProperties: 1, maxProperties: 1, additionalProperties: false, properties };
}

/** A choice has its own definition, because `defaults` refers to it too. */
function keyMember(field: Field): object {
  return field.option.takes === 'choice' ? { $ref: `#/definitions/${field.name}` } : valueSchema(field);
}

function valueSchema({ title, description, examples, nonEmpty, schema: more = {}, option }: Field): object {
  const { takes, choices, defaultValue } = option;
  const words = title === undefined ? { description } : { title, description };
  const preset = defaultValue === undefined ? {} : { default: defaultValue };
  const shown = examples === undefined ? {} : { examples };
  if (takes === 'choice') return { ...words, enum: choices, ...preset };
  if (takes === 'switch') return { ...words, type: 'boolean', ...preset };
  if (takes === 'tags') return { ...words, ...TAGS, ...shown };
  if (takes === 'text') {
    const form = 'type' in more ? {} : { allOf: [{ $ref: '#/definitions/text' }] };
    return { ...words, ...form, ...more, ...preset, ...shown };
  }
  const list = { type: 'array', ...(nonEmpty ? { minItems: 1 } : {}) };
  return { ...words, ...list, items: { type: 'string', ...more, ...shown } };
}

const TAGS = {
  type: 'object',
  maxProperties: 49,
  propertyNames: {
    maxLength: 128,
    pattern:
      '^(?![aA][wW][sS]:)(?![mM][cC]-[sS][tT][aA][tT][iI][cC]-[kK][eE][yY]$)[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+$',
  },
  additionalProperties: {
    type: ['string', 'number', 'boolean'],
    maxLength: 256,
    pattern: '^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$',
  },
};
