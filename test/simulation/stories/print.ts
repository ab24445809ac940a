import type { Violation } from '../judges/violation.ts';
import type { Act, Command, Fault, Story, Thing } from './story.ts';

/** Returns a story as readable lines. */
export function storyLines({ account, acts, choices, again, tearsDown }: Story): string[] {
  const order = choices
    .map(String)
    .join(' ')
    .replace(/( 0)+$/, '');
  return [
    ...(account.length > 0
      ? ['account:', ...account.map((thing) => `  ${thingLine(thing)}`)]
      : ['account: empty']),
    ...acts.flatMap(actLines),
    ...(/[1-9]/.test(order) ? [`order: ${order}`] : []),
    ...(again ? ['each command again'] : []),
    ...(tearsDown ? ['teardown of all'] : []),
  ];
}

function thingLine(thing: Thing): string {
  const { thing: kind, ...rest } = thing;
  return `${kind} ${members(rest)}`;
}

function actLines({ pause, others, commands }: Act): string[] {
  return [
    `after ${pause} s:`,
    ...others.map(({ other, ...rest }) => `  others: ${other} ${members(rest)}`),
    ...commands.flatMap(({ command, faults }) => [
      `  ${commandLine(command)}`,
      ...faults.map((fault) => `    ${faultLine(fault)}`),
    ]),
    ...(commands.length > 1 ? ['  (at the same time)'] : []),
  ];
}

function commandLine(command: Command): string {
  if (command.kind === 'manifest')
    return ['setup --manifest', ...command.keys.map((key) => members(key))].join('\n      ');
  const { kind, ...rest } = command;
  return `${kind} ${members(rest)}`;
}

function faultLine({ kind, ...rest }: Fault): string {
  return `fault: ${kind} ${members(rest)}`;
}

/** Returns members as `name=value`, without undefined and false ones. */
function members(record: object): string {
  return Object.entries(record)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => (value === true ? name : `${name}=${[value].flat().join(',')}`))
    .join(' ');
}

/** Returns a violation as readable lines. */
export function violationLines({ invariant, what, details }: Violation): string[] {
  return [
    `VIOLATED: ${invariant}`,
    `  ${what}`,
    ...details.flatMap((detail) => detail.split('\n')).map((line) => `    ${line.slice(0, 1_500)}`),
  ];
}
