// What OpenSSL (Node) and BoringSSL (VS Code) say of a connection that they give up. The reasons are from their own
// tables, never from a server.

/** What became of the connection: nobody spoke TLS there, no agreement was found, or a good connection broke. */
export type TlsFailure = { kind: 'plain' | 'broken' } | { kind: 'failed'; reason: string };

/** What came was no TLS at all. Anything else was said by a server that speaks it. */
const PLAIN = new Set([
  'wrong version number',
  'packet length too long',
  'encrypted length too long',
  'http request',
]);

/** These come in the middle of a connection. */
const BROKEN =
  /^(unexpected eof while reading|decryption failed or bad record mac|.*alert bad record mac)$/;

/** Reads an error of TLS; undefined: it is none. */
export function readTlsFailure(code: string, message: string): TlsFailure | undefined {
  const named = /^ERR_SSL_(\w+)$/.exec(code)?.[1];
  if (named === undefined && code !== 'EPROTO') {
    return undefined;
  }
  // "…:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:…"; BoringSSL writes WRONG_VERSION_NUMBER.
  const said = /error:[0-9a-f]+:[^:]*:[^:]*:([\w /-]+)/i.exec(message)?.[1];
  const reason = (said ?? named ?? code).replaceAll('_', ' ').toLowerCase().slice(0, 60);
  if (PLAIN.has(reason)) {
    return { kind: 'plain' };
  }
  return BROKEN.test(reason) ? { kind: 'broken' } : { kind: 'failed', reason };
}
