/** A private authority and a server certificate from it, made anew for each run with the openssl command. */
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

/** @param names in the server's certificate, as openssl writes them */
export function makeCertificates(names: readonly string[] = ['DNS:localhost', 'IP:127.0.0.1']): Certificates {
  const folder = mkdtempSync(path.join(tmpdir(), 'truework-certificates-'));
  const file = (name: string) => path.join(folder, name);
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test authority', '-addext', 'basicConstraints=critical,CA:TRUE');
  openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  writeFileSync(file('server.ext'), `subjectAltName=${names.join(',')}\n`);
  openssl('x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'server.pem', '-days', '2', '-extfile', 'server.ext');
  return {
    authorityFile: file('ca.pem'),
    key: readFileSync(file('server.key')),
    certificate: readFileSync(file('server.pem')),
    remove: () => { rmSync(folder, { recursive: true }); },
  };
}
