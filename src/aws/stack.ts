/**
 * The CloudFormation stack that a resource belongs to, if one does. CloudFormation puts this tag on what it makes, and
 * nobody else can. Source: CloudFormation User Guide, "Resource tags".
 */
export function stackOf(
  tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
): string | undefined {
  return tags?.find(({ Key }) => Key === 'aws:cloudformation:stack-name')?.Value;
}
