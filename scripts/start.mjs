// `npm start`: install, build, then the program. Without arguments it is the wizard in the sandbox.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import './ready.mjs';

const program = fileURLToPath(new URL('../bin/mc-static-key.js', import.meta.url));
const args = process.argv.slice(2);
// Ctrl-C reaches both processes; this one lets the program have the last word.
process.on('SIGINT', () => {});
const result = spawnSync(process.execPath, [program, ...(args.length > 0 ? args : ['setup', '--sandbox'])], {
  stdio: 'inherit',
});
process.exit(result.status ?? 1);
