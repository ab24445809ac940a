import { field, readKeyCommand } from '../../cli/summary.ts';
import type { SecretOutcome } from '../../plan-types.ts';
import { folded, MOST_LINES } from '../../text.ts';
import { fleetWords } from '../../ui/batch-messages.ts';
import { setupWords } from '../../ui/messages.ts';
import type { Output } from '../../ui/output.ts';
import { rotateWords as words } from './messages.ts';

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
  const where = secrets.flatMap(({ region, arn }) => field(setupWords.secretLabel(region), arn));
  if (secrets.every(({ action }) => action === 'kept')) {
    output.result([words.noneChanged, ...where, ''].join('\n'));
    return;
  }
  const lines = [
    paint.green.bold(rollback ? words.doneBack : words.done(secrets.length)),
    ...where,
    '',
    prose(rollback ? words.nextBack : words.next),
    ...(generated && first ? [prose(words.generated), `  ${readKeyCommand(first.region, first.arn)}`] : []),
    '',
  ];
  output.result(lines.join('\n'));
}

/** What a finished rotation of many keys has to say. */
export interface FleetRotationSummary {
  /** The secrets of each key that was changed. */
  changed: SecretOutcome[][];
  rollback: boolean;
  /** One of the secrets whose new key was made by this program. */
  generated: SecretOutcome | undefined;
}

/** The same for many keys; where the secrets are more than anybody reads about, how many in which Region. */
export function showFleetRotation(
  output: Output,
  { changed, rollback, generated }: FleetRotationSummary,
): void {
  const { paintResult: paint, prose } = output;
  if (changed.length === 0) {
    output.result(`${words.noneChanged}\n`);
    return;
  }
  const secrets = changed.flat();
  const alike = secrets.length > MOST_LINES ? ({ region }: SecretOutcome) => region : undefined;
  const lines = [
    paint.green.bold(rollback ? words.doneBackAll(changed.length) : words.doneAll(changed.length)),
    ...folded(secrets, alike).flatMap(([{ region, arn }, ...others]) =>
      others.length === 0
        ? field(setupWords.secretLabel(region), arn)
        : [fleetWords.where(region, others.length + 1)],
    ),
    '',
    prose(rollback ? words.nextBackAll : words.nextAll),
    ...(generated ? [prose(words.generatedAll), `  ${readKeyCommand(generated.region, generated.arn)}`] : []),
    '',
  ];
  output.result(lines.join('\n'));
}
