import { DEFAULTS } from '../defaults.ts';

const STANDARD_INPUT = 'standard input';
const THIS_MANIFEST = 'the manifest';
const REPLACE_KEY = 'If this is a real key, replace it: the file may already be in version control.';

/**
 * Messages about manifests. None of them repeats a value, which may be a key in the wrong place. `what` is the name of a field,
 * such as `regions` or `key.file`.
 */
export const manifestMessages = {
  title: (path: string, count: number) => `${count} errors in ${path}`,
  atPosition: (position: string, sentence: string) => `${position}: ${sentence}`,
  more: (count: number) => `and ${count} more`,
  hint: 'For the format, see docs/manifest.md.',
  keysTitle: (path: string, count: number) => `${count} keys in ${path} can't be used`,

  absent: (path: string) => `--manifest: file not found: ${path}`,
  absentUnnamed: '--manifest: file not found. Use the path of a file.',
  stdinIsTerminal:
    '--manifest: standard input is a terminal. Pipe the manifest in, or use the path of a file.',
  terminal: (path: string) => `--manifest: ${path} is a terminal. Use the path of a file.`,
  /** Names for a manifest without a path from the user. */
  standardInput: STANDARD_INPUT,
  thisManifest: THIS_MANIFEST,
  waiting: (name: string) =>
    name === THIS_MANIFEST
      ? 'Waiting for the end of the manifest.'
      : `Waiting for the end of the manifest from ${name}.`,
  folder: (path: string) => `--manifest: ${path} is a folder. Use the path of the manifest in it.`,
  unreadable: (path: string) => `--manifest: permission denied: ${path}`,
  failed: (path: string, code: string) => `--manifest: can't read ${path} (${code}).`,
  tooLarge: (path: string, megabytes: number) =>
    `--manifest: ${path} is larger than ${megabytes} MB, the limit for a manifest. Use another file, or split it.`,
  notUtf8: (path: string) => `--manifest: ${path} is not UTF-8 text. Save it as UTF-8.`,
  thisFile: THIS_MANIFEST,
  /** Stands for a manifest that can be read only once, in commands. */
  commandPath: 'FILE',
  empty: 'The manifest is empty. It must start with version: 1.',

  keyInFile: `This looks like a key. Keys don't belong in a manifest: use { env: NAME } or { file: PATH }. ${REPLACE_KEY}`,
  keyForm: `key must be a source, such as { env: MEDIACONNECT_KEY }, not the key itself. ${REPLACE_KEY}`,
  keyOneOf:
    'key must be exactly one of { env: NAME }, { file: PATH }, { generate: aes256 } and { existing: true }.',
  keyOfDefaults:
    'Under defaults, key must be { generate: aes256 } or { existing: true }. Set any other key per entry.',
  noStdin:
    'key.file must be a file that can be read again, not standard input, a pipe or a terminal. Use a file or a variable.',
  existingKept: (what: string) =>
    `${what} applies to new secrets, but { existing: true } uses an existing one as it is. Remove ${what}.`,
  existingWithArn: 'secretArns already names existing secrets. Remove key.',

  root: 'A manifest must be a map that starts with version: 1.',
  noVersion: 'version is missing. A manifest must start with version: 1.',
  version: 'version must be 1, without quotation marks. Other versions need a newer mc-static-key.',
  account: 'account must be a 12-digit account ID, such as "111122223333".',
  noKeys: 'keys (the list of keys) is missing. Add it.',
  takesEntries: 'keys must be a list. Each entry starts with, for example, - secretName: studio-a',
  takesMap: (what: string, example: string) => `${what} must be a map, such as ${example}.`,
  takesList: (what: string, example: string) => `${what} must be a list, such as [${example}].`,
  takesText: (what: string) => `${what} must be a string. If it has special characters, put it in quotes.`,
  emptyList: (what: string) => `${what} is empty. Add a value, or remove ${what}.`,
  emptyText: (what: string) => `${what} is empty. Add a value, or remove ${what}.`,
  takesTrue: (what: string) => `${what} must be true.`,
  missing: (what: string, how: string) => `${what} is missing. ${how}`,
  howSecretName: 'Name the secret, or list existing secrets in secretArns.',
  howRegions: 'List the Regions here or under defaults, such as [us-west-2].',
  howKey: `Set its source, such as { env: MEDIACONNECT_KEY } or { generate: ${DEFAULTS.example.algorithm} }. For an existing secret, use { existing: true }.`,

  /** An unknown name that is close to no field may be anything, even a password, so it isn't repeated. */
  unknown: (what: string, meant: string | undefined) =>
    meant ? `Unknown field ${what}. Did you mean ${meant}?` : 'Unknown field. Remove it.',
  notInDefaults: (what: string) => `${what} must be set per key, not under defaults.`,
  twice: 'Duplicate field. Remove one of the two.',
  fieldName: 'A field name must be a plain word.',

  sameSecret: (region: string, line: number) =>
    `Duplicate: line ${line} already defines this secret in ${region}. Remove one of the two.`,
  partition: (line: number) =>
    `These Regions are in a different AWS partition from those of line ${line}. Use one manifest per partition.`,
  spelling: (what: string, line: number) =>
    `${what} differs only in capitalization from line ${line}. IAM treats both as the same name, so write them alike.`,
  disagrees: (what: string, shared: string, line: number) =>
    `${what} differs from line ${line}, which uses the same ${shared}. Use the same value, or a different ${shared}.`,

  tag: "YAML tags (!…) aren't supported. Remove the tag.",
  directive: "YAML directives (%…) aren't supported. Remove the directive.",
  alias: 'Undefined anchor (&…). Define it first, or write out the value.',
  merge: '<< must refer to a map, or to a list of maps, by an anchor.',
  tooMuch: 'Too many aliases (*…). Write out the values.',

  severalDocuments: 'Only one YAML document is allowed. Remove this ---.',
  tabs: "Tabs aren't allowed in YAML indentation. Use spaces.",
  indentation: 'Wrong indentation, or an unclosed bracket above.',
  unclosed: 'Unclosed quote or bracket, or a missing colon.',
  startsOddly: 'A value that starts with this character must be in quotes.',
  nested: 'Two colons on one line. Quote the value, or put the fields on separate lines.',
  escape: 'Unknown escape sequence (\\…) in double quotes. Write \\\\ for a backslash.',
  depth: 'Nested too deeply.',
  syntax: 'Invalid YAML.',
};
