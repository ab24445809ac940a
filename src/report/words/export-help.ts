/** The help of `export`, and of what its commands have in common. */
export const exportHelp = {
  export: 'Print what is set up, or is to be, in another form',
  examples: `Examples:
  mc-static-key export manifest --output keys.yaml
`,
  output: 'write to this file in place of standard output',
  force: 'write over a file that is there already',
};
