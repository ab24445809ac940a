/**
 * A Region of each partition but the commercial one, in which IAM can be addressed (`partitions.json` of botocore). Apart from the
 * SDK's own data, which knows partitions by their Regions only, and which not every command should have to load.
 */
const IAM_REGIONS: Readonly<Record<string, string>> = {
  'aws-cn': 'cn-north-1',
  'aws-us-gov': 'us-gov-west-1',
  'aws-iso': 'us-iso-east-1',
  'aws-iso-b': 'us-isob-east-1',
  'aws-iso-e': 'eu-isoe-west-1',
  'aws-iso-f': 'us-isof-south-1',
  'aws-eusc': 'eusc-de-east-1',
};

/** Returns a Region in which IAM is addressed; undefined for the commercial partition, where the AWS CLI needs none. */
export function iamRegionOf(partition: string): string | undefined {
  return Object.hasOwn(IAM_REGIONS, partition) ? IAM_REGIONS[partition] : undefined;
}
