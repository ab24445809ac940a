/**
 * The partitions of AWS: how the names of their Regions begin, and the Region that IAM counts as being in.
 * Source: `partitions.json` of botocore.
 */
const TABLE = {
  'aws-cn': ['cn-', 'cn-north-1'],
  'aws-us-gov': ['us-gov-', 'us-gov-west-1'],
  'aws-iso': ['us-iso-', 'us-iso-east-1'],
  'aws-iso-b': ['us-isob-', 'us-isob-east-1'],
  'aws-iso-e': ['eu-isoe-', 'eu-isoe-west-1'],
  'aws-iso-f': ['us-isof-', 'us-isof-south-1'],
  'aws-eusc': ['eusc-', 'eusc-de-east-1'],
  /** All other Regions are in this one. */
  aws: ['', 'us-east-1'],
} as const satisfies Record<string, readonly [prefix: string, home: string]>;

export type Partition = keyof typeof TABLE;

export const PARTITIONS = Object.keys(TABLE) as Partition[];

/** The partition that a Region belongs to, by the form of its name. */
export function partitionOfRegion(region: string): Partition {
  return PARTITIONS.find((partition) => region.startsWith(TABLE[partition][0])) ?? 'aws';
}

/** The Region that IAM, which is one for all Regions, counts as being in; undefined for a name that is no partition. */
export function homeRegion(partition: string): string | undefined {
  return PARTITIONS.includes(partition as Partition) ? TABLE[partition as Partition][1] : undefined;
}
