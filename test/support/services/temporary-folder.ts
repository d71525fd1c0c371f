import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reapWhenOrphaned } from './reap-when-orphaned.ts';

export interface TemporaryFolder {
  path: string;
  remove(): Promise<void>;
}

/** A new folder, removed when the test process ends if not before. */
export async function temporaryFolder(name: string, owner?: { uid: number; gid: number }): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), `boxoffice-${name}-`));
  const forget = reapWhenOrphaned({ folder: path });
  if (owner) await chown(path, owner.uid, owner.gid);
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true });
      forget();
    },
  };
}
