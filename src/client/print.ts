import Table from 'cli-table3';

const WITHOUT_LINES = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid']
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat('middle')
    .map((line) => [line, line === 'middle' ? '  ' : '']),
);

/** What a column may take of a terminal, when a row would be wider than it. */
const LONGEST_IN_TERMINAL = 20;
const WIDE_ENOUGH = 120;

/** Prints rows under their heads, for people; in a narrow terminal long texts are cut. */
export function printTable(heads: readonly string[], rows: readonly (readonly unknown[])[]): void {
  const table = new Table({
    head: [...heads],
    chars: WITHOUT_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  for (const row of rows) table.push(row.map((cell) => fitted(shown(cell))));
  console.log(table.toString().replaceAll(/ +$/gm, ''));
}

/** Prints what is known of one thing, a line each; what there is not is left out. */
export function printFacts(facts: Readonly<Record<string, unknown>>): void {
  const known = Object.entries(facts).filter(([, fact]) => fact !== null && fact !== undefined);
  const width = Math.max(...known.map(([name]) => name.length));
  for (const [name, fact] of known) console.log(`${name.padEnd(width)}  ${shown(fact)}`);
}

export function printJson(data: unknown): void {
  console.log(JSON.stringify(data, null, 2));
}

/** A moment as the clocks of a place show it, such as `2030-06-01 20:00`. */
export function localTime(at: string | null, timeZone: string): string | null {
  if (at === null) return null;
  return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone }).format(new Date(at));
}

function shown(fact: unknown): string {
  return fact === null || fact === undefined ? '' : String(fact);
}

function fitted(text: string): string {
  const { columns = WIDE_ENOUGH, isTTY } = process.stdout;
  const letters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  if (!isTTY || columns >= WIDE_ENOUGH || letters.length <= LONGEST_IN_TERMINAL) return text;
  return `${letters.slice(0, LONGEST_IN_TERMINAL - 1).join('')}…`;
}
