import { needsOf } from './index.ts';
import type { Need, Needs, PermissionCommand, PermissionRequest } from './types.ts';

/** What a command needs for several requests together: what is needed for one purpose and under one condition is said once. Pure. */
export function needsOfAll(command: PermissionCommand, requests: PermissionRequest[]): Needs {
  const needs = requests.map((request) => needsOf(command, request));
  return {
    required: merged(needs.flatMap(({ required }) => required)),
    optional: merged(needs.flatMap(({ optional }) => optional)),
  };
}

function merged(needs: Need[]): Need[] {
  const byPurpose = new Map<string, Need>();
  for (const need of needs) {
    const { resources, ...purpose } = need;
    const known = byPurpose.get(JSON.stringify(purpose));
    const all = [...new Set([...(known?.resources ?? []), ...resources])];
    byPurpose.set(JSON.stringify(purpose), { ...need, resources: all });
  }
  // Statements for one purpose stand together, in the order of the first of each.
  const sids = [...new Set(needs.map(({ sid }) => sid))];
  return [...byPurpose.values()].sort((a, b) => sids.indexOf(a.sid) - sids.indexOf(b.sid));
}
