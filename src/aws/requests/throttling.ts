const THROTTLED = new Set([
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'RequestLimitExceeded',
]);
/** Whether AWS refused a request because there were too many of its kind. */
export function isThrottled({ name }: Pick<Error, 'name'>): boolean {
  return THROTTLED.has(name);
}
