import { closeSync, constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { Interrupted } from './failure.ts';

/** A read exceeded one of its limits. */
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
  /** Ends the read with `Interrupted`. */
  interrupt?: AbortSignal;
  /** In milliseconds. Default: no limit. */
  limitMs?: number;
  mostBytes: number;
  /** Called if the input has not ended after `WAITING_AFTER_MS`, such as a pipe that stays open. */
  onWait?: () => void;
}

/** After this time, the input may never end. */
const WAITING_AFTER_MS = 1_000;

/**
 * Opens a file, or a named pipe, which may not have a writer yet. It is closed when the stream ends or is destroyed.
 * @param refuse throws an error for a folder or a terminal
 */
export function openFile(path: string, refuse: (what: 'folder' | 'terminal') => never) {
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
export async function readWholeFile(path: string, limits: ReadLimits): Promise<Buffer> {
  const { stream } = openFile(path, (what) => {
    throw Object.assign(new Error(`a ${what}`), { code: what === 'folder' ? 'EISDIR' : 'ENOTSUP' });
  });
  return readToEnd(stream, limits);
}

/** Reads a stream to its end. @throws ReadLimitError, Interrupted, or the error of the stream */
export async function readToEnd(stream: Readable, limits: ReadLimits): Promise<Buffer> {
  const { interrupt, limitMs, mostBytes, onWait } = limits;
  const stop = () => void stream.destroy(new Interrupted());
  const timer =
    limitMs === undefined ? undefined : setTimeout(() => stream.destroy(new ReadLimitError('time')), limitMs);
  const waiting = onWait && setTimeout(onWait, WAITING_AFTER_MS);
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
    clearTimeout(waiting);
    interrupt?.removeEventListener('abort', stop);
  }
  if (interrupt) await rejectIfInterrupted(interrupt);
  return Buffer.concat(chunks);
}

/**
 * Ctrl-C ends the program that writes to a pipe too, and the end of its output can show before the signal does. Such an input is not
 * complete. The signal shows in the next turn of the event loop.
 */
async function rejectIfInterrupted(interrupt: AbortSignal): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await setImmediate();
  if (interrupt.aborted) throw new Interrupted();
}
