import { middlewareOf, type SdkClient } from './http/sdk-client.ts';

export function traced<C extends SdkClient>(client: C, trace: ((line: string) => void) | undefined): C {
  if (!trace) return client;
  middlewareOf(client).add(
    (next, context) => async (args) => {
      const started = performance.now();
      const label = `${client.config.serviceId} ${context.commandName ?? 'request'}`;
      const done = (how: string) => trace(`${label} (${Math.round(performance.now() - started)} ms): ${how}`);
      try {
        const result = await next(args);
        done('ok');
        return result;
      } catch (error) {
        done(error instanceof Error ? error.name : 'failed');
        throw error;
      }
    },
    { step: 'initialize', name: 'trace' },
  );
  return client;
}
