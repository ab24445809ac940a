import type { FoundSecret } from '../aws/secrets/index.ts';
import { FLEET } from '../defaults.ts';
import type { SecretRef, StepContext } from './types.ts';

/** Reads back what was written, some at a time: together they take fewer requests than each by itself. */
export interface ReadBack {
  /** Returns what the secret holds now. It may be read only once `rest` is called. */
  read(secret: SecretRef): Promise<FoundSecret | undefined>;
  /** Reads whatever has not been read yet. */
  rest(): void;
}

export function readBack({ secrets }: Pick<StepContext, 'secrets'>): ReadBack {
  let waiting: (() => void)[] = [];
  const rest = () => {
    for (const begin of waiting) begin();
    waiting = [];
  };
  return {
    read({ region, arn }) {
      return new Promise((answer) => {
        waiting.push(() => answer(secrets.read(region, arn, { known: true })));
        if (waiting.length >= FLEET.readBackAtOnce) rest();
      });
    },
    rest,
  };
}
