import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url));
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/boxoffice/', import.meta.url));
/** What loads files of its own by names that are made while it runs. */
const LEFT_WHERE_THEY_ARE = ['better-sqlite3', 'jsonc-parser', 'pino', 'pino-pretty'];

/** Code goes on to find what lies beside the file that it was written in. */
const AS_IF_NOT_MOVED: Plugin = {
  name: 'as if not moved',
  transform: {
    filter: { code: /import\.meta\.url|__dirname|__filename/ },
    handler: (code, file) =>
      code
        .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(file).href))
        .replaceAll(/\b__dirname\b/g, JSON.stringify(dirname(file)))
        .replaceAll(/\b__filename\b/g, JSON.stringify(file)),
  },
};

/** Without a word Node reads each file to find out. */
const ALL_MODULES: Plugin = {
  name: 'all modules',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "module" }' });
  },
};

/**
 * The code of `dist/` with the packages it needs, in few files: looking for 1,700 is half of what a start costs.
 * @returns its main file; null when nothing was built
 */
export async function bundledProgram(): Promise<string | null> {
  const main = join(DIST, 'main.js');
  if (!existsSync(main)) return null;
  const name = `program-${Math.round((await stat(main)).mtimeMs)}`;
  const folder = join(CACHE, name);
  if (!existsSync(folder)) await bundle(main, folder);
  const older = (await readdir(CACHE)).filter((other) => other.startsWith('program-') && other !== name);
  await Promise.all(older.map((other) => rm(join(CACHE, other), { recursive: true, force: true })));
  return join(folder, 'main.js');
}

/** Another test run that makes the same at the same time finds all of it or nothing. */
async function bundle(main: string, folder: string): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const dir = await mkdtemp(join(CACHE, 'making-'));
  const program = await rolldown({
    input: main,
    platform: 'node',
    external: LEFT_WHERE_THEY_ARE,
    plugins: [AS_IF_NOT_MOVED, ALL_MODULES],
    logLevel: 'silent',
  });
  await program.write({ dir, format: 'esm', chunkFileNames: ({ facadeModuleId }) => namedAsBefore(facadeModuleId) });
  await program.close();
  await rename(dir, folder).catch(() => rm(dir, { recursive: true }));
}

function namedAsBefore(file: string | null): string {
  return file?.startsWith(DIST) ? relative(DIST, file) : 'packages/[name]-[hash].js';
}
