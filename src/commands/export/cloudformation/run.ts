import { Document, visit } from 'yaml';
import { partitionOf } from '../../../aws/regions.ts';
import { printJson } from '../../../cli/json.ts';
import type { CommonOptions } from '../../../cli/options.ts';
import type { CommandRun } from '../../../cli/run-command.ts';
import { readKeyCommand } from '../../../cli/summary.ts';
import { EXIT, Failure, type Message } from '../../../failure.ts';
import type { JsonObject } from '../../../policy/index.ts';
import { plainJson } from '../../../text.ts';
import { setupMessages } from '../../../ui/messages.ts';
import { messageLines } from '../../../ui/plan.ts';
import { exportMessages as messages, templateMessages } from '../messages.ts';
import { deliver, type OutputFile } from '../output-file.ts';
import { runExport } from '../run.ts';
import type { ExportPlan, ExportSubject } from '../types.ts';
import { buildTemplate, demandSize, MAX_BYTES, type TemplateKey } from './template.ts';

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
  return runExport(subject, common, (run, plan, account) => performExport(run, plan, options, account));
}

async function performExport(
  { output, common }: CommandRun,
  plan: ExportPlan,
  options: TemplateOptions,
  account: string | undefined,
): Promise<void> {
  const { homeRegion = plan.regions[0] ?? '' } = options;
  if (partitionOf(homeRegion) !== plan.accountRef.partition)
    throw new Failure(messages.otherPartition(homeRegion), { code: 'export', exitCode: EXIT.usage });
  const { template, keys } = buildTemplate(plan, homeRegion, account);
  const text = templateText(template, options.format);
  if (!common.json || options.output !== undefined) await deliver(output, text, options);
  const regions = [...new Set([homeRegion, ...plan.regions])];
  const bytes = Buffer.byteLength(text);
  if (common.json) {
    const parameters = keys.flatMap(({ secret, parameter: name }) =>
      name ? [{ name, secretName: secret.name }] : [],
    );
    printJson(output, { homeRegion, regions, parameters, bytes, template });
  }
  for (const warning of warnings(plan, keys, bytes)) {
    const [first, ...others] = messageLines(warning);
    output.warn(`${setupMessages.warning}: ${first?.text}`);
    for (const { text, unwrapped } of others) output.warn(text, unwrapped);
  }
  for (const line of explanation(keys, regions, homeRegion, account)) output.info(line);
}

/** Returns warnings about the size of the template and about keys that CloudFormation can't generate. */
function warnings(plan: ExportPlan, keys: TemplateKey[], bytes: number): Message[] {
  const notGenerated = keys.filter(
    ({ secret, parameter }) => parameter !== undefined && secret.keySource?.kind === 'generate',
  );
  const [first] = notGenerated;
  return [
    ...(bytes > MAX_BYTES.inRequest ? [messages.bigTemplate(bytes, MAX_BYTES.inRequest)] : []),
    ...(plan.secrets.some(({ stored }) => !stored) ? [messages.unseen] : []),
    ...(first ? [messages.notGenerated(parameterNames(notGenerated), readCommandOf(first))] : []),
  ];
}

function parameterNames(keys: TemplateKey[]): string[] {
  return keys.flatMap(({ parameter }) => parameter ?? []);
}

/** Returns the command that reads the key in its first Region. */
function readCommandOf({ secret: { name, places } }: TemplateKey): string {
  return readKeyCommand(places[0]?.region ?? '', name);
}

/** Returns the lines that explain how to deploy the template and where its keys come from. */
function explanation(
  keys: TemplateKey[],
  regions: string[],
  homeRegion: string,
  account: string | undefined,
): string[] {
  const parameters = keys.flatMap(({ secret, parameter }) =>
    parameter === undefined ? [] : [messages.parameter(parameter, secret.name)],
  );
  return [
    messages.deployTo(regions, homeRegion),
    ...(account === undefined ? [] : [messages.onlyAccount(account)]),
    ...(parameters.length > 0 ? [messages.parametersTitle, ...parameters] : []),
    ...keys.flatMap(({ secret, parameter }) =>
      parameter === undefined ? [messages.generated(secret.name)] : [],
    ),
    messages.commands,
  ];
}

export type TemplateFormat = 'yaml' | 'json';

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
  return plainJson(document.toString({ lineWidth: 0 }));
}
