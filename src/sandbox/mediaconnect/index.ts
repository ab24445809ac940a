import { restJsonProtocol } from '../protocols/rest-json.ts';
import type { Operations, Service } from '../service.ts';
import { contents } from './contents.ts';
import { flows } from './flows.ts';
import { needs } from './needs.ts';
import { routers } from './routers.ts';
import { routes } from './routes.ts';

const operations: Operations = { ...flows, ...contents, ...routers };

/** Source: "Quotas in AWS Elemental MediaConnect" in its user guide. */
const QUICK = new Set(['DescribeFlow', 'GetRouterInput', 'GetRouterOutput']);

/** AWS Elemental MediaConnect, API version 2018-11-14: flows and routers, as far as encryption goes. */
export const mediaConnect: Service = {
  name: 'mediaconnect',
  protocol: restJsonProtocol(routes, new Set(['maxResults'])),
  operations,
  operationNames: new Set(routes.map(({ action }) => action)),
  internalError: [
    'InternalServerErrorException',
    'The server encountered an internal error and is unable to complete the request.',
  ],
  quotasOn: (action) => [QUICK.has(action) ? 'flowDescriptionsPerSecond' : 'flowRequestsPerSecond'],
  needs,
};
