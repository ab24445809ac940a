import { readdirSync, readFileSync } from 'node:fs';
import { pathOf } from '../support/documents.ts';

/** A command in a document. */
export interface DocumentedCommand {
  /** Such as `docs/setup.md:12`. */
  place: string;
  /** The line without its comment, with its continuation lines. */
  line: string;
  /** True for a line in an example of output: an indented line of a block without a language. */
  isOutput: boolean;
}

/** Returns README.md and the documents in docs/. */
export function documents(): string[] {
  const names = readdirSync(pathOf('docs')).filter((name) => name.endsWith('.md'));
  return ['README.md', ...names.map((name) => `docs/${name}`)];
}

/** Returns the text of a document. */
export function textOf(document: string): string {
  return readFileSync(pathOf(document), 'utf8');
}

/** Returns the lines of the code blocks that run one of these programs, each with its continuation lines. */
export function commandsOf(document: string, programs: RegExp): DocumentedCommand[] {
  const commands: DocumentedCommand[] = [];
  /** The language of the current code block; undefined outside a block. */
  let language: string | undefined;
  let continues = false;
  for (const [index, text] of textOf(document).split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(text);
    if (fence) {
      language = language === undefined ? fence[1] : undefined;
      continues = false;
      continue;
    }
    const command = commands.at(-1);
    const line = text.trim().replace(/ \\$/, '');
    if (continues && command) {
      command.line += ` ${line}`;
    } else if (language !== undefined && programs.test(line)) {
      const isOutput = language === '' && /^\s/.test(text);
      commands.push({ place: `${document}:${index + 1}`, line, isOutput });
    } else {
      continue;
    }
    continues = text.endsWith('\\');
  }
  return commands.map((command) => ({ ...command, line: withoutComment(command.line) }));
}

/** Removes what follows the command: a comment, a description in a second column, a redirection, a pipe. */
function withoutComment(line: string): string {
  return line.split(/ {2,}(?=\S)| #| [|>&]/)[0]?.trim() ?? '';
}
