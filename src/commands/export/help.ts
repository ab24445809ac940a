/** The help of `export` and of its commands. */
export const exportHelp = {
  export: 'Print what is set up, or is to be, in another form: a template, a script, or a manifest',
  examples: `Examples:
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --region eu-west-1
  mc-static-key export cloudformation --manifest keys.yaml --output keys-template.yaml
  mc-static-key export script --secret-name studio-a --region us-west-2 --key-file studio-a.key
  mc-static-key export manifest --output keys.yaml
`,
  cloudformation: 'Print a CloudFormation template for one account or, with StackSets, for many',
  cloudformationExamples: `Examples:
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --region eu-west-1
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --output studio-a.yaml
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --home-region us-east-1 --format json
  mc-static-key export cloudformation --secret-name studio-a --region us-west-2 --generate aes256
  mc-static-key export cloudformation --manifest keys.yaml --output keys-template.yaml
`,
  templateTitle: 'The template:',
  homeRegion: 'the Region whose stack makes the policy and the role (default: the first Region)',
  format: 'yaml or json (default: yaml)',
  output: 'write to this file in place of standard output',
  force: 'write over a file that is there already',

  script: 'Print a bash script of AWS CLI calls that does what setup does',
  scriptExamples: `Examples:
  mc-static-key export script --secret-name studio-a --region us-west-2 --output studio-a.sh
  mc-static-key export script --secret-name studio-a --region us-west-2 --key-file studio-a.key
  mc-static-key export script --secret-name studio-a --region us-west-2 --key-env STUDIO_A_KEY
  mc-static-key export script --manifest keys.yaml --output keys.sh
`,
  scriptTitle: 'The script:',
};
