import { ADMINISTRATOR, type PermissionSource } from '../permissions/permission-source.ts';
import { newAccessKeyId, newUniqueId, randomAlphanumeric } from '../random.ts';
import type { SandboxCredentials } from '../types.ts';

/** An access key that the sandbox has issued. */
export interface AccessKey {
  readonly credentials: SandboxCredentials;
  /** The resource part of the caller's ARN: `user/sandbox`, `assumed-role/NAME/SESSION`. */
  readonly principal: string;
  /** The service in the caller's ARN. */
  readonly service: 'iam' | 'sts';
  /** The role of a role session, as the resource part of its ARN: `role/PATH/NAME`. */
  readonly role?: string;
  readonly permissionSource: PermissionSource;
  readonly userId: string;
  /** Milliseconds since the epoch; absent for a long-term key. */
  readonly expiresAt?: number;
  /** True if an MFA code was given for a temporary key. */
  readonly mfa: boolean;
}

/** The properties of temporary credentials to be issued. */
export type SessionRequest = Omit<AccessKey, 'credentials'> & { readonly expiresAt: number };

/** The access keys that the sandbox accepts: the key of its user, and the temporary ones that STS has issued. */
export class AccessKeyStore {
  /** The long-term key of the account's only user, an administrator. */
  readonly userKey: AccessKey;
  readonly #keys = new Map<string, AccessKey>();

  constructor() {
    this.userKey = {
      credentials: { accessKeyId: newAccessKeyId('AKIA'), secretAccessKey: randomAlphanumeric(40) },
      principal: 'user/sandbox',
      service: 'iam',
      permissionSource: ADMINISTRATOR,
      userId: newUniqueId('AIDA'),
      mfa: false,
    };
    this.#keys.set(this.userKey.credentials.accessKeyId, this.userKey);
  }

  find(id: string): AccessKey | undefined {
    return this.#keys.get(id);
  }

  issue(request: SessionRequest): Required<SandboxCredentials> {
    const credentials = {
      accessKeyId: newAccessKeyId('ASIA'),
      secretAccessKey: randomAlphanumeric(40),
      sessionToken: randomAlphanumeric(200),
    };
    this.#keys.set(credentials.accessKeyId, { ...request, credentials });
    return credentials;
  }
}
