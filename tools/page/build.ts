import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { build, type InlineConfig } from 'vite';
import { writeOperations } from './operations.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = `${ROOT}dist/web/`;
/** Smaller files gain nothing. */
const WORTH_COMPRESSING_BYTES = 512;

const COMMON = {
  configFile: false,
  root: `${ROOT}src/web`,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
} satisfies InlineConfig;

/** What browsers get. Names are hashes of what is in them, so a browser may keep them for ever. */
const BROWSERS = {
  ...COMMON,
  build: {
    outDir: `${OUT}browser`,
    emptyOutDir: true,
    manifest: 'manifest.json',
    target: 'es2022',
    // What stands in data: URLs would need an exception of the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: 'src/web/browser.tsx' },
  },
} satisfies InlineConfig;

/** What the box office itself runs, to say in HTML what a page shows first. It needs no package at run time. */
const SERVER = {
  ...COMMON,
  ssr: { noExternal: true },
  build: { outDir: `${OUT}server`, emptyOutDir: true, ssr: 'server.tsx', target: 'node22', emitAssets: false },
} satisfies InlineConfig;

writeOperations();
process.chdir(ROOT);
const [typesAreRight] = await Promise.all([checkTypes(), buildForBrowsers(), build(SERVER)]);
if (!typesAreRight) process.exitCode = 1;

async function buildForBrowsers(): Promise<void> {
  await build(BROWSERS);
  const files = await readdir(`${OUT}browser/assets`);
  await Promise.all(files.map((file) => compress(`${OUT}browser/assets/${file}`)));
}

async function compress(file: string): Promise<void> {
  const content = await readFile(file);
  if (content.length < WORTH_COMPRESSING_BYTES || !/\.(js|css|svg|wasm)$/.test(file)) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: content.length };
  await Promise.all([
    promisify(brotliCompress)(content, { params }).then((small) => writeFile(`${file}.br`, small)),
    promisify(gzip)(content, { level: 9 }).then((small) => writeFile(`${file}.gz`, small)),
  ]);
}

async function checkTypes(): Promise<boolean> {
  const tsc = spawn('tsc', ['-p', `${ROOT}src/web/tsconfig.json`], { stdio: 'inherit' });
  const [code] = await once(tsc, 'exit');
  return code === 0;
}
