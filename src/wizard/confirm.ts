import { Interrupted } from '../failure.ts';
import { isLong, planDocuments, planLines } from '../report/plan.ts';
import type { Change } from '../report/types.ts';
import { wizardWords as words } from '../report/words/wizard.ts';
import type { WizardContext } from './context.ts';
import { askChoice } from './prompt.ts';

/** The one confirmation. Shows the documents to whoever asks; returns only when the plan may be carried out. */
export async function confirm(
  { output }: Pick<WizardContext, 'output'>,
  { changes }: { changes: Change[] },
): Promise<void> {
  const documented = changes.some(({ document }) => document !== undefined);
  for (;;) {
    const answer = await askChoice<'yes' | 'lines' | 'show' | 'no'>(words.confirm, [
      { value: 'yes', name: words.confirmYes },
      ...(isLong({ changes }) ? [{ value: 'lines' as const, name: words.confirmLines }] : []),
      ...(documented ? [{ value: 'show' as const, name: words.confirmShow }] : []),
      { value: 'no', name: words.confirmNo },
    ]);
    if (answer === 'yes') return;
    if (answer === 'no') throw new Interrupted({ chosen: true });
    output.say(
      answer === 'lines' ? planLines(output, changes, true).join('\n') : planDocuments(output, changes),
    );
    output.say();
  }
}
