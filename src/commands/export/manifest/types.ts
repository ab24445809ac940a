/** An entry of the manifest that is printed, with all that holds for it; members as the manifest names them. */
export interface ExportedKey {
  secretName: string;
  regions: string[];
  key: { existing: true };
  keyType?: 'srt-password';
  policyName: string;
  policyScope?: string;
  policyPrefix?: string;
  roleName: string;
  roleDescription?: string;
  sourceAccount?: boolean;
  sourceArns?: string[];
  permissionsBoundary?: string;
  tags?: Record<string, string>;
}

/** A manifest as a document. */
export interface ExportedManifest {
  version: 1;
  defaults?: Partial<ExportedKey>;
  keys: Partial<ExportedKey>[];
}

/** What a role is like, as far as a manifest can say it. */
export type RoleMembers = Pick<
  ExportedKey,
  'roleName' | 'roleDescription' | 'sourceAccount' | 'sourceArns' | 'permissionsBoundary'
>;
