import { startPostgresServer } from '../postgres-server.ts';
import { queryPostgres } from '../query-postgres.ts';
import { startReapedContainer } from './reaped-container.ts';
import type { ServiceKind } from './service-kind.ts';

const settings = ['-c', 'fsync=off', '-c', 'full_page_writes=off', '-c', 'max_connections=300'];

export const postgresService: ServiceKind = {
  name: 'postgres',
  urlVariable: 'TEST_POSTGRES_URL',
  image: 'postgres:17-bookworm',

  async startContainer() {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
    const container = new PostgreSqlContainer(this.image).withCommand(['postgres', ...settings]);
    const { started, stop } = await startReapedContainer(container);
    return { url: started.getConnectionUri(), served: `Docker image ${this.image}`, stop };
  },

  async startProgram() {
    const server = await startPostgresServer();
    return { url: server.url, served: server.program, stop: () => server.remove() };
  },

  async version(url) {
    const [row] = await queryPostgres<{ server_version: string }>(url, 'show server_version');
    return row?.server_version.split(' ')[0] ?? 'of an unknown version';
  },
};
