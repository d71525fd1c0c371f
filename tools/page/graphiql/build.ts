import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { compressAll } from '../compress.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const OUT = `${ROOT}dist/graphiql/`;

/** Bundles as their packages have them, each with its licence, and our own two, by the name they are served under. */
const FILES = {
  'react.js': 'node_modules/react/umd/react.production.min.js',
  'react.LICENSE.txt': 'node_modules/react/LICENSE',
  'react-dom.js': 'node_modules/react-dom/umd/react-dom.production.min.js',
  'react-dom.LICENSE.txt': 'node_modules/react-dom/LICENSE',
  'graphiql.js': 'node_modules/graphiql/graphiql.min.js',
  'graphiql.css': 'node_modules/graphiql/graphiql.min.css',
  'graphiql.LICENSE.txt': 'node_modules/graphiql/LICENSE',
  'start.js': 'tools/page/graphiql/start.js',
  'start.css': 'tools/page/graphiql/start.css',
};

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await Promise.all(Object.entries(FILES).map(([name, from]) => cp(ROOT + from, OUT + name)));
await writeFile(`${OUT}graphiql.css`, withoutFonts(await readFile(`${OUT}graphiql.css`, 'utf8')));
await compressAll(OUT);

/** They are most of it, in data: URLs, which would need an exception of the Content-Security-Policy. A browser has fonts. */
function withoutFonts(css: string): string {
  return css.replaceAll(/@font-face\s*\{[^}]*\}/g, '');
}
