import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext, type SecureVersion } from 'node:tls';

/** A file in PEM format, under the name of the setting that asks for it. */
export interface PemFile {
  readonly setting: string;
  readonly path: string;
}

/** What one end of a TLS link needs to know the other end, and to be known by it. */
export interface TlsFiles {
  /** Whom we trust to sign the other end's certificate; null: those whom Node trusts. */
  readonly roots: PemFile | 'system' | null;
  /** Our own certificate and its key, where the other end wants to know us. */
  readonly certificate: PemFile | null;
  readonly key: PemFile | null;
  readonly keyPassword?: string | null;
  /** Certificates that were withdrawn. */
  readonly revoked?: PemFile | null;
  readonly minVersion?: SecureVersion;
}

interface Contents {
  readonly roots: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly revoked: string | null;
}

/**
 * The files as a context for `tls.connect`. They are looked at again for each new connection, so that a certificate that
 * is renewed while the process runs is used without a restart; while they cannot be used, what was read before is.
 * @param onProblem told once of each thing that is wrong with them later
 * @returns a function that never throws
 * @throws naming the setting, when they cannot be used now
 */
export function tlsContext(files: TlsFiles, onProblem: (problem: string) => void): () => SecureContext {
  let contents = readAll(files);
  let context = toContext(files, contents);
  let lastProblem = '';
  return () => {
    try {
      const now = readAll(files);
      if (!isSame(now, contents)) context = toContext(files, now);
      contents = now;
    } catch (error) {
      const { message } = error as Error;
      if (message !== lastProblem) onProblem(message);
      lastProblem = message;
    }
    return context;
  };
}

function readAll({ roots, certificate, key, revoked }: TlsFiles): Contents {
  return {
    roots: roots === 'system' ? null : read(roots),
    certificate: read(certificate),
    key: read(key),
    revoked: read(revoked ?? null),
  };
}

function read(file: PemFile | null): string | null {
  if (!file) return null;
  try {
    return readFileSync(file.path, 'utf8');
  } catch (error) {
    throw new Error(`${file.setting}: ${file.path} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function isSame(a: Contents, b: Contents): boolean {
  return a.roots === b.roots && a.certificate === b.certificate && a.key === b.key && a.revoked === b.revoked;
}

function toContext(files: TlsFiles, { roots, certificate, key, revoked }: Contents): SecureContext {
  // Node takes a file without any certificate for a list of none, and then trusts nobody.
  if (roots !== null) assertCertificate(files.roots as PemFile, roots);
  if (certificate !== null) assertCertificate(files.certificate as PemFile, certificate);
  try {
    return createSecureContext({
      ...(files.roots === 'system' && { ca: publicRoots() }),
      ...(roots !== null && { ca: roots }),
      ...(certificate !== null && { cert: certificate }),
      ...(key !== null && { key }),
      ...(files.keyPassword && { passphrase: files.keyPassword }),
      ...(revoked !== null && { crl: revoked }),
      ...(files.minVersion && { minVersion: files.minVersion }),
    });
  } catch (error) {
    const settings = [files.certificate, files.key, files.revoked].flatMap((file) => (file ? [file.setting] : []));
    throw new Error(`${settings.join(', ')}: cannot be used (${(error as Error).message})`);
  }
}

function assertCertificate({ setting, path }: PemFile, pem: string): void {
  try {
    new X509Certificate(pem);
  } catch {
    throw new Error(`${setting}: ${path} holds no certificate in PEM format`);
  }
}

/** Those of this machine, and those that Node brings along: an image without ca-certificates has no others. */
function publicRoots(): string[] {
  return [...new Set([...getCACertificates('system'), ...getCACertificates('default')])];
}
