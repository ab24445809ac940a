import {
  DescribeFlowCommand,
  type DescribeFlowCommandInput,
  ListFlowsCommand,
  type ListFlowsCommandInput,
} from '@aws-sdk/client-mediaconnect';

/**
 * MediaConnect's commands, as far as the newest SDK that can be installed (3.654.0) lacks them, or drops members of their answers
 * that it does not know. They go through the SDK's endpoint rules, signing and retries. Answers come whole, in the SDK's spelling.
 */

/** What a command of the SDK has beside its declared members: how it writes its request and reads its answer. */
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

/** Reads a flow with all its members. */
export class DescribeWholeFlowCommand extends DescribeFlowCommand {
  constructor(input: DescribeFlowCommandInput) {
    super(input);
    Object.assign(this, readingAll(this as unknown as Serde));
  }
}

/** A request that the SDK has no command for. Its page token and size, if any, are written as those of `ListFlows`. */
class RouterCommand extends ListFlowsCommand {
  constructor(
    name: string,
    input: ListFlowsCommandInput,
    { method, path }: { method: string; path: string },
  ) {
    super(input);
    const { serialize, deserialize } = this as unknown as Serde;
    Object.assign(this, {
      ...readingAll({ deserialize }),
      serialize: async (given: object, context: SerdeContext) => {
        const request = await serialize(given, context);
        request.method = method;
        request.path = request.path.replace(/\/v1\/flows$/, path);
        if (method === 'POST') {
          request.body = '{}';
          request.headers['content-type'] = 'application/json';
        }
        return request;
      },
    });
    // Its quota is found by this name, and `--debug` prints it.
    this.middlewareStack.add(
      (next, context) => {
        context.commandName = `${name}Command`;
        return next;
      },
      { step: 'initialize', name: 'nameCommand' },
    );
  }
}

/** The kinds of what a router has, in the API's own words. */
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

/** Returns a reader of whole answers; errors are read as the SDK reads them. */
function readingAll({ deserialize }: Pick<Serde, 'deserialize'>): Pick<Serde, 'deserialize'> {
  return {
    async deserialize(response, context) {
      if (response.statusCode >= 300) return deserialize(response, context);
      const { body: sent } = response;
      const bytes = sent instanceof Uint8Array ? sent : await context.streamCollector(sent);
      const text = context.utf8Encoder(bytes);
      const body: unknown = text === '' ? {} : JSON.parse(text);
      if (typeof body !== 'object' || body === null || Array.isArray(body))
        throw new TypeError('the answer is no JSON object');
      const requestId = response.headers['x-amzn-requestid'];
      return { ...asSdk(body), $metadata: { httpStatusCode: response.statusCode, requestId } };
    },
  };
}

/** Returns an answer with the members' names as the SDK spells them. */
function asSdk(body: object): object {
  const spelled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(spelled);
    return typeof value === 'object' && value !== null ? asSdk(value) : value;
  };
  const entries = Object.entries(body).map(([name, value]) => [
    name.charAt(0).toUpperCase() + name.slice(1),
    value === null ? undefined : spelled(value),
  ]);
  return Object.fromEntries(entries);
}
