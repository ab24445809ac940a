import type { StatusCheck } from './types.ts';

/** Makes checks of one thing, by its ARN. */
export function checksOf(subject: string) {
  return (id: StatusCheck['id'], verdict: StatusCheck['verdict'], detail: string): StatusCheck => ({
    id,
    verdict,
    subject,
    detail,
  });
}
