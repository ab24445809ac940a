import { ADMINISTRATOR, type PermissionSource } from '../permissions/grants.ts';
import { accessKeyId, alphanumeric, uniqueId } from '../random.ts';
import type { SandboxCredentials } from '../types.ts';

/** An access key that the sandbox has issued. */
export interface AccessKey {
  readonly credentials: SandboxCredentials;
  /** The resource part of the caller's ARN: `user/sandbox`, `assumed-role/NAME/SESSION`. */
  readonly principal: string;
  readonly service: 'iam' | 'sts';
  /** The role of a role session, as the resource part of its ARN: `role/PATH/NAME`. */
  readonly role?: string;
  readonly permissionSource: PermissionSource;
  readonly userId: string;
  /** Milliseconds since the epoch; absent for a long-term key. */
  readonly expiresAt?: number;
  readonly mfa: boolean;
}

/** The properties of temporary credentials to be issued. */
export type SessionRequest = Omit<AccessKey, 'credentials'> & { readonly expiresAt: number };

/** The access keys that the sandbox accepts: the key of its user, and the temporary ones that STS has issued. */
export class SessionStore {
  readonly user: AccessKey;
  readonly #keys = new Map<string, AccessKey>();

  constructor() {
    this.user = {
      credentials: { accessKeyId: accessKeyId('AKIA'), secretAccessKey: alphanumeric(40) },
      principal: 'user/sandbox',
      service: 'iam',
      permissionSource: ADMINISTRATOR,
      userId: uniqueId('AIDA'),
      mfa: false,
    };
    this.#keys.set(this.user.credentials.accessKeyId, this.user);
  }

  find(id: string): AccessKey | undefined {
    return this.#keys.get(id);
  }

  /** Issues temporary credentials. */
  issue(request: SessionRequest): Required<SandboxCredentials> {
    const credentials = {
      accessKeyId: accessKeyId('ASIA'),
      secretAccessKey: alphanumeric(40),
      sessionToken: alphanumeric(200),
    };
    this.#keys.set(credentials.accessKeyId, { ...request, credentials });
    return credentials;
  }
}
