import { plain } from '../../text.ts';
import type { Output } from '../../ui/output.ts';
import type { Progress } from '../../ui/progress.ts';
import { askHidden } from '../../ui/prompt.ts';
import { wizardWords as words } from './messages.ts';

/** Asks for the code that an MFA device shows. The credentials are looked up in the midst of whatever needs them first. */
export async function askMfaCode(serial: string, output: Output, progress: Progress): Promise<string> {
  progress.stop();
  for (;;) {
    const code = await askHidden(words.mfa(plain(serial)));
    if (/^\d{6}$/.test(code)) return code;
    output.insist(output.paint.red(`✖ ${words.mfaForm}`));
  }
}
