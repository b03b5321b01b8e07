/** A private authority and server certificates, made anew for each run with the openssl command. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

export interface Certificates {
  /** Path of the authority's certificate. */
  readonly authorityFile: string;
  readonly key: Buffer;
  /** For the names it was made for. */
  readonly certificate: Buffer;
  remove(): void;
}

/** A server's key and certificate, as `https.createServer` and `setSecureContext` take them. */
export interface ServerIdentity {
  readonly key: Buffer;
  readonly cert: Buffer;
}

/** What is wrong with a server's certificate; `none` is one that the private authority vouches for. */
export type CertificateFlaw = 'none' | 'self-signed' | 'expired' | 'wrong-name' | 'unknown-authority';

/** @param names in the server's certificate, as openssl writes them */
export function makeCertificates(names: readonly string[] = ['DNS:localhost', 'IP:127.0.0.1']): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'truework-certificates-'));
  makeAuthority(folder, 'ca');
  const { key, cert } = makeServer(folder, 'server', 'ca', names);
  return {
    authorityFile: path.join(folder, 'ca.pem'),
    key,
    certificate: cert,
    remove: () => {
      rmSync(folder, { recursive: true });
    },
  };
}

/**
 * The same with one server certificate for each flaw, in a folder that another process can read
 * ({@link readIdentity}).
 * @param names of the server, as openssl writes them
 * @returns where the authority's certificate (`ca.pem`) and the others lie
 */
export function makeFlawedCertificates(names: readonly string[]): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'truework-certificates-'));
  makeAuthority(folder, 'ca');
  makeAuthority(folder, 'stranger');
  makeServer(folder, 'none', 'ca', names);
  makeServer(folder, 'wrong-name', 'ca', ['DNS:portal.example']);
  makeServer(folder, 'unknown-authority', 'stranger', names);
  makeServer(folder, 'expired', 'ca', names, { expired: true });
  openssl(
    folder,
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'self-signed.key',
    '-out',
    'self-signed.pem',
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    `subjectAltName=${names.join(',')}`,
  );
  return folder;
}

export function readIdentity(folder: string, flaw: CertificateFlaw): ServerIdentity {
  return { key: readFileSync(path.join(folder, `${flaw}.key`)), cert: readFileSync(path.join(folder, `${flaw}.pem`)) };
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(folder: string, ...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
}

function makeAuthority(folder: string, name: string): void {
  openssl(
    folder,
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    `${name}.key`,
    '-out',
    `${name}.pem`,
    '-days',
    '2',
    '-subj',
    `/CN=Test authority ${name}`,
    '-addext',
    'basicConstraints=critical,CA:TRUE',
  );
}

function makeServer(
  folder: string,
  name: string,
  authority: string,
  names: readonly string[],
  { expired = false } = {},
): ServerIdentity {
  const extensions = `subjectAltName=${names.join(',')}\n`;
  openssl(folder, 'req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=localhost');
  if (expired) {
    // `x509 -req` cannot date back, in the versions of openssl that are around; `ca` can, and wants its small database.
    writeFileSync(path.join(folder, 'index.txt'), '');
    writeFileSync(
      path.join(folder, 'ca.cnf'),
      [
        '[ca]',
        'default_ca=this',
        '[this]',
        'database=index.txt',
        'new_certs_dir=.',
        'rand_serial=yes',
        'default_md=sha256',
        'policy=any',
        '[any]',
        'commonName=supplied',
        '[server]',
        extensions,
      ].join('\n'),
    );
    openssl(
      folder,
      'ca',
      '-batch',
      '-notext',
      '-config',
      'ca.cnf',
      '-cert',
      `${authority}.pem`,
      '-keyfile',
      `${authority}.key`,
      '-startdate',
      '20200101000000Z',
      '-enddate',
      '20200102000000Z',
      '-extensions',
      'server',
      '-in',
      `${name}.csr`,
      '-out',
      `${name}.pem`,
    );
  } else {
    writeFileSync(path.join(folder, `${name}.ext`), extensions);
    openssl(
      folder,
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      '-CA',
      `${authority}.pem`,
      '-CAkey',
      `${authority}.key`,
      '-CAcreateserial',
      '-out',
      `${name}.pem`,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
    );
  }
  return { key: readFileSync(path.join(folder, `${name}.key`)), cert: readFileSync(path.join(folder, `${name}.pem`)) };
}
