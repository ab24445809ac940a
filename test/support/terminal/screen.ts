import headless from '@xterm/headless';

/** A line as it was written: what the terminal wrapped is joined again. `row` counts from the first line ever. */
interface Line {
  row: number;
  text: string;
}

/** What the screen showed at one moment. */
export type Snapshot = readonly Line[];

/** Reads terminal output the way a person's terminal does. */
export class Screen {
  readonly #terminal: headless.Terminal;

  /** @param answer gets what the terminal says of itself when a program asks, as for the place of the cursor */
  constructor(columns: number, rows: number, answer: (data: string) => void) {
    this.#terminal = new headless.Terminal({
      cols: columns,
      rows,
      scrollback: 10_000,
      allowProposedApi: true,
    });
    this.#terminal.onData(answer);
  }

  /** Takes in output; resolves when it shows. */
  write(data: string): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(data, resolve));
  }

  /** The part that a person sees without scrolling back. */
  viewport(): string {
    const { baseY } = this.#terminal.buffer.active;
    const rows = Array.from({ length: this.#terminal.rows }, (_, row) => this.#row(baseY + row));
    return trimmed(rows);
  }

  snapshot(): Snapshot {
    const lines: Line[] = [];
    for (let row = 0; row < this.#terminal.buffer.active.length; row++) {
      const last = lines.at(-1);
      if (last && this.#terminal.buffer.active.getLine(row)?.isWrapped) last.text += this.#row(row);
      else lines.push({ row, text: this.#row(row) });
    }
    return lines;
  }

  #row(row: number): string {
    const next = this.#terminal.buffer.active.getLine(row + 1);
    // Spaces at the end of a row are part of the text when the text goes on in the next row.
    return this.#terminal.buffer.active.getLine(row)?.translateToString(!next?.isWrapped) ?? '';
  }
}

export function textOf(snapshot: Snapshot): string {
  return trimmed(snapshot.map(({ text }) => text));
}

function trimmed(rows: string[]): string {
  return rows
    .map((row) => row.trimEnd())
    .join('\n')
    .trimEnd();
}

/** Whether the pattern is found in `now` at a place where `before` did not show the very same. */
export function newlyShown(pattern: RegExp, now: Snapshot, before: Snapshot): boolean {
  const old = places(pattern, before);
  return [...places(pattern, now)].some((place) => !old.has(place));
}

function places(pattern: RegExp, snapshot: Snapshot): Set<string> {
  const global = new RegExp(pattern, pattern.flags.replace(/[gy]/g, '').concat('g'));
  const text = textOf(snapshot);
  const found = new Set<string>();
  for (const match of text.matchAll(global)) {
    const index = text.slice(0, match.index).split('\n').length - 1;
    found.add(`${snapshot[index]?.row}: ${match[0]}`);
  }
  return found;
}
