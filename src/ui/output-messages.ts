/** Words about the output itself. Kept apart because every start of the program loads them. */
export const outputWords = {
  unwritten: (code: string) => `The result could not be written (${code}).`,
};
