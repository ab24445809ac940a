/** An error that a service returns. The client sees its code and message. */
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
 * Returns AWS's access denied message, word for word.
 * Source: "Troubleshoot access denied error messages" in the IAM user guide.
 * @param resource undefined for an operation without a resource, such as ListSecrets.
 * @param reason why AWS denies the request; by default, that no identity-based policy allows the action.
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
