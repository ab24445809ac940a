import { Interrupted } from '../../failure.ts';
import type { Change } from '../../plan-types.ts';
import { isLong, planDocuments, planLines } from '../../ui/plan.ts';
import { askChoice } from '../../ui/prompt.ts';
import type { WizardContext } from './context.ts';
import { wizardWords as words } from './messages.ts';

/** The one confirmation. Shows the documents to whoever asks; returns only when the plan may be carried out. */
export async function confirm(
  { output }: Pick<WizardContext, 'output'>,
  { changes }: { changes: Change[] },
): Promise<void> {
  const documented = changes.some(({ document }) => document !== undefined);
  for (;;) {
    const no = { value: 'no' as const, name: words.confirmNo };
    const others = [
      { value: 'yes' as const, name: words.confirmYes },
      ...(isLong({ changes }) ? [{ value: 'lines' as const, name: words.confirmLines }] : []),
      ...(documented ? [{ value: 'show' as const, name: words.confirmShow }] : []),
    ];
    // The first one is what Enter takes.
    const options = changes.some(takesAway) ? [no, ...others] : [...others, no];
    const answer = await askChoice<'yes' | 'lines' | 'show' | 'no'>(words.confirm, options);
    if (answer === 'yes') return;
    if (answer === 'no') throw new Interrupted({ chosen: true });
    output.say(
      answer === 'lines' ? planLines(output, changes, true).join('\n') : planDocuments(output, changes),
    );
    output.say();
  }
}

/** Whether a change replaces a value, or takes something away. */
function takesAway({ action, resource }: Change): boolean {
  return action === 'update' ? resource === 'secret' : ['schedule', 'detach', 'delete'].includes(action);
}
