import { readFileSync } from 'node:fs';

/** The commands of a section of docs/operations.md: the fenced blocks of one language, in their order. */
export function commandsOf(section: string, language: 'sh' | 'sql'): string[] {
  const guide = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
  const [, text] = guide.split(`\n### ${section}\n`);
  if (text === undefined) throw new Error(`docs/operations.md has no section "${section}"`);
  const [own = ''] = text.split(/\n##+ /);
  return [...own.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, written]) => written === language)
    .map(([, , block = '']) => block);
}
