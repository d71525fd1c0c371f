import { readFileSync } from 'node:fs';

/** A fenced block of docs/operations.md. */
export interface GuideBlock {
  /** The `##` heading it is under. */
  readonly section: string;
  /** Its nearest heading. */
  readonly heading: string;
  readonly language: string;
  readonly text: string;
}

export function operationsGuide(): string {
  return readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
}

/** Every block of the guide, in its order. */
export function guideBlocks(guide = operationsGuide()): GuideBlock[] {
  const blocks: GuideBlock[] = [];
  let section = '';
  let heading = '';
  const parts = guide.matchAll(/^(##+) (.+)$|^```(\w*)\n([\s\S]*?)^```$/gm);
  for (const [, level, title = '', language = '', text = ''] of parts) {
    if (!level) blocks.push({ section, heading, language, text });
    else heading = title;
    if (level === '##') section = title;
  }
  return blocks;
}

/** The commands of a section of docs/operations.md: the fenced blocks of one language, in their order. */
export function commandsOf(heading: string, language: 'sh' | 'sql'): string[] {
  return guideBlocks()
    .filter((block) => block.heading === heading && block.language === language)
    .map(({ text }) => text);
}
