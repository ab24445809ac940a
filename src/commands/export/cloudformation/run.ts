import { Document, visit } from 'yaml';
import { partitionOf } from '../../../aws/regions.ts';
import { printJson } from '../../../cli/json.ts';
import type { CommonOptions } from '../../../cli/options.ts';
import { readKeyCommand } from '../../../cli/summary.ts';
import type { Message } from '../../../failure.ts';
import type { JsonObject } from '../../../policy/index.ts';
import { escapeJson } from '../../../text.ts';
import { awsCommand, commandLines } from '../../../ui/commands.ts';
import { setupMessages } from '../../../ui/messages.ts';
import { messageLines } from '../../../ui/plan.ts';
import { exportMessages as messages, templateMessages } from '../messages.ts';
import { type OutputFile, writeResult } from '../output-file.ts';
import { exportFailure } from '../plan.ts';
import { runExport } from '../run.ts';
import type { ExportPlan, ExportSubject, PlannedSecret } from '../types.ts';
import { buildTemplate, demandSize, MAX_BYTES, type TemplateKey } from './template.ts';

export type TemplateFormat = 'yaml' | 'json';

/** The options of the template and its output file. */
export interface TemplateOptions extends OutputFile {
  format: TemplateFormat;
  homeRegion?: string;
}

/** Runs `export cloudformation` and returns the exit code. */
export function runExportCloudFormation(
  subject: ExportSubject,
  options: TemplateOptions,
  common: CommonOptions,
): Promise<number> {
  return runExport(subject, common, async ({ output }, plan, account) => {
    const { homeRegion = plan.regions[0] ?? '' } = options;
    if (partitionOf(homeRegion) !== plan.accountRef.partition)
      throw exportFailure(messages.otherPartition(homeRegion));
    const { template, keys } = buildTemplate(plan, homeRegion, account);
    const text = templateText(template, options.format);
    if (!common.json || options.output !== undefined) await writeResult(output, text, options);
    const regions = [...new Set([homeRegion, ...plan.regions])];
    const bytes = Buffer.byteLength(text);
    const parameters = listParameters(keys);
    if (common.json) printJson(output, { homeRegion, regions, parameters, bytes, template });
    for (const warning of warnings(plan, keys, bytes)) {
      const [first, ...others] = messageLines(warning);
      output.warn(`${setupMessages.warning}: ${first?.text}`);
      for (const line of others) output.warn(line.text, line.unwrapped);
    }
    const deploy = deployCommand({
      region: homeRegion,
      path: options.output,
      bytes,
      hasParameters: parameters.length > 0,
    });
    const lines = [
      ...explanation(keys, regions, homeRegion, account),
      messages.deployTitle,
      ...commandLines(`  ${deploy}`, output.width),
      messages.manyAccounts,
    ];
    for (const line of lines) output.info(line);
  });
}

/** Returns warnings about the size of the template and about keys that CloudFormation can't generate. */
function warnings(plan: ExportPlan, keys: TemplateKey[], bytes: number): Message[] {
  const notGenerated = keys.filter(
    ({ secret, parameter }) => parameter !== undefined && secret.keySource?.kind === 'generate',
  );
  const names = listParameters(notGenerated).map(({ name }) => name);
  const [first] = notGenerated;
  return [
    ...(bytes > MAX_BYTES.inRequest ? [messages.bigTemplate(bytes, MAX_BYTES.inRequest)] : []),
    ...(plan.secrets.some(({ isNew }) => !isNew) ? [messages.unseen] : []),
    ...(first ? [messages.notGenerated(names, readCommandOf(first.secret))] : []),
  ];
}

function listParameters(keys: TemplateKey[]): { name: string; secretName: string }[] {
  return keys.flatMap(({ secret, parameter: name }) => (name ? [{ name, secretName: secret.name }] : []));
}

/** Returns the command that reads the key in its first Region. */
function readCommandOf({ name, places }: PlannedSecret): string {
  return readKeyCommand(places[0]?.region ?? '', name);
}

/** Returns the lines that explain where to deploy the template and where its keys come from. */
function explanation(keys: TemplateKey[], regions: string[], homeRegion: string, account?: string): string[] {
  const parameters = listParameters(keys);
  const parameterLines = parameters.map(({ name, secretName }) => messages.parameter(name, secretName));
  const generatedKeys = keys.filter(({ parameter }) => parameter === undefined);
  return [
    messages.deployTo(regions, homeRegion),
    ...(account === undefined ? [] : [messages.onlyAccount(account)]),
    ...(parameters[0]
      ? [messages.parametersTitle, ...parameterLines, ...messages.parametersFile(parameters[0].name)]
      : []),
    ...generatedKeys.map(({ secret }) => messages.generated(secret.name)),
  ];
}

/** What the command that deploys a template depends on. */
interface Deployment {
  region: string;
  /** The path of the template; undefined if it was printed. */
  path?: string;
  bytes: number;
  hasParameters: boolean;
}

/** Returns the command that deploys the template in one Region of one account. */
function deployCommand({ region, path = 'TEMPLATE-FILE', bytes, hasParameters }: Deployment): string {
  return awsCommand(
    ...['cloudformation', 'deploy', '--template-file', path, '--stack-name', 'mediaconnect-keys'],
    ...['--region', region, '--capabilities', 'CAPABILITY_NAMED_IAM'],
    ...(bytes > MAX_BYTES.inRequest ? ['--s3-bucket', 'EXAMPLE-BUCKET'] : []),
    ...(hasParameters ? ['--parameter-overrides', 'file://parameters.json'] : []),
  );
}

/**
 * Returns the template as text, with a trailing newline.
 * @throws Failure if it is longer than CloudFormation allows
 */
export function templateText(template: JsonObject, format: TemplateFormat): string {
  const text = format === 'json' ? `${JSON.stringify(template, undefined, 2)}\n` : yamlText(template);
  demandSize(Buffer.byteLength(text));
  return text;
}

/** CloudFormation uses YAML 1.1, where more text has to be quoted than in YAML 1.2: `yes`, `2018-12-01`. */
function yamlText(template: JsonObject): string {
  const document = new Document(template, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Scalar(_, node) {
      // `=` and `<<` have a special meaning in YAML 1.1, and nonprintable characters can only be escaped in double quotes.
      if (/^(=|<<)$|[^\n\P{Cc}]|[\u2028\u2029]/u.test(String(node.value))) node.type = 'QUOTE_DOUBLE';
    },
  });
  document.commentBefore = templateMessages.header.map((line) => ` ${line}`).join('\n');
  return escapeJson(document.toString({ lineWidth: 0 }));
}
