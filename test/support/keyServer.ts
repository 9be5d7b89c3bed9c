// STS and the portal of single sign-on as they speak, on a server of our own, and a proxy that leads their names to it: so the
// SDK asks for the real names, by TLS, and must go through the proxy and trust our certificate to get anywhere.
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';

/** A request for keys. */
export interface KeyAsked {
  host: string;
  method: string;
  path: string;
  body: URLSearchParams;
  headers: Record<string, string | string[] | undefined>;
}

/** What is answered instead of keys; `reset`: nothing is. */
export type KeyFault = Refusal | { reset: true };

interface Refusal {
  status: number;
  code: string;
  message?: string;
}

/** The services, and the way to them. */
export class KeyServer {
  readonly asked: KeyAsked[] = [];
  fault: (asked: KeyAsked) => KeyFault | undefined = () => undefined;
  /** `http://127.0.0.1:port` of the proxy. */
  proxy = '';
  /** Whether the proxy lets anybody through. */
  open = true;
  private readonly services: Server;
  private readonly proxies: Server;
  private readonly sockets = new Set<Socket>();

  constructor() {
    this.services = createSecureServer(keyCertificate, (request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        const asked = {
          ...{ host: request.headers.host ?? '', method: request.method ?? '' },
          ...{ path: request.url ?? '', headers: request.headers },
          body: new URLSearchParams(Buffer.concat(parts).toString()),
        };
        this.asked.push(asked);
        const fault = this.fault(asked);
        if (fault !== undefined && 'reset' in fault) {
          request.socket.destroy();
          return;
        }
        const [status, headers, text] =
          fault === undefined ? keysFor(asked) : refusal(asked, fault);
        response.writeHead(status, headers).end(text);
      });
    });
    this.proxies = createServer((_request, response) => response.writeHead(405).end());
    this.proxies.on('connection', (socket: Socket) => this.sockets.add(socket));
    this.proxies.on('connect', (request, socket: Socket) => {
      socket.on('error', () => undefined);
      if (!this.open || !/\.amazonaws\.com:443$/.test(request.url ?? '')) {
        socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
        return;
      }
      const to = connect((this.services.address() as AddressInfo).port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        to.pipe(socket).pipe(to);
      });
      to.on('error', () => socket.destroy());
      socket.on('close', () => to.destroy());
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((done) => this.services.listen(0, '127.0.0.1', done));
    await new Promise<void>((done) => this.proxies.listen(0, '127.0.0.1', done));
    this.proxy = `http://127.0.0.1:${(this.proxies.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.sockets.forEach((socket) => socket.destroy());
    this.services.closeAllConnections();
    await new Promise((done) => this.proxies.close(done));
    await new Promise((done) => this.services.close(done));
  }
}

type Answer = [status: number, headers: Record<string, string>, text: string];

const isSts = ({ host }: KeyAsked): boolean => host.startsWith('sts.');
const XML = { 'content-type': 'text/xml' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** Keys whose id tells how they were had. */
function keysFor(asked: KeyAsked): Answer {
  const { body, path } = asked;
  if (!isSts(asked)) {
    const role = new URL(path, 'http://x').searchParams.get('role_name') ?? '';
    const expiration = Date.now() + 3_600_000;
    const secrets = { secretAccessKey: 'secret', sessionToken: 'token' };
    const roleCredentials = { accessKeyId: `AKIDSSO-${role}`, ...secrets, expiration };
    return [200, JSON_TYPE, JSON.stringify({ roleCredentials })];
  }
  const action = body.get('Action') ?? '';
  const role = (body.get('RoleArn') ?? '').split('/').at(-1) ?? '';
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  const id = action === 'AssumeRole' ? `AKIDROLE-${role}` : `AKIDTOKEN-${role}`;
  const keys = `<AccessKeyId>${id}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${expiration}</Expiration>`;
  const user = `<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/${role}/s</Arn><AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser>`;
  const result = `<${action}Result><Credentials>${keys}</Credentials>${user}</${action}Result>`;
  return [200, XML, `<${action}Response ${NAMESPACE}>${result}</${action}Response>`];
}

const NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

function refusal(asked: KeyAsked, fault: Refusal): Answer {
  const { status, code, message = '' } = fault;
  if (isSts(asked)) {
    const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
    return [status, XML, `<ErrorResponse ${NAMESPACE}>${error}</ErrorResponse>`];
  }
  return [status, { ...JSON_TYPE, 'x-amzn-errortype': code }, JSON.stringify({ message })];
}

/** For the names of STS and single sign-on that tests use, valid for a hundred years; nobody trusts it. */
export const keyCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgmq5MH3xIg88c1n/n
Enh0qjS4vaiaoT941foyuBVj+VyhRANCAARoGXZ+nWi8Dj1+EOr47okmMuXDjrUQ
QM7Y3TR4MCpaIa8YyrE57yRM539wbrKgM+wBUB1ntNwAs+79YVsvMPmk
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIB5TCCAYygAwIBAgICEAEwCgYIKoZIzj0EAwIwHDEaMBgGA1UEAwwRc25hcGRp
ciB0ZXN0IGtleXMwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBwx
GjAYBgNVBAMMEXNuYXBkaXIgdGVzdCBrZXlzMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEaBl2fp1ovA49fhDq+O6JJjLlw461EEDO2N00eDAqWiGvGMqxOe8kTOd/
cG6yoDPsAVAdZ7TcALPu/WFbLzD5pKOBuzCBuDAPBgNVHRMBAf8EBTADAQH/MIGF
BgNVHREEfjB8ghtzdHMuZXUtd2VzdC0zLmFtYXpvbmF3cy5jb22CG3N0cy51cy1l
YXN0LTEuYW1hem9uYXdzLmNvbYIicG9ydGFsLnNzby5ldS13ZXN0LTMuYW1hem9u
YXdzLmNvbYIcb2lkYy5ldS13ZXN0LTMuYW1hem9uYXdzLmNvbTAdBgNVHQ4EFgQU
1GeeiKV27NX3c9Qd3xiPLHnG6pIwCgYIKoZIzj0EAwIDRwAwRAIgUS+UBYD94Wdj
sCGezs0tkWRnUcFLHjAnJL03PLryy8sCIDdTw/l/lRpZOM921EmeyaxoN7CchyC+
FgriDRk/21gj
-----END CERTIFICATE-----`,
};
