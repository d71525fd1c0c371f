import { readFileSync } from 'node:fs';

/** A fenced block of README.md. */
export interface ReadmeBlock {
  readonly language: string;
  readonly text: string;
}

export function readmeBlocks(): ReadmeBlock[] {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}
