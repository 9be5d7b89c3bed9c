// A little S3 server of our own that can do wrong whatever a server, a proxy or a network can. It keeps objects and
// conditions as S3 does, looks at no signature, and asks `fault` before and after each request.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** A request, as far as faults care. */
export interface Asked {
  method: string;
  /** Without the bucket. */
  key: string;
  /** As it was asked for, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** The other end of the connection. */
  from: string;
  /** From 1. */
  count: number;
}

/** What goes wrong. */
export type WireFault =
  | { status: number; code?: string; message?: string; headers?: Record<string, string> }
  | { html: number }
  | { hang: true }
  | { reset: true }
  /** The body ends in the middle. */
  | { truncate: true }
  /** Done, but nobody is told. */
  | { loseAnswer: true }
  /** The body never ends. */
  | { stall: true };

/** The server. */
export class FaultServer {
  readonly objects = new Map<string, Buffer>();
  private readonly written = new Map<string, Date>();
  readonly asked: Asked[] = [];
  readonly uploads = new Map<string, Buffer[]>();
  fault: (asked: Asked) => WireFault | undefined = () => undefined;
  /** What each request waits for before it is answered. */
  slow: (asked: Asked) => Promise<void> = () => Promise.resolve();
  endpoint = '';
  private readonly server: Server;

  constructor(tls?: { key: string; cert: string }) {
    const listen = (request: IncomingMessage, response: ServerResponse): void => {
      void this.answer(request, response);
    };
    this.server = tls === undefined ? createServer(listen) : createSecureServer(tls, listen);
    this.endpoint = tls === undefined ? 'http' : 'https';
  }

