import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { type Certificate, type CertificateAuthority, certificateAuthority } from './certificates.ts';
import { eventually } from './eventually.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';
import { queryPostgres } from './query-database.ts';

/** `tickets` and `guest` must come over TLS; `guest` with a password, `certified` with a certificate. `postgres` is the test itself. */
const RULES = `
local     all all       trust
hostnossl all postgres  127.0.0.1/32 trust
hostssl   all certified 127.0.0.1/32 cert
hostssl   all guest     127.0.0.1/32 scram-sha-256
hostssl   all tickets   127.0.0.1/32 trust
`;
/** With which a client asks for TLS. https://www.postgresql.org/docs/current/protocol-message-formats.html */
export const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

export interface TlsPostgres {
  readonly server: PostgresServer;
  readonly authority: CertificateAuthority;
  readonly socketFolder: string;
  /** Its certificate is for this name only, not for its address. */
  readonly host: 'localhost';
  readonly port: number;
  /** From now on it shows this certificate to those who connect. */
  present(certificate: Certificate): Promise<void>;
  remove(): Promise<void>;
}

/** A PostgreSQL of the test's own that wants TLS. */
export async function startTlsPostgres(settings: Record<string, string> = {}): Promise<TlsPostgres> {
  const authority = await certificateAuthority();
  const path = (name: string) => join(authority.folder.path, name);
  const put = async ({ certificate, key }: Certificate) => {
    await authority.openssl('x509', '-in', certificate, '-out', 'server.crt');
    await authority.openssl('pkey', '-in', key, '-out', 'server.key');
  };
  await writeFile(path('pg_hba.conf'), RULES, { mode: 0o644 });
  await put(await authority.issue('server', { subjectAltName: 'DNS:localhost' }));
  const files = { ssl_cert_file: 'server.crt', ssl_key_file: 'server.key', ssl_ca_file: 'root.crt' };
  const server = await startPostgresServer({
    settings: {
      ssl: 'on',
      ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, path(file)])),
      hba_file: path('pg_hba.conf'),
      unix_socket_directories: authority.folder.path,
      ...settings,
    },
  });
  const port = Number(new URL(server.url).port);
  for (const role of ['tickets login', 'certified login', `guest login password 'right'`]) {
    await queryPostgres(server.url, `create role ${role}`);
  }
  await queryPostgres(server.url, 'create database tickets owner tickets');
  return {
    server,
    authority,
    socketFolder: authority.folder.path,
    host: 'localhost',
    port,
    present: async (certificate) => {
      const before = await presented(port);
      await put(certificate);
      await queryPostgres(server.url, 'select pg_reload_conf()');
      await eventually(async () => (await presented(port)) !== before);
    },
    remove: async () => {
      await server.remove();
      await authority.folder.remove();
    },
  };
}

/** @returns the serial number of the certificate that a new client is shown */
async function presented(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(SSL_REQUEST);
  await once(socket, 'data');
  const tls = connectTls({ socket, rejectUnauthorized: false });
  await once(tls, 'secureConnect');
  const { serialNumber } = tls.getPeerCertificate();
  tls.destroy();
  return serialNumber;
}
