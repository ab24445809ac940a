import { readSync } from 'node:fs';
import pty from '@lydell/node-pty';

export interface Pty {
  write(data: string): void;
  kill(signal: string): void;
}

export interface PtyOptions {
  command: string;
  args: string[];
  env: Record<string, string>;
  columns: number;
  rows: number;
  cwd: string;
}

/** The program has ended; `signal` says which one ended it, if one did. */
export interface PtyEnd {
  code: number;
  signal?: number;
}

/** What the library has beyond its types: the stream's events, and the file descriptor of the near end. */
type Stream = { fd: number; on(event: 'end', listener: () => void): void };

/** Starts a program in a pseudo-terminal; all output comes before the end. */
export function startInPty(
  { command, args, env, columns, rows, cwd }: PtyOptions,
  onOutput: (text: string) => void,
  onEnd: (end: PtyEnd) => void,
): Pty {
  const started = pty.spawn(command, args, {
    // The library sets TERM to this name, whatever the environment says.
    ...(env.TERM === undefined ? {} : { name: env.TERM }),
    cols: columns,
    rows,
    cwd,
    env,
    encoding: null,
  });
  const decoder = new TextDecoder();
  const take = (bytes: Buffer) => onOutput(decoder.decode(bytes, { stream: true }));
  started.onData((data) => take(Buffer.from(data)));
  const stream = started as typeof started & Stream;
  stream.on('end', () => {
    for (const bytes of leftover(stream.fd)) take(bytes);
  });
  started.onExit(({ exitCode: code, signal }) => onEnd(signal ? { code, signal } : { code }));
  return started;
}

/**
 * Output that Node did not read. When a program ends with more than 4 KB of output waiting, as happens on a busy machine,
 * libuv reads once and takes the hang-up for the end of the file.
 */
function* leftover(fd: number): Generator<Buffer> {
  const buffer = Buffer.alloc(65_536);
  for (;;) {
    const size = readOrEnd(fd, buffer);
    if (size === 0) return;
    yield buffer.subarray(0, size);
  }
}

/** A pseudo-terminal without a far end answers with the error EIO when everything was read. */
function readOrEnd(fd: number, buffer: Buffer): number {
  try {
    return readSync(fd, buffer);
  } catch {
    return 0;
  }
}
