// Draws docs/wizard.svg: the plan and the result of the wizard, as a terminal shows them.
// Run it after the words of `setup` have changed: npm run build && node scripts/picture.mjs
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';

const COLUMNS = 80;
/** More than the whole run prints, so nothing scrolls away. */
const ROWS = 200;
const CELL = { width: 8.4, height: 18 };
const PALETTE = ['#1e1e2e', '#f38ba8', '#a6e3a1', '#f9e2af', '#89b4fa', '#f5c2e7', '#94e2d5', '#cdd6f4'];
/** The answers that have no default. Enter answers every question that is left. */
const ANSWERS = ['--secret-name', 'studio-a', '--region', 'us-west-2', '--generate', 'aes256'];
/** More questions than the wizard has. */
const MOST_QUESTIONS = 20;
/** The first line of the picture. */
const PLAN = /^\s*plan\b/i;

const root = fileURLToPath(new URL('..', import.meta.url));
const screen = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
const program = 'bin/mc-static-key.js';
// Not `setup --sandbox`: its result has no next steps for MediaConnect.
const args = [program, 'sandbox', '--', process.execPath, program, 'setup', ...ANSWERS];
const shell = pty.spawn(process.execPath, args, {
  cwd: root,
  cols: COLUMNS,
  rows: ROWS,
  name: 'xterm-256color',
  env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color' },
});
let lastOutput = performance.now();
let exitCode;
shell.onData((data) => {
  lastOutput = performance.now();
  screen.write(data);
});
shell.onExit((exit) => {
  exitCode = exit.exitCode;
});

for (let question = 0; question <= MOST_QUESTIONS && exitCode === undefined; question += 1) {
  await silence();
  if (exitCode === undefined) shell.write('\r');
}
if (exitCode !== 0) throw new Error(`the wizard did not end well (${exitCode ?? 'it still asks'})`);
writeFileSync(`${root}docs/wizard.svg`, draw(screen.buffer.active));

/** Waits until the program ends, or prints nothing for a second: it asks. */
async function silence() {
  lastOutput = performance.now();
  while (exitCode === undefined && performance.now() - lastOutput < 1_000) await sleep(50);
  await sleep(100);
}

/** The screen as an SVG: one text element for each run of cells that look alike. */
function draw(buffer) {
  const textOf = (row) => buffer.getLine(row)?.translateToString(true) ?? '';
  const rows = Array.from({ length: buffer.length }, (_, row) => row);
  const lines = rows
    .slice(
      Math.max(
        0,
        rows.findIndex((row) => PLAN.test(textOf(row))),
      ),
    )
    .map((row) => runsOf(buffer.getLine(row)));
  while (lines.length > 0 && lines.at(-1).length === 0) lines.pop();
  const width = COLUMNS * CELL.width + 32;
  const height = lines.length * CELL.height + 56;
  const text = lines.flatMap((runs, row) => runs.map((run) => drawRun(run, 52 + row * CELL.height)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The setup wizard in a terminal: its plan and its result">`,
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
