// Draws docs/wizard.svg: what a terminal shows of the wizard in the sandbox, up to the confirmation.
// Run it after the wizard's words have changed: npm run build && node scripts/picture.mjs
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

const COLUMNS = 88;
const ROWS = 46;
const CELL = { width: 8.4, height: 18 };
const PALETTE = ['#1e1e2e', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#f5c2e7', '#94e2d5', '#cdd6f4'];
const EXAMPLE_KEY = '0123456789abcdef0123456789abcdef';

const root = fileURLToPath(new URL('..', import.meta.url));
const screen = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
const shell = pty.spawn(process.execPath, ['bin/mc-static-key.js', 'setup', '--sandbox'], {
  cwd: root,
  cols: COLUMNS,
  rows: ROWS,
  name: 'xterm-256color',
  env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color' },
});
let lastOutput = performance.now();
shell.onData((data) => {
  lastOutput = performance.now();
  screen.write(data);
});

const ENTER = '\r';
/** What the screen shows at its end when the wizard asks, and what is answered. */
const CONVERSATION = [
  ['Go on with this account', ENTER],
  ['Region of the flow', 'oregon'],
  ['❯ us-west-2', ENTER],
  ['in another Region too', ENTER],
  ['What will use the key', ENTER],
  ['Where does the key come from', ENTER],
  ['? Key', `${EXAMPLE_KEY}${ENTER}`],
  ['? Key, once more', `${EXAMPLE_KEY}${ENTER}`],
  ['? Name of the secret', `studio-a${ENTER}`],
  ['? Name of the policy', ENTER],
  ['? Name of the role', ENTER],
  ['? Description of the role', ENTER],
];
for (const [question, answer] of CONVERSATION) {
  await shown(question);
  shell.write(answer);
}
await shown('Carry out this plan');
writeFileSync(`${root}docs/wizard.svg`, draw(screen.buffer.active));
shell.kill();

/** Waits until a question is on the screen and the wizard has been silent since. */
async function shown(question) {
  for (let tries = 0; tries < 200; tries += 1) {
    await sleep(100);
    const text = Array.from({ length: ROWS }, (_, row) =>
      screen.buffer.active.getLine(row)?.translateToString(true),
    ).join('\n');
    if (text.includes(question) && performance.now() - lastOutput > 400) return;
  }
  throw new Error(`the wizard did not ask: ${question}`);
}

/** The screen as an SVG: one text element for each run of cells that look alike. */
function draw(buffer) {
  const lines = [];
  for (let row = 0; row < buffer.length; row += 1) lines.push(runsOf(buffer.getLine(row)));
  while (lines.length > 0 && lines.at(-1).length === 0) lines.pop();
  const width = COLUMNS * CELL.width + 32;
  const height = lines.length * CELL.height + 56;
  const text = lines.flatMap((runs, row) => runs.map((run) => drawRun(run, 52 + row * CELL.height)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The setup wizard in a terminal">`,
    `<rect width="100%" height="100%" rx="8" fill="${PALETTE[0]}"/>`,
    ...[1, 3, 2].map((color, at) => `<circle cx="${22 + at * 18}" cy="20" r="6" fill="${PALETTE[color]}"/>`),
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" xml:space="preserve">`,
    ...text,
    '</g></svg>\n',
  ].join('\n');
}

function drawRun({ column, text, color, bold, dim }, y) {
  const x = 16 + column * CELL.width;
  const style = `${bold ? ' font-weight="bold"' : ''}${dim ? ' opacity="0.65"' : ''}`;
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<text x="${x.toFixed(1)}" y="${y}" fill="${PALETTE[color]}"${style} textLength="${(text.length * CELL.width).toFixed(1)}">${safe}</text>`;
}

function runsOf(line) {
  const runs = [];
  for (let column = 0; column < COLUMNS; column += 1) {
    const cell = line?.getCell(column);
    const text = cell?.getChars() || ' ';
    const color = cell?.isFgPalette() ? cell.getFgColor() % 8 : 7;
    const look = { color, bold: Boolean(cell?.isBold()), dim: Boolean(cell?.isDim()) };
    const last = runs.at(-1);
    const same = last && last.color === look.color && last.bold === look.bold && last.dim === look.dim;
    if (same) last.text += text;
    else runs.push({ column, text, ...look });
  }
  return runs.map((run) => ({ ...run, text: run.text.trimEnd() })).filter(({ text }) => text.trim() !== '');
}
