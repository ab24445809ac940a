import {
  createPrompt,
  isEnterKey,
  isTabKey,
  makeTheme,
  useEffect,
  useKeypress,
  usePrefix,
  useRef,
  useState,
} from '@inquirer/core';

/** A question that is answered with a line of text. */
export interface TextPromptConfig {
  message: string;
  /** Returns what is shown below the question until it is answered, for the text typed so far. */
  hint: (answer: string) => string;
  /** The answer if the user types nothing. */
  fallback: string;
  /** Returns the problem with an answer, or undefined if it is valid. */
  check(answer: string): string | undefined | Promise<string | undefined>;
  /** Returns the answer as shown while the user types it, or after it was accepted. */
  show(answer: string, state: { isFinal: boolean }): string;
  /** Completes the text before the cursor when the user presses Tab. */
  complete(answer: string): string;
  /** True to empty the line after an invalid answer, because the user can't edit it. */
  clearsInvalid: boolean;
  styles: { hint(text: string): string; problem(text: string): string };
}

/** Asks for a line of text. An invalid answer stays open with its problem below, so that only a valid one is marked as done. */
export const textPrompt = createPrompt<string, TextPromptConfig>((config, done) => {
  const { fallback, styles } = config;
  const theme = makeTheme();
  const [status, setStatus] = useState<'idle' | 'loading' | 'done'>('idle');
  const [value, setValue] = useState('');
  const [problem, setProblem] = useState<string | undefined>();
  const prefix = usePrefix({ status, theme });
  const isOpen = useRef(true);
  useEffect(
    () => () => {
      isOpen.current = false;
    },
    [],
  );
  useKeypress(async (key, readline) => {
    if (status !== 'idle') return;
    if (isEnterKey(key)) {
      const answer = value || fallback;
      setStatus('loading');
      const found = await config.check(answer);
      // The user may have left the question while the answer was checked.
      if (!isOpen.current) return;
      if (found === undefined) {
        setValue(answer);
        setStatus('done');
        done(answer);
        return;
      }
      // Readline has emptied its line on Enter, but takes what is typed during the check.
      readline.clearLine(0);
      if (config.clearsInvalid) setValue('');
      else readline.write(value);
      setProblem(found);
      setStatus('idle');
    } else if (isTabKey(key)) {
      const completed = value === '' ? fallback : config.complete(value);
      readline.clearLine(0);
      readline.write(completed);
      setValue(completed);
    } else {
      setValue(readline.line);
      setProblem(undefined);
    }
  });
  const message = theme.style.message(config.message, status);
  const isFinal = status === 'done';
  const shown = config.show(value, { isFinal });
  const suggestion = fallback !== '' && value === '' && !isFinal ? theme.style.defaultAnswer(fallback) : '';
  const line = [prefix, message, suggestion, isFinal ? theme.style.answer(shown) : shown];
  const below = [problem === undefined ? '' : styles.problem(problem), styles.hint(config.hint(value))];
  return [
    line.filter((part, index) => part !== '' || index === line.length - 1).join(' '),
    isFinal ? '' : below.filter((part) => part !== '').join('\n'),
  ];
});
