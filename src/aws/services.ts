/** The services that this program calls, by the SDK's service IDs. */
export const SERVICE_IDS = ['Secrets Manager', 'IAM', 'STS', 'KMS', 'MediaConnect'] as const;
export type ServiceId = (typeof SERVICE_IDS)[number];

const SERVICE_BY_PREFIX: Readonly<Record<string, ServiceId>> = {
  secretsmanager: 'Secrets Manager',
  iam: 'IAM',
  sts: 'STS',
  kms: 'KMS',
  mediaconnect: 'MediaConnect',
};

/** Returns the service of an IAM action such as `iam:CreateRole`; undefined if it is not one of those above. */
export function serviceOf(action: string): ServiceId | undefined {
  return SERVICE_BY_PREFIX[action.split(':')[0] ?? ''];
}
