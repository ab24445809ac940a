/**
 * The AWS partitions: the prefix of their Region names, and IAM's home Region.
 * Source: `partitions.json` of botocore.
 */
const PARTITION_TABLE = {
  'aws-cn': ['cn-', 'cn-north-1'],
  'aws-us-gov': ['us-gov-', 'us-gov-west-1'],
  'aws-iso': ['us-iso-', 'us-iso-east-1'],
  'aws-iso-b': ['us-isob-', 'us-isob-east-1'],
  'aws-iso-e': ['eu-isoe-', 'eu-isoe-west-1'],
  'aws-iso-f': ['us-isof-', 'us-isof-south-1'],
  'aws-eusc': ['eusc-', 'eusc-de-east-1'],
  /** All other Regions belong to this partition. */
  aws: ['', 'us-east-1'],
} as const satisfies Record<string, readonly [prefix: string, home: string]>;

export type Partition = keyof typeof PARTITION_TABLE;

export const PARTITIONS = Object.keys(PARTITION_TABLE) as Partition[];

/** Returns the partition that a Region belongs to, according to its name. */
export function partitionOfRegion(region: string): Partition {
  return PARTITIONS.find((partition) => region.startsWith(PARTITION_TABLE[partition][0])) ?? 'aws';
}

/** Returns the home Region of IAM, which is a global service; undefined if there is no such partition. */
export function homeRegion(partition: string): string | undefined {
  return PARTITIONS.includes(partition as Partition) ? PARTITION_TABLE[partition as Partition][1] : undefined;
}
