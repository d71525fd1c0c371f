import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build, type InlineConfig } from 'vite';
import { compressAll } from './compress.ts';
import { writeOperations } from './operations.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const OUT = `${ROOT}dist/web/`;

const COMMON = {
  configFile: false,
  root: `${ROOT}src/web`,
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
} satisfies InlineConfig;

/** Else it says how slow the machine is, where somebody waits for `make run`. */
const QUIET = { checks: { bundlerTimings: false } };

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
    rolldownOptions: {
      input: ['src/web/browser.tsx', 'src/web/style/without-script.css'],
      ...QUIET,
      output: { codeSplitting: { groups: [{ name: inFirstScript, debugName: 'first script' }] } },
    },
  },
} satisfies InlineConfig;

/** What the box office itself runs, to say in HTML what a page shows first. It needs no package at run time. */
const SERVER = {
  ...COMMON,
  ssr: { noExternal: true },
  build: {
    outDir: `${OUT}server`,
    emptyOutDir: true,
    ssr: 'server.tsx',
    target: 'node22',
    emitAssets: false,
    rolldownOptions: QUIET,
  },
} satisfies InlineConfig;

/**
 * Whatever the first page needs comes in one script, also what later ones share with it: each further request is a way to the server
 * and back.
 */
function inFirstScript(id: string, modules: Modules): string | null {
  const first = new Set<string>();
  const add = (found: string) => {
    if (first.has(found)) return;
    first.add(found);
    for (const imported of modules.getModuleInfo(found)?.importedIds ?? []) add(imported);
  };
  add(`${ROOT}src/web/browser.tsx`);
  return first.has(id) ? 'browser' : null;
}

interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

writeOperations();
process.chdir(ROOT);
const [typesAreRight] = await Promise.all([checkTypes(), buildForBrowsers(), build(SERVER)]);
if (!typesAreRight) process.exitCode = 1;

async function buildForBrowsers(): Promise<void> {
  await build(BROWSERS);
  await compressAll(`${OUT}browser/assets`);
}

async function checkTypes(): Promise<boolean> {
  const tsc = spawn('tsc', ['-p', `${ROOT}src/web/tsconfig.json`], { stdio: 'inherit' });
  const [code] = await once(tsc, 'exit');
  return code === 0;
}
