import { readFileSync } from 'node:fs';

/** Of package.json, which stands beside `src` and beside `dist`. */
export function versionOfPackage(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
