import { foldersOnPath, folderWith } from '../../test/support/services/programs.ts';
import { loadWithAutocannon } from './autocannon.ts';
import type { Generator } from './load.ts';
import { loadWithWrk } from './wrk.ts';

/** wrk where it is installed, because it leaves the server more of a small machine; autocannon otherwise. */
export async function chooseGenerator(): Promise<{ name: string; generate: Generator }> {
  const folder = await folderWith(['wrk'], foldersOnPath());
  if (!folder) return { name: 'autocannon', generate: loadWithAutocannon };
  return { name: 'wrk', generate: (load) => loadWithWrk(`${folder}/wrk`, load) };
}
