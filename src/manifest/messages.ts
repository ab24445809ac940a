import { DEFAULTS } from '../defaults.ts';

const STANDARD_INPUT = 'standard input';
const THIS_MANIFEST = 'the manifest';

/** Capitalizes the name of a manifest for the start of a sentence. A path stays as is. */
function atStart(name: string): string {
  const isWord = name === STANDARD_INPUT || name === THIS_MANIFEST;
  return isWord ? name.replace(/^./, (letter) => letter.toUpperCase()) : name;
}

/**
 * Messages about manifests. None of them repeats a value, which may be a key in the wrong place. `what` is the name of a field,
 * such as `regions` or `key.file`.
 */
export const manifestMessages = {
  title: (path: string, count: number) => `${atStart(path)} has ${count} mistakes`,
  atPosition: (position: string, sentence: string) => `${position}: ${sentence}`,
  more: (count: number) => `and ${count} more`,
  hint: 'The format is described in docs/manifest.md.',
  keysTitle: (path: string, count: number) => `${count} of the keys that ${path} names cannot be used`,

  absent: (path: string) => `There is no file ${path}.`,
  absentUnnamed: 'There is no manifest of that name. Give the path of a file.',
  stdinIsTerminal:
    '--manifest: standard input is a terminal. Pipe the manifest in, or give the path of a file.',
  terminal: (path: string) => `${atStart(path)} is a terminal. Give the path of a file.`,
  /** Names for a manifest without a path from the user. */
  standardInput: STANDARD_INPUT,
  thisManifest: THIS_MANIFEST,
  waiting: (name: string) =>
    name === THIS_MANIFEST
      ? 'Waiting for the end of the manifest.'
      : `Waiting for the end of the manifest from ${name}.`,
  folder: (path: string) => `${atStart(path)} is a folder. Name the manifest in it.`,
  unreadable: (path: string) => `You don't have permission to read ${path}.`,
  failed: (path: string, code: string) => `${atStart(path)} could not be read (${code}).`,
  tooLarge: (path: string, megabytes: number) =>
    `${atStart(path)} is larger than ${megabytes} MB, the limit for a manifest. Name another file, or split it.`,
  notUtf8: (path: string) => `${atStart(path)} is not UTF-8 text. Save it as UTF-8.`,
  thisFile: 'The manifest',
  /** Stands for a manifest that can be read only once, in commands. */
  commandPath: 'FILE',
  empty: 'There is nothing here. A manifest begins with version: 1.',

  keyInFile:
    'This looks like a key. A manifest holds none: put it into a file or an environment variable, and name that here. Then make a new key, since this file may have been copied or be in version control.',
  keyForm:
    'key takes where the key comes from, such as { env: MEDIACONNECT_KEY }, never the key itself. If this is one, take it out, and make a new key, since this file may have been copied or be in version control.',
  keyOneOf:
    'key takes just one of { env: NAME }, { file: PATH }, { generate: aes256 } and { existing: true }.',
  keyOfDefaults:
    'key takes { generate: aes256 } or { existing: true } under defaults. Any other key belongs to one secret.',
  noStdin:
    'key.file takes the path of a file that can be read again. Standard input, a pipe or a terminal cannot serve a manifest: name a file or a variable.',
  existingKept: (what: string) =>
    `${what} is for a secret that is stored, and { existing: true } uses one as it is. Leave ${what} out.`,
  existingWithArn: 'secretArns names secrets that exist already. Leave key out.',

  root: 'A manifest is a map that begins with version: 1.',
  noVersion: 'version is missing. A manifest begins with version: 1.',
  version: 'version takes 1, without quotation marks. A later one needs a later program.',
  account: 'account takes the twelve digits of an AWS account, such as "111122223333".',
  noKeys: 'keys is missing: the list of the keys.',
  takesEntries:
    'keys takes a list with one entry a key, which begins with - secretName: studio-a, for example.',
  takesMap: (what: string, example: string) => `${what} takes a map, such as ${example}.`,
  takesList: (what: string, example: string) => `${what} takes a list, such as [${example}].`,
  takesText: (what: string) => `${what} takes a text. Put it in quotation marks if it seems to be one.`,
  emptyList: (what: string) => `${what} is empty. Put something into it, or leave it out.`,
  emptyText: (what: string) => `${what} is empty. Give it a value, or leave it out.`,
  takesTrue: (what: string) => `${what} takes true.`,
  missing: (what: string, how: string) => `${what} is missing. ${how}`,
  howSecretName: 'Name the secret, or give secretArns of secrets that exist.',
  howRegions: 'List the Regions here or under defaults, such as [us-west-2].',
  howKey: `Say where it comes from, such as { env: MEDIACONNECT_KEY } or { generate: ${DEFAULTS.example.algorithm} }, or { existing: true } when the secret is there.`,

  /** An unknown name that is close to no field may be anything, even a password, so it isn't repeated. */
  unknown: (what: string, meant: string | undefined) =>
    meant ? `There is no member ${what}. Did you mean ${meant}?` : 'There is no member of this name here.',
  notInDefaults: (what: string) => `${what} belongs to one key, not to the defaults.`,
  twice: 'This member stands here twice. Take one of them out.',
  fieldName: 'The name of a member is a plain word.',

  sameSecret: (region: string, line: number) =>
    `The entry in line ${line} has this secret already, in ${region} too. Each secret has one entry.`,
  partition: (line: number) =>
    `The Regions here belong to another partition of AWS than those of the entry in line ${line}, and so to another account. Put them into a manifest of their own.`,
  spelling: (what: string, line: number) =>
    `${what} is written in other letter case than for the entry in line ${line}, but IAM takes both for one name. Write them alike.`,
  disagrees: (what: string, shared: string, line: number) =>
    `${what} is not what the entry in line ${line} has, and both have the same ${shared}. Make them agree, or give another ${shared}.`,

  tag: 'Tags of YAML (!…) have no meaning here. Take it out.',
  directive: 'Directives of YAML (%…) have no meaning here. Take it out.',
  alias: 'No anchor (&…) of this name stands before. Define it first, or write the value out.',
  merge: '<< takes a map, or a list of maps, by their anchors.',
  tooMuch: 'The aliases (*…) here stand for too much. Write the values out.',

  severalDocuments: 'A manifest is one YAML document. Take this --- out.',
  tabs: 'A tab stands in the indentation, where YAML takes spaces only.',
  indentation: 'The indentation does not fit what stands above, or a bracket there is not closed.',
  unclosed: 'Something is not closed or not complete here: a quotation mark, a bracket or a colon.',
  startsOddly: 'A text that begins with this character has to stand in quotation marks.',
  nested:
    'Two colons in one line. Put the value into quotation marks, or its members into lines of their own.',
  escape: 'There is no such escape (\\…) in a text with double quotation marks. Write \\\\ for a backslash.',
  depth: 'This is nested too deeply.',
  syntax: 'This cannot be read as YAML.',
};
