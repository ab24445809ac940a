import { setFlagsFromString } from 'node:v8';

/**
 * Settings of V8 under which the process takes about the same memory for a thousand keys as for ten. Nearly all that a
 * request leaves behind is short-lived; but V8 lets the heap grow before it clears away, and compiles what runs often,
 * as for a program that is to be fast for hours. Here AWS decides how long it takes, and a build machine may be small.
 */
const FLAGS = [
  // Clears away when the heap has grown by so much since the last time.
  '--heap-growing-percent=5',
  '--semi-space-growth-factor=1',
  '--optimize-for-size',
  // Without the compilers, whose working memory is not given back; a run has a quarter more to compute.
  '--no-opt',
  '--no-sparkplug',
];

/** Keeps the heap small from here on. To be called before there are many objects. */
export function keepHeapSmall(): void {
  for (const flag of FLAGS) setFlagsFromString(flag);
}
