import { jsonProtocol } from '../protocols/json.ts';
import type { Operations, Service } from '../service.ts';
import { createSecret } from './create.ts';
import { describing } from './describe.ts';
import { lifecycle } from './lifecycle.ts';
import { listing } from './listing.ts';
import { needs } from './needs.ts';
import { resourcePolicy } from './policy.ts';
import { quotasOn } from './quotas.ts';
import { reading } from './reading.ts';
import { replication } from './replicas.ts';
import { rotation } from './rotation.ts';
import { tagging } from './tagging.ts';
import { values } from './values.ts';

const operations: Operations = {
  CreateSecret: createSecret,
  ...describing,
  ...listing,
  ...reading,
  ...values,
  ...lifecycle,
  ...tagging,
  ...resourcePolicy,
  ...rotation,
  ...replication,
};

const ABSENT = ['GetRandomPassword', 'ValidateResourcePolicy'];

/** AWS Secrets Manager, API version 2017-10-17. */
export const secretsManager: Service = {
  name: 'secretsmanager',
  protocol: jsonProtocol('secretsmanager'),
  operations,
  operationNames: new Set([...Object.keys(operations), ...ABSENT]),
  internalError: ['InternalServiceError', 'An error occurred on the server side.'],
  quotasOn,
  needs,
};
