import type { Authorization } from './auth/authorization.ts';
import { iam } from './iam/index.ts';
import { kms } from './kms/index.ts';
import { mediaConnect } from './mediaconnect/index.ts';
import type { WireRequest } from './protocols/protocol.ts';
import { secretsManager } from './secretsmanager/index.ts';
import type { Service } from './service.ts';
import { sts } from './sts/index.ts';

const SERVICES = new Map<string, Service>(
  [iam, kms, mediaConnect, secretsManager, sts].map((service) => [service.name, service]),
);

/**
 * The service a request is for: the one it is signed for. Without a usable signature the form of the request tells, so that the
 * refusal comes in the right protocol.
 * @returns undefined for a service that the sandbox does not have.
 */
export function serviceFor(request: WireRequest, auth: Authorization | undefined): Service | undefined {
  if (auth) {
    return SERVICES.get(auth.service);
  }
  if (!/^\/(\?|$)/.test(request.target)) {
    return mediaConnect;
  }
  const target = request.headers['x-amz-target'];
  if (target !== undefined) {
    return `${target}`.startsWith('TrentService.') ? kms : secretsManager;
  }
  return request.body.includes(sts.apiVersion) || request.target.includes(sts.apiVersion) ? sts : iam;
}
