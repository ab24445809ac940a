/** Words about files that results are written to. */
export const outputFileWords = {
  empty: (what: string) => `${what} takes the path of a file, or - for standard output.`,
  written: (path: string) => `Written to ${path}.`,
  exists: (path: string) => `${path} is there already. Nothing was written.`,
  existsHint: 'Give --force to write over it, or another --output.',
  unwritable: (path: string, code: string) => `${path} could not be written (${code}).`,
};
