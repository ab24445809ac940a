import { parseArn } from '../arn.ts';
import { pages } from '../requests/concurrency.ts';
import { type Aws, orAbsent } from '../session.ts';
import {
  GetRouterInputCommand,
  GetRouterOutputCommand,
  ListRouterInputsCommand,
  ListRouterOutputsCommand,
  type RouterKind,
} from './commands.ts';
import { type ListLimit, type TransitEncryption, type TransitSettings, transitOf } from './flows.ts';

/** A router input or router output. */
export interface RouterState {
  kind: RouterKind;
  arn: string;
  name: string;
  region: string;
  /** All encryption settings, with the path of the field that contains each, such as `transitEncryption`. */
  settings: RouterSetting[];
  /** The flow output that feeds a router input, or the flow source that a router output feeds, with its flow. */
  connectedTo?: { flowArn?: string; partArn?: string };
  /** Messages from MediaConnect about this router input or output. */
  messages: string[];
  /** The whole response from AWS, with the SDK's field names. */
  response: object;
}

/** An encryption setting. `srt` is SRT encryption, which always takes a secret. */
export type RouterSetting = { path: string } & (
  | { kind: 'transit'; transit: TransitEncryption }
  | { kind: 'srt'; secretArn?: string; roleArn?: string }
);

/** The fields of a router input or output that are used, with the SDK's names. */
interface RouterFields {
  Arn?: string;
  Name?: string;
  Configuration?: {
    MediaConnectFlow?: { FlowArn?: string; FlowOutputArn?: string; FlowSourceArn?: string };
  };
  Messages?: unknown;
}

/** The commands for each kind, and the kind's name in operations and in responses. */
const COMMANDS = {
  routerInput: { get: GetRouterInputCommand, list: ListRouterInputsCommand, apiName: 'RouterInput' },
  routerOutput: { get: GetRouterOutputCommand, list: ListRouterOutputsCommand, apiName: 'RouterOutput' },
} as const;

/** Returns the router resource type of an ARN; undefined for all other ARNs (API reference, `GetRouterInput`). */
export function routerKindOf(arn: string): RouterKind | undefined {
  const { service, resource = '' } = parseArn(arn) ?? {};
  const kind = /^(routerInput|routerOutput):[a-z0-9]+$/.exec(resource)?.[1];
  return service === 'mediaconnect' ? (kind as RouterKind | undefined) : undefined;
}

/** Reads a router input or output in the Region of its ARN. Returns undefined if it doesn't exist. */
export async function readRouter(aws: Aws, kind: RouterKind, arn: string): Promise<RouterState | undefined> {
  const region = parseArn(arn)?.region ?? '';
  const client = await aws.clients.mediaConnect(region);
  const { get: GetCommand, apiName } = COMMANDS[kind];
  const request = { action: `mediaconnect:Get${apiName}`, resource: arn, region };
  const response: object | undefined = await orAbsent(
    aws.call(request, (options) => client.send(new GetCommand({ Arn: arn }), options)),
  );
  const found = response && (response as Record<string, RouterFields | undefined>)[apiName];
  return found && toRouter(kind, found, arn, region);
}

/** Returns the ARNs of all router inputs or outputs in a Region. */
export async function listRouterArns(
  aws: Aws,
  kind: RouterKind,
  region: string,
  limit: ListLimit = {},
): Promise<string[]> {
  const client = await aws.clients.mediaConnect(region);
  const { list: ListCommand, apiName } = COMMANDS[kind];
  const request = { action: `mediaconnect:List${apiName}s`, resource: '*', region, ...limit };
  const arns: string[] = [];
  const listing = pages(async (token) => {
    const command = new ListCommand({ MaxResults: 100, NextToken: token });
    const response = await aws.call(request, (options) => client.send(command, options));
    const entries = (response as unknown as Record<string, RouterFields[] | undefined>)[`${apiName}s`];
    return { items: (entries ?? []).flatMap(({ Arn }) => Arn ?? []), next: response.NextToken };
  });
  for await (const { items } of listing) arns.push(...items);
  return arns;
}

function toRouter(kind: RouterKind, response: RouterFields, arn: string, region: string): RouterState {
  const { FlowArn, FlowOutputArn, FlowSourceArn } = response.Configuration?.MediaConnectFlow ?? {};
  const partArn = kind === 'routerInput' ? FlowOutputArn : FlowSourceArn;
  const messages = Array.isArray(response.Messages) ? response.Messages : [];
  return {
    kind,
    arn: response.Arn ?? arn,
    name: response.Name ?? '',
    region,
    settings: settingsIn(response, ''),
    connectedTo:
      FlowArn || partArn ? { flowArn: FlowArn || undefined, partArn: partArn || undefined } : undefined,
    messages: messages.flatMap((each: { Message?: unknown }) =>
      typeof each?.Message === 'string' ? [each.Message] : [],
    ),
    response,
  };
}

/** Finds all encryption settings, anywhere in a response. `path` is the path of `value`. */
function settingsIn(value: object, path: string): RouterSetting[] {
  return Object.entries(value).flatMap(([name, member]): RouterSetting[] => {
    if (typeof member !== 'object' || member === null) return [];
    const memberPath = pathOf(path, value, name);
    if (/Transit(Encryption|Decryption)$/.test(name))
      return [{ path: memberPath, kind: 'transit', transit: transitOf(member as TransitSettings) }];
    if (name !== 'EncryptionKey') return settingsIn(member, memberPath);
    const { SecretArn, RoleArn } = member as { SecretArn?: string; RoleArn?: string };
    return [{ path, kind: 'srt', secretArn: SecretArn || undefined, roleArn: RoleArn || undefined }];
  });
}

/** Returns the path of a field, spelled as in AWS's JSON: `configuration.merge.protocolConfigurations[1]`. */
export function pathOf(parentPath: string, parent: object, name: string): string {
  if (Array.isArray(parent)) return `${parentPath}[${name}]`;
  const jsonName = name.charAt(0).toLowerCase() + name.slice(1);
  return parentPath === '' ? jsonName : `${parentPath}.${jsonName}`;
}
