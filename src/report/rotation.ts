import type { Output } from './output.ts';
import { field, readKeyCommand } from './summary.ts';
import type { SecretOutcome } from './types.ts';
import { rotateWords as words } from './words/rotate.ts';
import { setupWords } from './words/setup.ts';

/** What a finished rotation has to say. */
export interface RotationSummary {
  secrets: SecretOutcome[];
  rollback: boolean;
  /** Set when the key was made by this program. */
  generated: boolean;
}

/** Prints where the new key is, and what the other end needs. */
export function showRotation(output: Output, { secrets, rollback, generated }: RotationSummary): void {
  const { paintResult: paint, prose } = output;
  const [first] = secrets;
  const lines = [
    paint.green.bold(rollback ? words.doneBack : words.done(secrets.length)),
    ...secrets.flatMap(({ region, arn }) => field(setupWords.secretLabel(region), arn)),
    '',
    prose(rollback ? words.nextBack : words.next),
    ...(generated && first ? [prose(words.generated), `  ${readKeyCommand(first.region, first.arn)}`] : []),
    '',
  ];
  output.result(lines.join('\n'));
}
