import { readSync, write } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pty from '@lydell/node-pty';

export interface Pty {
  write(data: string): void;
  /** The same for more than the terminal takes in at once: resolves when the program has read nearly all of it. */
  pour(data: string): Promise<void>;
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

/** A terminal takes in about so much while the program is busy. */
const PIECE = 2_048;

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
  return {
    write: (data) => started.write(data),
    kill: (signal) => started.kill(signal),
    pour: (data) => pour(stream.fd, data),
  };
}

/** The library's own writing would hold up this process, reading included, until the program has read. */
async function pour(fd: number, data: string): Promise<void> {
  let left = Buffer.from(data);
  while (left.length > 0) {
    const { bytesWritten } = await promisify(write)(fd, left, 0, Math.min(left.length, PIECE)).catch(
      orNothing,
    );
    left = left.subarray(bytesWritten);
    if (bytesWritten === 0) await sleep(2);
  }
}

function orNothing(error: NodeJS.ErrnoException): { bytesWritten: number } {
  if (error.code === 'EAGAIN') return { bytesWritten: 0 };
  throw error;
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
