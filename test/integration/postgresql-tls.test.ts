import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openDatabase } from '../../src/migrations/open-database.ts';
import type { ConnectOptions } from '../../src/platform/connect-options.ts';
import type { Database } from '../../src/platform/database.ts';
import { type Certificate, certificateAuthority } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { queryPostgres } from '../support/query-database.ts';
import { SSL_REQUEST, startTlsPostgres, type TlsPostgres } from '../support/tls-postgres.ts';

let postgres: TlsPostgres;
/** Roots: of the server's certificate, and of nobody's here. */
let root: string;
let strangersRoot: string;
let removeStranger: () => Promise<void>;

beforeAll(async () => {
  const [started, stranger] = await Promise.all([startTlsPostgres(), certificateAuthority()]);
  postgres = started;
  root = postgres.authority.root;
  strangersRoot = stranger.root;
  removeStranger = () => stranger.folder.remove();
});
afterAll(async () => {
  await postgres.remove();
  await removeStranger();
});

interface Link {
  readonly ssl: boolean;
  readonly clientDn: string | null;
  readonly clientSerial: string | null;
}

type Parameters = Record<string, string>;

function urlWith(parameters: Parameters, { user = 'tickets', host = postgres.host as string } = {}): string {
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `postgresql://${user}@${host}:${postgres.port}/tickets?${query.join('&')}`;
}

async function withDatabase<T>(url: string, use: (db: Database) => Promise<T>, options?: ConnectOptions): Promise<T> {
  const db = await openDatabase(readConfig({ DATABASE_URL: url }).database, options);
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}

/** What PostgreSQL says of the connection. */
async function linkOf(db: Database): Promise<Link> {
  const [link] = await db.em().execute<Link[]>(
    `select ssl, client_dn as "clientDn", client_serial::text as "clientSerial"
     from pg_stat_ssl where pid = pg_backend_pid()`,
  );
  return link as Link;
}

const connect = (parameters: Parameters, as: { user?: string; host?: string } = {}) =>
  withDatabase(urlWith(parameters, as), linkOf);

describe('a server whose certificate is for localhost', () => {
  test.each<[string, () => Parameters]>([
    ['require', () => ({ sslmode: 'require' })],
    ['ssl=true', () => ({ ssl: 'true' })],
    ['require with the root', () => ({ sslmode: 'require', sslrootcert: root })],
    ['verify-ca', () => ({ sslmode: 'verify-ca', sslrootcert: root })],
    ['verify-full', () => ({ sslmode: 'verify-full', sslrootcert: root })],
    ['TLS 1.3', () => ({ sslmode: 'require', ssl_min_protocol_version: 'TLSv1.3' })],
  ])('is reached over an encrypted connection with %s', async (_name, parameters) => {
    expect(await connect(parameters())).toMatchObject({ ssl: true });
  });

  test.each<[string, Parameters]>([
    ['disable', { sslmode: 'disable' }],
    ['nothing said', {}],
  ])('refuses the plain text of %s', async (_name, parameters) => {
    await expect(connect(parameters)).rejects.toThrow(/no pg_hba.conf entry .*no encryption/);
  });

  test.each(['require', 'verify-ca', 'verify-full'])(
    'is refused with %s and the root of somebody else',
    async (sslmode) => {
      await expect(connect({ sslmode, sslrootcert: strangersRoot })).rejects.toThrow(
        /^PostgreSQL at localhost:\d+: .*(certificate|self-signed)/,
      );
    },
  );

  test('is refused with verify-full and the roots of this machine, as none of them has signed it', async () => {
    await expect(connect({ sslmode: 'verify-full', sslrootcert: 'system' })).rejects.toThrow(/certificate/);
  });

  // Node would compare it with "localhost", which is what the certificate says.
  test('is refused by verify-full when it is reached by its address, for which verify-ca does not ask', async () => {
    const host = '127.0.0.1';
    await expect(connect({ sslmode: 'verify-full', sslrootcert: root }, { host })).rejects.toThrow(
      /IP: 127.0.0.1 is not in the cert's list/,
    );
    expect(await connect({ sslmode: 'verify-ca', sslrootcert: root }, { host })).toMatchObject({ ssl: true });
  });
});

