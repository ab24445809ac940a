import { middlewareOf, type SdkClient } from './http/sdk-client.ts';

/** Makes a client report a line for each request, for `--debug`. */
export function withTrace<C extends SdkClient>(client: C, trace: ((line: string) => void) | undefined): C {
  if (!trace) return client;
  middlewareOf(client).add(
    (next, context) => async (args) => {
      const startedAt = performance.now();
      const label = `${client.config.serviceId} ${context.commandName ?? 'request'}`;
      const report = (result: string) =>
        trace(`${label} (${Math.round(performance.now() - startedAt)} ms): ${result}`);
      try {
        const result = await next(args);
        report('ok');
        return result;
      } catch (error) {
        report(error instanceof Error ? error.name : 'failed');
        throw error;
      }
    },
    { step: 'initialize', name: 'trace' },
  );
  return client;
}
