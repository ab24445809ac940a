import {
  DescribeFlowCommand,
  type DescribeFlowCommandInput,
  ListFlowsCommand,
  type ListFlowsCommandInput,
} from '@aws-sdk/client-mediaconnect';

/*
 * Commands of MediaConnect that the newest installable SDK (3.654.0) lacks, or for which it drops response fields that it doesn't
 * know. They use the SDK's endpoint rules, signing and retries. Responses are complete, with the SDK's field names.
 */

/** The undeclared methods of an SDK command that write its request and read its response. */
interface Serde {
  serialize(input: object, context: SerdeContext): Promise<WireRequest>;
  deserialize(response: WireResponse, context: SerdeContext): Promise<object>;
}

interface SerdeContext {
  utf8Encoder(bytes: Uint8Array): string;
  streamCollector(stream: unknown): Promise<Uint8Array>;
}

interface WireRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: unknown;
}

interface WireResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Reads a flow with all its fields. */
export class DescribeWholeFlowCommand extends DescribeFlowCommand {
  constructor(input: DescribeFlowCommandInput) {
    super(input);
    Object.assign(this, wholeResponseSerde(this as unknown as Serde));
  }
}

/** A request that the SDK has no command for. Its page token and size, if any, are sent like those of `ListFlows`. */
class RouterCommand extends ListFlowsCommand {
  constructor(
    name: string,
    input: ListFlowsCommandInput,
    { method, path }: { method: string; path: string },
  ) {
    super(input);
    const { serialize, deserialize } = this as unknown as Serde;
    Object.assign(this, {
      ...wholeResponseSerde({ deserialize }),
      serialize: async (commandInput: object, context: SerdeContext) => {
        const request = await serialize(commandInput, context);
        request.method = method;
        request.path = request.path.replace(/\/v1\/flows$/, path);
        if (method === 'POST') {
          request.body = '{}';
          request.headers['content-type'] = 'application/json';
        }
        return request;
      },
    });
    // The command name selects the quota and shows in `--debug` output.
    this.middlewareStack.add(
      (next, context) => {
        context.commandName = `${name}Command`;
        return next;
      },
      { step: 'initialize', name: 'nameCommand' },
    );
  }
}

/** Router resource types, with the API's names. */
export type RouterKind = 'routerInput' | 'routerOutput';

export class ListRouterInputsCommand extends RouterCommand {
  constructor(input: ListFlowsCommandInput) {
    super('ListRouterInputs', input, { method: 'POST', path: '/v1/routerInputs' });
  }
}

export class ListRouterOutputsCommand extends RouterCommand {
  constructor(input: ListFlowsCommandInput) {
    super('ListRouterOutputs', input, { method: 'POST', path: '/v1/routerOutputs' });
  }
}

export class GetRouterInputCommand extends RouterCommand {
  constructor(input: { Arn: string }) {
    const path = `/v1/routerInput/${encodeURIComponent(input.Arn)}`;
    super('GetRouterInput', input as ListFlowsCommandInput, { method: 'GET', path });
  }
}

export class GetRouterOutputCommand extends RouterCommand {
  constructor(input: { Arn: string }) {
    const path = `/v1/routerOutput/${encodeURIComponent(input.Arn)}`;
    super('GetRouterOutput', input as ListFlowsCommandInput, { method: 'GET', path });
  }
}

/** Returns a deserializer that keeps the whole response. Errors are read as in the SDK. */
function wholeResponseSerde({ deserialize }: Pick<Serde, 'deserialize'>): Pick<Serde, 'deserialize'> {
  return {
    async deserialize(response, context) {
      if (response.statusCode >= 300) return deserialize(response, context);
      const { body: rawBody } = response;
      const bytes = rawBody instanceof Uint8Array ? rawBody : await context.streamCollector(rawBody);
      const text = context.utf8Encoder(bytes);
      const body: unknown = text === '' ? {} : JSON.parse(text);
      if (typeof body !== 'object' || body === null || Array.isArray(body))
        throw new TypeError('the answer is no JSON object');
      const requestId = response.headers['x-amzn-requestid'];
      return { ...withSdkNames(body), $metadata: { httpStatusCode: response.statusCode, requestId } };
    },
  };
}

/** Converts the field names of a response to the SDK's spelling. */
function withSdkNames(body: object): object {
  const convert = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(convert);
    return typeof value === 'object' && value !== null ? withSdkNames(value) : value;
  };
  const entries = Object.entries(body).map(([name, value]) => [
    name.charAt(0).toUpperCase() + name.slice(1),
    value === null ? undefined : convert(value),
  ]);
  return Object.fromEntries(entries);
}