test('a server whose certificate is for its address is taken by its address only', async () => {
  await postgres.present(await postgres.authority.issue('server', { subjectAltName: 'IP:127.0.0.1' }));
  const parameters = { sslmode: 'verify-full', sslrootcert: root };
  expect(await connect(parameters, { host: '127.0.0.1' })).toMatchObject({ ssl: true });
  await expect(connect(parameters)).rejects.toThrow(/does not match certificate/);
});

test('a certificate that has expired is refused wherever certificates are looked at', async () => {
  await postgres.present(await postgres.authority.issue('server', { subjectAltName: 'DNS:localhost', expired: true }));
  for (const sslmode of ['verify-full', 'verify-ca', 'require']) {
    await expect(connect({ sslmode, sslrootcert: root })).rejects.toThrow('certificate has expired');
  }
  expect(await connect({ sslmode: 'require' })).toMatchObject({ ssl: true });
});

test('a certificate that was withdrawn is refused by whoever has the list', async () => {
  const certificate = await postgres.authority.issue('server', { subjectAltName: 'DNS:localhost' });
  await postgres.present(certificate);
  const parameters = { sslmode: 'verify-full', sslrootcert: root, sslcrl: postgres.authority.revoked };
  expect(await connect(parameters)).toMatchObject({ ssl: true });
  await postgres.authority.revoke(certificate);
  await expect(connect(parameters)).rejects.toThrow('certificate revoked');
});

