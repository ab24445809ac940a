import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { Interrupted } from './failure.ts';

/** An open file or pipe. It is closed when `stream` ends or is destroyed. */
export interface OpenFile {
  stream: Readable;
  stats: Stats;
}

/** The limit that a read exceeded. */
export class ReadLimitError extends Error {
  override readonly name = 'ReadLimitError';
  readonly limit: 'time' | 'size';

  constructor(limit: 'time' | 'size') {
    super(`the ${limit} limit for a file was reached`);
    this.limit = limit;
  }
}

/** Limits for reading a file. */
export interface ReadLimits {
  /** @throws Interrupted if the signal is aborted */
  interrupt?: AbortSignal;
  /** In milliseconds. Default: no limit. */
  limitMs?: number;
  mostBytes: number;
}

/**
 * Opens a file, or a named pipe, which may not have a writer yet.
 * @param refuse throws an error for a folder or a terminal
 */
export function openFile(path: string, refuse: (what: 'folder' | 'terminal') => never): OpenFile {
  // Without O_NONBLOCK, open() waits for the pipe's writer and blocks the process, even for Ctrl-C.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const stats = fstatSync(fd);
  if (stats.isDirectory() || isatty(fd)) {
    closeSync(fd);
    refuse(stats.isDirectory() ? 'folder' : 'terminal');
  }
  const stream = stats.isFIFO()
    ? new Socket({ fd, readable: true, writable: false })
    : createReadStream(path, { fd });
  return { stream, stats };
}

/**
 * Reads a file or a named pipe to its end.
 * @throws ReadLimitError, Interrupted, or the error of the file system
 */
export async function readWhole(path: string, limits: ReadLimits): Promise<Buffer> {
  const { stream } = openFile(path, (what) => {
    throw Object.assign(new Error(`a ${what}`), { code: what === 'folder' ? 'EISDIR' : 'ENOTSUP' });
  });
  return readToEnd(stream, limits);
}

/** Reads a stream to its end. @throws ReadLimitError, Interrupted, or the error of the stream */
export async function readToEnd(
  stream: Readable,
  { interrupt, limitMs, mostBytes }: ReadLimits,
): Promise<Buffer> {
  const stop = () => void stream.destroy(new Interrupted());
  const timer =
    limitMs === undefined ? undefined : setTimeout(() => stream.destroy(new ReadLimitError('time')), limitMs);
  interrupt?.addEventListener('abort', stop, { once: true });
  if (interrupt?.aborted) stop();
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > mostBytes) throw new ReadLimitError('size');
      chunks.push(bytes);
    }
  } finally {
    clearTimeout(timer);
    interrupt?.removeEventListener('abort', stop);
  }
  return Buffer.concat(chunks);
}
