import { partition } from '@aws-sdk/core/client';

/** An AWS Region and its location. */
export interface Region {
  id: string;
  location: string;
}

/**
 * The Regions with MediaConnect (AWS General Reference, "AWS Elemental MediaConnect endpoints and quotas"). The wizard offers
 * them, and searches without a Region read them. Users can name any other Region, so a new one works before it is listed here.
 */
export const MEDIACONNECT_REGIONS: readonly Region[] = [
  { id: 'us-east-1', location: 'US East (N. Virginia)' },
  { id: 'us-east-2', location: 'US East (Ohio)' },
  { id: 'us-west-1', location: 'US West (N. California)' },
  { id: 'us-west-2', location: 'US West (Oregon)' },
  { id: 'af-south-1', location: 'Africa (Cape Town)' },
  { id: 'ap-east-1', location: 'Asia Pacific (Hong Kong)' },
  { id: 'ap-northeast-1', location: 'Asia Pacific (Tokyo)' },
  { id: 'ap-northeast-2', location: 'Asia Pacific (Seoul)' },
  { id: 'ap-northeast-3', location: 'Asia Pacific (Osaka)' },
  { id: 'ap-south-1', location: 'Asia Pacific (Mumbai)' },
  { id: 'ap-south-2', location: 'Asia Pacific (Hyderabad)' },
  { id: 'ap-southeast-1', location: 'Asia Pacific (Singapore)' },
  { id: 'ap-southeast-2', location: 'Asia Pacific (Sydney)' },
  { id: 'ap-southeast-4', location: 'Asia Pacific (Melbourne)' },
  { id: 'ap-southeast-5', location: 'Asia Pacific (Malaysia)' },
  { id: 'ca-central-1', location: 'Canada (Central)' },
  { id: 'eu-central-1', location: 'Europe (Frankfurt)' },
  { id: 'eu-north-1', location: 'Europe (Stockholm)' },
  { id: 'eu-west-1', location: 'Europe (Ireland)' },
  { id: 'eu-west-2', location: 'Europe (London)' },
  { id: 'eu-west-3', location: 'Europe (Paris)' },
  { id: 'me-central-1', location: 'Middle East (UAE)' },
  { id: 'sa-east-1', location: 'South America (São Paulo)' },
];

/**
 * The Regions of the commercial partition that are enabled in every account. All others are opt-in (AWS Account Management
 * Reference Guide, "Specify which AWS Regions your account can use").
 */
const ENABLED_BY_DEFAULT = new Set([
  'us-east-1',
  'us-east-2',
  'us-west-1',
  'us-west-2',
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'ca-central-1',
  'eu-central-1',
  'eu-north-1',
  'eu-west-1',
  'eu-west-2',
  'eu-west-3',
  'sa-east-1',
]);

/** Returns true if a Region is enabled in every account of its partition. Other partitions have no opt-in Regions. */
export function isAlwaysEnabled(region: string): boolean {
  return ENABLED_BY_DEFAULT.has(region) || partitionOf(region) !== 'aws';
}

/**
 * Returns the best of several Regions for the global services IAM and STS: the first that can't be disabled. A disabled Region
 * then fails only for its own resources.
 */
export function homeRegionAmong(regions: readonly string[]): string | undefined {
  return regions.find(isAlwaysEnabled) ?? regions[0];
}

/**
 * Returns the Regions of a partition that are known to have MediaConnect. AWS lists them only for the commercial partition; for
 * other partitions, the result is empty.
 */
export function mediaConnectRegionsIn(partition: string): string[] {
  return partition === 'aws' ? MEDIACONNECT_REGIONS.map(({ id }) => id) : [];
}

/** Returns the partition of a Region, from the SDK's partition data. */
export function partitionOf(region: string): string {
  return partition(region).name;
}

/** The services that this program calls, with the SDK's service IDs. */
export const SERVICE_IDS = ['Secrets Manager', 'IAM', 'STS', 'KMS', 'MediaConnect'] as const;
export type ServiceId = (typeof SERVICE_IDS)[number];

const SERVICE_BY_PREFIX: Readonly<Record<string, ServiceId>> = {
  secretsmanager: 'Secrets Manager',
  iam: 'IAM',
  sts: 'STS',
  kms: 'KMS',
  mediaconnect: 'MediaConnect',
};

/** Returns the service of an IAM action such as `iam:CreateRole`; undefined if it is not one of these services. */
export function serviceOf(action: string): ServiceId | undefined {
  return SERVICE_BY_PREFIX[action.split(':')[0] ?? ''];
}