test('a server that says it has no TLS is left, and hears nothing but the question', async () => {
  const heard: Buffer[] = [];
  const server = createServer((socket) => {
    socket.on('data', (data) => {
      heard.push(data);
      socket.write('N');
    });
    socket.on('error', () => undefined);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `postgresql://tickets:hidden@127.0.0.1:${port}/tickets?sslmode=require`;
  await expect(withDatabase(url, linkOf)).rejects.toThrow('The server does not support SSL connections');
  server.close();
  expect(Buffer.concat(heard)).toEqual(SSL_REQUEST);
});

describe('a server that wants to know its clients', () => {
  let certified: Certificate;
  beforeAll(async () => {
    certified = await postgres.authority.issue('certified');
  });
  const asCertified = ({ certificate, key }: Certificate) => ({
    sslmode: 'require',
    sslcert: certificate,
    sslkey: key,
  });

  test('takes the one with the right certificate, also when its key has a password, and no other', async () => {
    const user = 'certified';
    expect(await connect(asCertified(certified), { user })).toMatchObject({ clientDn: '/CN=certified' });
    await expect(connect({ sslmode: 'require' }, { user })).rejects.toThrow(/requires a valid client certificate/);
    const other = await postgres.authority.issue('somebody');
    await expect(connect(asCertified(other), { user })).rejects.toThrow(/certificate authentication failed/);

    const locked = { certificate: certified.certificate, key: `${certified.key}.locked` };
    await postgres.authority.openssl(
      ...['pkcs8', '-topk8', '-in', certified.key, '-passout', 'pass:open sesame', '-out', locked.key],
    );
    const parameters = { ...asCertified(locked), sslpassword: 'open sesame' };
    expect(await connect(parameters, { user })).toMatchObject({ clientDn: '/CN=certified' });
  });

  test('is shown a renewed certificate by the next connection, and the one before while that cannot be read', async () => {
    const { path: folder } = postgres.authority.folder;
    const used = { certificate: join(folder, 'used.crt'), key: join(folder, 'used.key') };
    const renew = async ({ certificate, key }: Certificate) => {
      await copyFile(certificate, used.certificate);
      await copyFile(key, used.key);
    };
    await renew(certified);
    const problems: string[] = [];
    const url = urlWith(asCertified(used), { user: 'certified' });
    await withDatabase(
      url,
      async (db) => {
        const next = async () => {
          await queryPostgres(
            postgres.server.url,
            `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'certified'`,
          );
          return eventually(() => linkOf(db));
        };
        const first = await linkOf(db);
        // Those of the start are about the server's settings.
        problems.length = 0;
        await renew(await postgres.authority.issue('certified'));
        const second = await next();
        expect(second.clientSerial).not.toBe(first.clientSerial);
        expect(problems).toEqual([]);

        await writeFile(used.key, 'half a key');
        expect(await next()).toEqual(second);
        expect(await next()).toEqual(second);
        expect(problems).toEqual([
          expect.stringMatching(/^DATABASE_URL: sslcert, DATABASE_URL: sslkey: cannot be used/),
        ]);
      },
      { onWarning: (warning) => problems.push(warning) },
    );
  });
});

describe('a file that cannot be used ends the start with a line that names its parameter:', () => {
  test.each<[string, () => Parameters, RegExp]>([
    ['a root that is missing', () => ({ sslrootcert: '/nowhere.pem' }), /sslrootcert: \/nowhere.pem cannot be read/],
    ['a root that is a folder', () => ({ sslrootcert: postgres.socketFolder }), /sslrootcert: .* \(EISDIR\)/],
    [
      'a root that is none',
      () => ({ sslrootcert: `${root.replace('root.crt', 'ca.cnf')}` }),
      /sslrootcert: .* no cert/,
    ],
    ['a key that is none', () => ({ sslrootcert: root, sslcert: root, sslkey: root }), /sslkey: cannot be used/],
  ])('%s', async (_name, parameters, message) => {
    await expect(connect({ sslmode: 'verify-full', ...parameters() })).rejects.toThrow(message);
  });
});

describe('a DATABASE_URL', () => {
  test('may name a Unix socket, as host or as parameter', async () => {
    const { socketFolder, port } = postgres;
    for (const url of [
      `postgresql://tickets@${encodeURIComponent(socketFolder)}:${port}/tickets`,
      `postgresql://tickets@/tickets?host=${socketFolder}&port=${port}`,
      `postgresql:///?host=${socketFolder}&port=${port}&user=tickets&dbname=tickets`,
    ]) {
      expect(await withDatabase(url, linkOf)).toMatchObject({ ssl: false });
    }
  });

  test('may have settings of the session, and its name; ours stay', async () => {
    const options = '-c work_mem=5MB -c default_transaction_isolation=serializable';
    const url = urlWith({ sslmode: 'require', application_name: 'the box', options });
    const settings = await withDatabase(url, async (db) => {
      const [row] = await db.em().execute<Record<string, string>[]>(
        `select current_setting('work_mem') as memory, current_setting('application_name') as name,
         current_setting('default_transaction_isolation') as isolation`,
      );
      return row;
    });
    expect(settings).toEqual({ memory: '5MB', name: 'the box', isolation: 'read committed' });
  });

  test('leaves the bounds of a statement to the configuration; maintenance has none', async () => {
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const config = readConfig({
      DATABASE_URL: urlWith({ sslmode: 'require' }),
      DATABASE_STATEMENT_TIMEOUT_MS: '7001',
      DATABASE_LOCK_TIMEOUT_MS: '7000',
      DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS: '7002',
    });
    const bounds = async (patient: boolean) => {
      const db = await openDatabase(config.database, { patient });
      try {
        const rows = await db
          .em()
          .execute<{ setting: string }[]>(
            `select setting from pg_settings where name in ('${names.join("','")}') order by setting`,
          );
        return rows.map(({ setting }) => setting);
      } finally {
        await db.close();
      }
    };
    expect(await bounds(false)).toEqual(['7000', '7001', '7002']);
    expect(await bounds(true)).toEqual(['0', '0', '0']);
  });
});
