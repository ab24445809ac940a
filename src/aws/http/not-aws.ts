import { middlewareOf, type SdkClient } from '../sdk-client.ts';
import { isSound, isTold } from './response-shapes.ts';

/** An answer that cannot be AWS's, such as that of a login page. */
export class NotAwsError extends Error {
  override readonly name = 'NotAwsError';
}

/**
 * Makes a client take for an answer only what AWS may have answered. The SDK itself would read an empty body, or JSON
 * about something else, as an answer in which everything optional is missing, and passes values of a wrong type on.
 */
export function demandingAws<C extends SdkClient>(client: C): C {
  middlewareOf(client).add(
    (next) => async (args) => {
      const result = await next(args).catch((error: unknown) => {
        throw isTold(error) ? error : new NotAwsError('an error without a name or a sentence');
      });
      const { $metadata, ...members } = result.output;
      const saysNothing = Object.values(members).every((member) => member === undefined);
      // Every answer of AWS has a request ID; some imitations of AWS leave it out, but they say something.
      if (saysNothing && !$metadata.requestId) throw new NotAwsError('an empty answer without a request ID');
      if (!isSound(members)) throw new NotAwsError('an answer with a member of another kind');
      return result;
    },
    { step: 'initialize', name: 'demandAws' },
  );
  return client;
}
