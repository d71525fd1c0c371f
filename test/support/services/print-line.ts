/** Plain, where `console.log` in a test file would add the place it was called from. */
export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
