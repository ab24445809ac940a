import { runProgram } from '../../../src/program.ts';
import { baseEnv, type RunResult } from './run.ts';

/** What the launcher sets. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

/**
 * Runs the program in this process, where a run costs a tenth: the same parser, the same environment variables, the same
 * output. One run at a time, because all that belongs to the process.
 */
export async function runHere(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<Pick<RunResult, 'code' | 'stdout' | 'stderr'>> {
  const written = { stdout: '', stderr: '' };
  const before = { env: process.env, exitCode: process.exitCode };
  const streams = ['stdout', 'stderr'] as const;
  const writers = streams.map((name) => process[name].write);
  for (const name of streams) {
    process[name].write = (chunk: string | Uint8Array) => {
      written[name] += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
      return true;
    };
  }
  process.env = { ...baseEnv(), ...QUIET, ...env };
  process.exitCode = 0;
  try {
    await runProgram(['node', 'mc-static-key', ...args], process.env);
    return { code: Number(process.exitCode), ...written };
  } finally {
    for (const [index, name] of streams.entries())
      process[name].write = writers[index] as typeof process.stdout.write;
    process.env = before.env;
    process.exitCode = before.exitCode;
  }
}
