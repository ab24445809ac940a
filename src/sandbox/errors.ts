/** An error that a service answers with. Its code and message are what the client sees. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
  }
}

/**
 * The denial that AWS answers with, in its exact words.
 * Source: "Troubleshoot access denied error messages" in the IAM user guide.
 * @param resource absent for an operation that is on no resource, such as ListSecrets.
 * @param reason what AWS found; by default that no identity-based policy allows the action.
 */
export function denialMessage(
  callerArn: string,
  permission: string,
  resource: string | undefined,
  reason = `because no identity-based policy allows the ${permission} action`,
): string {
  const target = resource === undefined ? '' : ` on resource: ${resource}`;
  return `User: ${callerArn} is not authorized to perform: ${permission}${target} ${reason}`;
}
