import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { closing } from '../../support/closing.ts';

/** A certificate authority like that of a company's proxy: it issues a certificate for any host. */
export interface Authority {
  /** Its certificate in a file, as `NODE_EXTRA_CA_CERTS` takes it. */
  readonly file: string;
  /** Returns the key and the certificate of a host, created on first use. */
  certificateFor(host: string): Promise<KeyAndCertificate>;
}

export interface KeyAndCertificate {
  key: string;
  cert: string;
}

/** Creates an authority that is removed after the tests of the file. */
export async function makeAuthority(): Promise<Authority> {
  const root = await generate([{ name: 'commonName', value: 'Example Studio Root' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'keyUsage', keyCertSign: true },
    ],
  });
  const folder = mkdtempSync(join(tmpdir(), 'mc-static-key-authority-'));
  closing(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'root.pem');
  writeFileSync(file, root.cert);
  const issued = new Map<string, Promise<KeyAndCertificate>>();
  const issue = async (host: string) => {
    const name = isIP(host) ? { type: 7 as const, ip: host } : { type: 2 as const, value: host };
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'Example Host' }], {
      keyType: 'ec',
      algorithm: 'sha256',
      extensions: [{ name: 'subjectAltName', altNames: [name] }],
      ca: { key: root.private, cert: root.cert },
    });
    return { key, cert };
  };
  return {
    file,
    certificateFor(host) {
      const pair = issued.get(host) ?? issue(host);
      issued.set(host, pair);
      return pair;
    },
  };
}
