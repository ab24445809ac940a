import { EXIT } from './failure.ts';
import { runProgram } from './program.ts';
import { outputMessages } from './ui/output.ts';
import { ignoreZeroSizes } from './ui/terminal.ts';

/** Exits once all output is written. After an interruption, it doesn't wait for timers of the AWS SDK. */
function exitWhenWritten(): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit()));
}

let writeErrorCode: string | undefined;

// A reader such as `| head` can close the pipe early. The command continues and ends with its own exit code.
for (const stream of [process.stdout, process.stderr]) {
  ignoreZeroSizes(stream);
  stream.on('error', ({ code = '' }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || writeErrorCode) return;
    writeErrorCode = code;
    process.stderr.write(`${outputMessages.unwritten(code)}\n`);
    process.exitCode ||= EXIT.failed;
  });
}

await runProgram(process.argv, process.env);
if (writeErrorCode) process.exitCode ||= EXIT.failed;
if (Number(process.exitCode ?? 0) >= EXIT.interrupted) exitWhenWritten();
