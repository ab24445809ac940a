const closers: (() => unknown)[] = [];

/** Has something closed after the tests of the file. */
export function closing(close: () => unknown): void {
  closers.push(close);
}

/** Closes everything; `tidy.ts` calls it after each test file. */
export async function closeAll(): Promise<void> {
  await Promise.all(closers.splice(0).map((close) => close()));
}
