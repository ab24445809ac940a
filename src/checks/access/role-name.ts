import { parseArn } from '../../aws/arn.ts';

/** What MediaConnect has against the name of a role or its path. */
export interface RoleNaming {
  /** Whether AWS reserves the name (MediaConnect User Guide). */
  isReserved: boolean;
  /** The path, if it has another one than `/`. */
  path?: string;
}

/** Checks the name and the path of a role. Pure. */
export function checkRoleNaming({ name, arn }: { name: string; arn: string }): RoleNaming {
  const isReserved = /^mediaconnectaccessrole$/i.test(name);
  const [, path = '/'] = /^role(\/.*\/|\/)[^/]+$/.exec(parseArn(arn)?.resource ?? '') ?? [];
  return path === '/' ? { isReserved } : { isReserved, path };
}
