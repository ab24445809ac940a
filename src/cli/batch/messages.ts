/** What is said of `--manifest` among other options. */
export const manifestOptionWords = {
  notBeside: (flags: string[]) =>
    `--manifest says all about the keys, so it does not go together with ${flags.join(', ')}. Put that into the file, or leave --manifest out.`,
};
