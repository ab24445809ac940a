/** The name that was probably meant, if one is near enough: what differs in hyphens and letter case only is nearest. */
export function closest(wrong: string, names: readonly string[]): string | undefined {
  // What is far longer than any member is none of them.
  if (wrong.length > LONGEST) return undefined;
  const most = Math.max(1, Math.floor(wrong.length / 3));
  const [best] = names
    .map((name) => ({ name, distance: distance(bare(wrong), bare(name)) }))
    .filter((each) => each.distance <= most)
    .sort((a, b) => a.distance - b.distance);
  return best?.name;
}

const LONGEST = 40;

function bare(name: string): string {
  return name.toLowerCase().replace(/[-_]/g, '');
}

/** Levenshtein's: how many letters have to be put in, taken out or changed. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [above, letter] of [...a].entries()) {
    const next = [above + 1];
    for (const [at, other] of [...b].entries()) {
      const changed = (row[at] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
