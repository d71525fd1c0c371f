/** What the oldest of our packages' demands comes to; `engines` in package.json says the same. */
export const OLDEST_NODE = '22.17.0';

/** @returns what to tell somebody whose Node is too old, null when it is not */
export function refusalOfNode(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return null;
  return `boxoffice: Node ${version} is too old, use ${OLDEST_NODE} or newer; a clone has its own, node_modules/.bin/node`;
}
