import { readdirSync, readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { type Filled, resultsOf } from './filled.ts';

/** A message, with its parameters filled in. */
export interface Message {
  /** The file that declares it, such as `src/key/messages.ts`. */
  file: string;
  /** Where it is in the file, such as `keyMessages.empty`. */
  path: string;
  text: string;
  /** True for a shell command. */
  isCommand: boolean;
}

/** All messages, and the functions that no sample arguments suit. */
export interface Page {
  messages: Message[];
  unfilled: string[];
}

/** Members of a declaration that nobody reads: identifiers, rules and examples. */
const NO_WORDS = new Set([
  ...['flags', 'group', 'takes', 'rule', 'choices', 'defaultValue', 'completes', 'besideManifest'],
  ...['inKey', 'example', 'examples', 'schema', 'needs', 'mark', 'flag'],
]);

/** Returns the files with tables of messages: each `messages.ts`, the help, the catalogs, and each file that exports such a table. */
export function messageFiles(): string[] {
  return sourceFiles().filter(
    (path) =>
      !path.startsWith('src/sandbox/') &&
      (/messages\.ts$|\/help\.ts$|\/catalog\/[\w-]+-(checks|options)\.ts$/.test(path) ||
        /^export const \w*messages\b/im.test(readFileSync(path, 'utf8'))),
  );
}

/** Returns the paths of all source files, in alphabetical order. */
export function sourceFiles(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `src/${path.split(sep).join('/')}`)
    .sort();
}

/** Returns all messages of these files. */
export async function pageOf(files: readonly string[]): Promise<Page> {
  const page: Page = { messages: [], unfilled: [] };
  for (const file of files) {
    const exported: Record<string, unknown> = await import(resolve(file));
    const isTable = /messages\.ts$|\/help\.ts$/.test(file);
    for (const [name, value] of Object.entries(exported)) {
      const isWords = isTable || /messages$|^[A-Z_]+_(CHECKS|FIXES|OPTIONS)$/i.test(name);
      const isIds = Array.isArray(value) || value instanceof RegExp;
      if (isWords && !isIds) collect({ file, path: name }, value, page);
    }
  }
  return page;
}

/** Returns the page as text, to read from top to bottom. */
export function pageText({ messages }: Page): string {
  const lines = messages.flatMap(({ file, path, text }, index) => {
    const heading = messages[index - 1]?.file === file ? [] : ['', `# ${file}`, ''];
    return [...heading, `${path}: ${text.replaceAll('\n', '\n    ')}`];
  });
  return `${lines.join('\n').trim()}\n`;
}

type Place = Pick<Message, 'file' | 'path'>;

function collect(place: Place, value: unknown, page: Page): void {
  if (typeof value === 'string') {
    const isCommand = /\.command$/.test(place.path);
    const isKnown = page.messages.some((other) => other.path === place.path && other.text === value);
    if (value !== '' && !isKnown) page.messages.push({ ...place, text: value, isCommand });
  } else if (typeof value === 'function') {
    const results = resultsOf(value as Filled, place.path);
    if (results.length === 0) page.unfilled.push(`${place.file} ${place.path}`);
    for (const result of results) if (typeof result !== 'function') collect(place, result, page);
  } else if (Array.isArray(value)) {
    for (const item of value) collect(place, item, page);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, member] of Object.entries(value))
      if (!NO_WORDS.has(name)) collect({ ...place, path: `${place.path}.${name}` }, member, page);
  }
}
