import { execFile } from 'node:child_process';
import { chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { opensslProgram, unprivilegedUser } from './services/programs.ts';
import { type TemporaryFolder, temporaryFolder } from './services/reap-when-orphaned.ts';

const run = promisify(execFile);

export interface Certificate {
  /** Paths of files in PEM format. */
  readonly certificate: string;
  readonly key: string;
}

interface Issued {
  /** As in openssl: `DNS:localhost`, `IP:127.0.0.1`. */
  readonly subjectAltName?: string;
  /** It was good for one day, years ago. */
  readonly expired?: boolean;
}

/** Signs certificates with a root of its own, in a folder of its own, whose files PostgreSQL can read. */
export interface CertificateAuthority {
  readonly folder: TemporaryFolder;
  /** Paths of files in PEM format. */
  readonly root: string;
  readonly revoked: string;
  issue(commonName: string, options?: Issued): Promise<Certificate>;
  /** From now on `revoked` names it. */
  revoke(certificate: Certificate): Promise<void>;
  openssl(...args: string[]): Promise<void>;
}

const SETTINGS = `
[ca]
default_ca = authority
[authority]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
default_md = sha256
default_days = 2
default_crl_days = 2
policy = subject
copy_extensions = copy
[subject]
commonName = supplied
[req]
distinguished_name = subject_of_request
[subject_of_request]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
`;
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const ONE_DAY_LONG_AGO = ['-startdate', '200101000000Z', '-enddate', '200102000000Z'];

export async function certificateAuthority(): Promise<CertificateAuthority> {
  const program = await opensslProgram();
  const user = await unprivilegedUser();
  const folder = await temporaryFolder('authority', user);
  const path = (name: string) => join(folder.path, name);
  const openssl = async (...args: string[]) => {
    await run(program, args, { cwd: folder.path, ...user });
  };
  const sign = (...args: string[]) =>
    openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'root.crt', '-keyfile', 'root.key', ...args);
  const listRevoked = () => sign('-gencrl', '-out', 'revoked.pem');

  await writeFile(path('ca.cnf'), SETTINGS, { mode: 0o644 });
  await writeFile(path('index.txt'), '', { mode: 0o666 });
  if (user) await chown(path('index.txt'), user.uid, user.gid);
  const root = ['-config', 'ca.cnf', '-extensions', 'root', '-subj', '/CN=A root of the tests', '-days', '2'];
  await openssl('req', '-x509', ...NEW_KEY, ...root, '-keyout', 'root.key', '-out', 'root.crt');
  await listRevoked();

  let issued = 0;
  return {
    folder,
    root: path('root.crt'),
    revoked: path('revoked.pem'),
    issue: async (commonName, { subjectAltName, expired } = {}) => {
      const name = `${commonName}-${++issued}`;
      const request = ['-config', 'ca.cnf', '-subj', `/CN=${commonName}`, '-keyout', `${name}.key`];
      const names = subjectAltName ? ['-addext', `subjectAltName=${subjectAltName}`] : [];
      await openssl('req', ...NEW_KEY, ...request, ...names, '-out', `${name}.csr`);
      await sign('-in', `${name}.csr`, '-out', `${name}.crt`, ...(expired ? ONE_DAY_LONG_AGO : []));
      return { certificate: path(`${name}.crt`), key: path(`${name}.key`) };
    },
    revoke: async ({ certificate }) => {
      await sign('-revoke', certificate);
      await listRevoked();
    },
    openssl,
  };
}
