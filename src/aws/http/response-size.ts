import { pipeline, Readable, Transform } from 'node:stream';
import { HTTP } from '../../defaults.ts';
import type { RequestHandler } from '../clients.ts';
import { NotAwsError } from './not-aws.ts';

/** Makes a handler give up on an answer that is larger than any of AWS's: what sends it may never end. */
export function withBoundedAnswers(handler: RequestHandler): RequestHandler {
  return {
    metadata: handler.metadata,
    destroy: () => handler.destroy(),
    async handle(...request) {
      const answer = await handler.handle(...request);
      const { body, headers } = answer.response;
      // AWS tells the length ahead, and Node reads no further than that.
      const told = Number(headers['content-length'] ?? Number.POSITIVE_INFINITY);
      if (told > HTTP.longestAnswerBytes && body instanceof Readable) answer.response.body = bounded(body);
      return answer;
    },
  };
}

function bounded(body: Readable): Readable {
  let size = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      done(size > HTTP.longestAnswerBytes ? new NotAwsError('an answer that does not end') : null, chunk);
    },
  });
  // Whoever reads hears of a failure from the stream itself.
  return pipeline(body, counter, () => undefined);
}