  /** @param address what it listens to; it is told as 127.0.0.1 */
  async start(address = '127.0.0.1'): Promise<this> {
    await new Promise<void>((done) => this.server.listen(0, address, done));
    const { port } = this.server.address() as AddressInfo;
    this.endpoint = `${this.endpoint}://127.0.0.1:${port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** How many requests of a kind came. */
  count(method: string): number {
    return this.asked.filter((asked) => asked.method === method).length;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://x');
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'));
    const asked: Asked = {
      ...{ method: request.method ?? '', key, path: url.pathname },
      ...{ query: url.searchParams, headers: request.headers },
      from: `${request.socket.remoteAddress}:${request.socket.remotePort}`,
      count: this.asked.length + 1,
    };
    this.asked.push(asked);
    const body: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    for await (const chunk of request) {
      body.push(chunk as Buffer);
    }
    await this.slow(asked);
    const fault = this.fault(asked);
    if (fault !== undefined && this.fail(fault, asked, response)) {
      return;
    }
    const reply = this.serve(asked, Buffer.concat(body));
    if (fault !== undefined && 'loseAnswer' in fault) {
      request.socket.destroy();
      return;
    }
    response.writeHead(reply.status, { 'x-amz-request-id': 'r1', ...reply.headers });
    if (fault !== undefined && ('truncate' in fault || 'stall' in fault)) {
      response.write(reply.body.subarray(0, Math.floor(reply.body.length / 2)));
      if ('truncate' in fault) {
        setTimeout(() => request.socket.destroy(), 20);
      }
      return;
    }
    response.end(asked.method === 'HEAD' ? undefined : reply.body);
  }

  /** Whether the fault is the whole answer. */
  private fail(fault: WireFault, { method }: Asked, response: ServerResponse): boolean {
    if ('hang' in fault) {
      return true;
    }
    if ('reset' in fault) {
      response.socket?.destroy();
      return true;
    }
    if ('html' in fault) {
      const page = '<!DOCTYPE html><html><body><p>Sign in<br></body></html>';
      response.writeHead(fault.html, { 'content-type': 'text/html' });
      response.end(method === 'HEAD' ? undefined : page);
      return true;
    }
    if ('status' in fault) {
      const { status, code, message = '', headers } = fault;
      response.writeHead(status, { 'content-type': 'application/xml', ...headers });
      const hasBody = method !== 'HEAD' && code !== undefined;
      response.end(hasBody ? errorXml(code, message) : undefined);
      return true;
    }
    return false;
  }

  private serve(asked: Asked, body: Buffer): Reply {
    const { method, key, query, headers } = asked;
    const there = this.objects.get(key);
    if (method === 'GET' && key === '') {
      return this.list(query);
    }
    if (method === 'POST' || query.has('uploadId')) {
      return this.multipart(asked, body);
    }
    if (method === 'PUT') {
      const broken =
        (headers['if-none-match'] === '*' && there !== undefined) ||
        (headers['if-match'] !== undefined &&
          (there === undefined || headers['if-match'] !== etag(there)));
      if (broken) {
        return xml(412, errorXml('PreconditionFailed', ''));
      }
      this.write(key, body);
      return { status: 200, headers: { etag: etag(body) }, body: Buffer.alloc(0) };
    }
    if (method === 'DELETE') {
      this.objects.delete(key);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    return there === undefined
      ? xml(404, errorXml('NoSuchKey', ''))
      : this.content(key, there, headers.range);
  }

  private write(key: string, body: Buffer): void {
    this.objects.set(key, body);
    this.written.set(key, new Date());
  }

  private writtenAt(key: string): Date {
    return this.written.get(key) ?? new Date();
  }

  private content(key: string, there: Buffer, range: string | undefined): Reply {
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? [];
    const from = Number(first ?? 0);
    if (first !== undefined && from >= there.length) {
      return xml(416, errorXml('InvalidRange', ''));
    }
    const body = there.subarray(from, last ? Number(last) + 1 : undefined);
    const span = `bytes ${from}-${from + body.length - 1}/${there.length}`;
    return {
      status: first === undefined ? 200 : 206,
      headers: {
        ...{ etag: etag(there), 'content-length': String(body.length) },
        'last-modified': this.writtenAt(key).toUTCString(),
        ...(first === undefined ? {} : { 'content-range': span }),
      },
      body,
    };
  }

  private multipart({ key, query, method }: Asked, body: Buffer): Reply {
    const id = query.get('uploadId') ?? '';
    if (query.has('uploads')) {
      const made = `u${this.uploads.size + 1}`;
      this.uploads.set(made, []);
      return xml(
        200,
        `<InitiateMultipartUploadResult><UploadId>${made}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    const parts = this.uploads.get(id);
    if (parts === undefined) {
      return xml(404, errorXml('NoSuchUpload', ''));
    }
    if (method === 'PUT') {
      parts[Number(query.get('partNumber')) - 1] = body;
      return { status: 200, headers: { etag: etag(body) }, body: Buffer.alloc(0) };
    }
    if (method === 'DELETE') {
      this.uploads.delete(id);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    this.write(key, Buffer.concat(parts));
    this.uploads.delete(id);
    const result = `<ETag>"x-${parts.length}"</ETag>`;
    return xml(200, `<CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`);
  }

  /** In pages, as S3 has them. */
  private list(query: URLSearchParams): Reply {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
    const most = Number(query.get('max-keys') ?? 1000);
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after);
    const page = keys.sort().slice(0, most);
    const contents = page.map((key) => {
      const there = this.objects.get(key)!;
      const facts = `<Size>${there.length}</Size><ETag>${etag(there)}</ETag>`;
      const when = this.writtenAt(key).toISOString();
      return `<Contents><Key>${key}</Key><LastModified>${when}</LastModified>${facts}</Contents>`;
    });
    const more = keys.length > page.length;
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    const head = `<Name>b</Name><KeyCount>${page.length}</KeyCount><IsTruncated>${more}</IsTruncated>${next}`;
    return xml(200, `<ListBucketResult>${head}${contents.join('')}</ListBucketResult>`);
  }
}

interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const etag = (bytes: Buffer): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

const errorXml = (code: string, message: string): string =>
  `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;

const xml = (status: number, text: string): Reply => ({
  ...{ status, headers: { 'content-type': 'application/xml' }, body: Buffer.from(text) },
});
