// Checks that imports in src point downward; Biome checks that no files import each other. Part of `npm run lint`.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const SRC = resolve('src');

/** From top to bottom. A file imports from its own folder and from those below it. */
const ORDER = [
  ...['main.ts', 'program.ts', 'commands', 'cli', 'inventory', 'steps', 'checks', 'manifest', 'options'],
  ...[
    'aws',
    'policy',
    'ui',
    'key',
    'read-file.ts',
    'plan-types.ts',
    'failure.ts',
    'text.ts',
    'key-detection.ts',
  ],
  ...['limits.ts', 'defaults.ts', 'grouping.ts'],
];
/** Beside them, for itself: it imports nothing of the rest, and is started by these only. */
const SANDBOX = 'sandbox';
const SANDBOX_USERS = ['commands', 'cli'];

/** Returns why a file must not import another one, or undefined. Both are paths below src. */
function objection(from, to) {
  const [[room, command], [other, otherCommand]] = [from.split('/'), to.split('/')];
  if (room === other && !(room === 'commands' && command !== otherCommand)) return undefined;
  if (room === other) return 'a command imports no other command';
  if (room === SANDBOX) return 'the sandbox imports nothing of the rest';
  if (other === SANDBOX) return SANDBOX_USERS.includes(room) ? undefined : 'only commands start the sandbox';
  for (const each of [room, other]) if (!ORDER.includes(each)) return `src/${each} has no place in the order`;
  return ORDER.indexOf(other) > ORDER.indexOf(room) ? undefined : `src/${other} lies above src/${room}`;
}

const objections = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .flatMap((file) =>
    [...readFileSync(join(SRC, file), 'utf8').matchAll(/\b(?:from|import\(?)\s*'(\.[^']+\.ts)'/g)].flatMap(
      ([, to]) => {
        const why = objection(file, relative(SRC, resolve(SRC, dirname(file), to)));
        return why ? [`src/${file} imports ${to}: ${why}`] : [];
      },
    ),
  );
for (const each of objections) console.error(each);
if (objections.length > 0) process.exitCode = 1;
