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

/** The blocks under one heading, whatever else it has below it, in their order. @throws when there are none */
export function commandsOf(title: string, language: 'sh' | 'sql' = 'sh'): string[] {
  const blocks = guideBlocks().filter(({ section, heading }) => section === title || heading === title);
  const commands = blocks.filter((block) => block.language === language).map(({ text }) => text);
  if (commands.length === 0) throw new Error(`docs/operations.md has no commands under "${title}"`);
  return commands;
}

/** What its headings are linked by, as GitHub makes it. */
export function guideAnchors(): string[] {
  return [...operationsGuide().matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\d\- ]/gu, '')
    .replaceAll(' ', '-');
}
