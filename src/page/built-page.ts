import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type BuiltFiles, readBuiltFiles } from '../http/built-files.ts';

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
  readonly assets: BuiltFiles;
}

interface References {
  readonly script: string;
  readonly styles: readonly string[];
  readonly stylesWithoutScript: string;
}

type Render = (request: PageRequest, references: References) => Promise<RenderedPage>;
type Manifest = Readonly<Record<string, { readonly file: string; readonly css?: readonly string[] }>>;

/** @returns null where only the code of the box office was compiled */
export async function loadBuiltPage(): Promise<BuiltPage | null> {
  const manifestFile = new URL('browser/manifest.json', BUILT);
  const serverFile = new URL('server/server.js', BUILT);
  if (!existsSync(manifestFile) || !existsSync(serverFile)) return null;
  const manifest = JSON.parse(await readFile(manifestFile, 'utf8')) as Manifest;
  const { file, css = [] } = manifest['browser.tsx'] as Manifest[string];
  const withoutScript = manifest['style/without-script.css'] as Manifest[string];
  const { renderPage } = (await import(serverFile.href)) as { renderPage: Render };
  const references = {
    script: `/${file}`,
    styles: css.map((path) => `/${path}`),
    stylesWithoutScript: `/${withoutScript.file}`,
  };
  return {
    render: (request) => renderPage(request, references),
    assets: await readBuiltFiles(new URL('browser/assets/', BUILT)),
  };
}
