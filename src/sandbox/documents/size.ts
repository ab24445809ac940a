/**
 * The length IAM measures against its quotas: characters that are not white space.
 * Source: "IAM and AWS STS quotas" in the IAM user guide.
 */
export function documentSize(document: string): number {
  return document.replace(/[\t\n\r ]/g, '').length;
}
