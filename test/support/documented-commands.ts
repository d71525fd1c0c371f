import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const OPERATIONS = fileURLToPath(new URL('../../docs/operations.md', import.meta.url));

/** The blocks of commands in one section of docs/operations.md, each as it stands there, in order. */
export async function documentedCommands(section: string): Promise<string[]> {
  const text = await readFile(OPERATIONS, 'utf8');
  const [, after] = text.split(`\n## ${section}\n`);
  if (after === undefined) throw new Error(`docs/operations.md has no section "${section}"`);
  const [own = ''] = after.split('\n## ');
  return [...own.matchAll(/^```sh\n([^`]*)```$/gm)].map(([, block = '']) => block);
}
