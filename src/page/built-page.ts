import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';

/** What `npm run build` makes of src/web/, beside the compiled code of the box office. */
const BUILT = new URL('../../dist/web/', import.meta.url);
/** Where browsers find what it is made of. */
export const ASSETS_PATH = '/assets/';

/** What the HTML of an address is made of. */
export interface PageRequest {
  readonly path: string;
  readonly acceptLanguage: string;
  readonly nowMs: number;
  readonly settings: { readonly auth: 'off' | 'jwt' };
  /** @returns what our API answers to somebody who is not signed in; null: nothing at present */
  readonly ask: (query: string, variables: object) => Promise<object | null>;
}

interface RenderedPage {
  readonly status: number;
  readonly html: string;
}

export interface BuiltPage {
  render(request: PageRequest): Promise<RenderedPage>;
  /** By its name. */
  readonly assets: ReadonlyMap<string, Asset>;
}

interface Asset {
  readonly mediaType: string;
  readonly content: Buffer;
  /** The same, smaller, by the name of the coding. */
  readonly coded: ReadonlyMap<string, Buffer>;
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  png: 'image/png',
};
const CODINGS = { br: '.br', gzip: '.gz' };

type Render = (request: PageRequest, assets: { script: string; styles: readonly string[] }) => Promise<RenderedPage>;
type Manifest = Readonly<Record<string, { readonly file: string; readonly css?: readonly string[] }>>;

/** @returns null where only the code of the box office was compiled */
export async function loadBuiltPage(): Promise<BuiltPage | null> {
  const manifestFile = new URL('browser/manifest.json', BUILT);
  const serverFile = new URL('server/server.js', BUILT);
  if (!existsSync(manifestFile) || !existsSync(serverFile)) return null;
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Manifest;
  const { file, css = [] } = manifest['browser.tsx'] as Manifest[string];
  const { renderPage } = (await import(serverFile.href)) as { renderPage: Render };
  const references = { script: `/${file}`, styles: css.map((path) => `/${path}`) };
  return {
    render: (request) => renderPage(request, references),
    assets: await readAssets(new URL('browser/assets/', BUILT)),
  };
}

async function readAssets(folder: URL): Promise<Map<string, Asset>> {
  const names = await readdir(folder);
  const read = (name: string) => readFile(new URL(name, folder));
  const originals = names.filter((name) => !Object.values(CODINGS).some((ending) => name.endsWith(ending)));
  const assets = originals.map(async (name) => {
    const coded = Object.entries(CODINGS).filter(([, ending]) => names.includes(name + ending));
    const contents = coded.map(async ([coding, ending]) => [coding, await read(name + ending)] as const);
    const mediaType = MEDIA_TYPES[name.split('.').at(-1) ?? ''] ?? 'application/octet-stream';
    return [name, { mediaType, content: await read(name), coded: new Map(await Promise.all(contents)) }] as const;
  });
  return new Map(await Promise.all(assets));
}
