/** The AWS partitions. Source: `partitions.json` of botocore. */
const PARTITION_TABLE = {
  'aws-cn': { regionPrefix: 'cn-', iamRegion: 'cn-north-1' },
  'aws-us-gov': { regionPrefix: 'us-gov-', iamRegion: 'us-gov-west-1' },
  'aws-iso': { regionPrefix: 'us-iso-', iamRegion: 'us-iso-east-1' },
  'aws-iso-b': { regionPrefix: 'us-isob-', iamRegion: 'us-isob-east-1' },
  'aws-iso-e': { regionPrefix: 'eu-isoe-', iamRegion: 'eu-isoe-west-1' },
  'aws-iso-f': { regionPrefix: 'us-isof-', iamRegion: 'us-isof-south-1' },
  'aws-eusc': { regionPrefix: 'eusc-', iamRegion: 'eusc-de-east-1' },
  /** All other Regions belong to this partition. */
  aws: { regionPrefix: '', iamRegion: 'us-east-1' },
} as const satisfies Record<string, { regionPrefix: string; iamRegion: string }>;

export type Partition = keyof typeof PARTITION_TABLE;

export const PARTITIONS = Object.keys(PARTITION_TABLE) as Partition[];

/** Returns the partition that a Region belongs to, according to its name. */
export function partitionOfRegion(region: string): Partition {
  return PARTITIONS.find((partition) => region.startsWith(PARTITION_TABLE[partition].regionPrefix)) ?? 'aws';
}

/** Returns the home Region of IAM, which is a global service; undefined if there is no such partition. */
export function homeRegion(partition: string): string | undefined {
  const existing = PARTITIONS.find((name) => name === partition);
  return existing && PARTITION_TABLE[existing].iamRegion;
}
