const DIST = new URL('../dist/', import.meta.url);

/**
 * A module of the compiled project. What is measured is what runs in production: sources with decorators need the
 * compiler, and TypeScript cannot see `dist/` before it is built, so the caller names the type.
 */
export async function importBuilt<Module>(path: string): Promise<Module> {
  return (await import(new URL(path, DIST).href)) as Module;
}
