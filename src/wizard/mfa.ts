import type { Output } from '../report/output.ts';
import { plain } from '../report/plain.ts';
import type { Progress } from '../report/progress.ts';
import { wizardWords as words } from '../report/words/wizard.ts';
import { askHidden } from './prompt.ts';

/** Asks for the code that an MFA device shows. The credentials are looked up in the midst of whatever needs them first. */
export async function askMfaCode(serial: string, output: Output, progress: Progress): Promise<string> {
  progress.stop();
  for (;;) {
    const code = await askHidden(words.mfa(plain(serial)));
    if (/^\d{6}$/.test(code)) return code;
    output.insist(output.paint.red(`✖ ${words.mfaForm}`));
  }
}
