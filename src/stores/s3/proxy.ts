// The command's way through a proxy (in the editor VS Code's own settings apply: it patches Node's http). A tunnel is
// asked for with CONNECT, so the proxy sees host and port, and nothing of the requests.
import { request, type Agent, type AgentOptions } from 'node:http';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, request as secureRequest } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { Environment } from './awsProfiles';

/** A proxy that answered no. `code` is what other network errors have there. */
export class ProxyError extends Error {
  readonly code = 'EPROXY';
  readonly status: number | undefined;

  constructor(status: number | undefined) {
    super(`the proxy refused (${status ?? 'no answer'})`);
    this.status = status;
  }
}

/** The proxy that the environment names for a URL; undefined for none. Both spellings, as curl has them. */
export function proxyFor(endpoint: URL, env: Environment): URL | undefined {
  const read = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? '';
  const named = endpoint.protocol === 'https:' ? read('HTTPS_PROXY') : env['http_proxy'];
  const proxy = named || read('ALL_PROXY');
  if (proxy === '' || isExcepted(endpoint, read('NO_PROXY'))) {
    return undefined;
  }
  try {
    return new URL(proxy.includes('://') ? proxy : `http://${proxy}`);
  } catch {
    return undefined;
  }
}

function isExcepted({ hostname, port, protocol }: URL, exceptions: string): boolean {
  const usual = protocol === 'https:' ? '443' : '80';
  return exceptions
    .split(/[\s,]+/)
    .filter((one) => one !== '')
    .some((one) => {
      const [, host = '', onPort] = /^(.*?)(?::(\d+))?$/.exec(one.toLowerCase()) ?? [];
      if (onPort !== undefined && onPort !== (port || usual)) {
        return false;
      }
      const name = host.replace(/^\*?\./, '');
      return host === '*' || hostname === name || hostname.endsWith(`.${name}`);
    });
}

type Done = (error: Error | null, socket?: Duplex) => void;

/** Opens a tunnel; `done` is called once. */
function openTunnel(proxy: URL, target: string, done: Done): void {
  const user = decodeURIComponent(proxy.username);
  const login = `${user}:${decodeURIComponent(proxy.password)}`;
  const authorization =
    user === '' ? {} : { 'proxy-authorization': `Basic ${Buffer.from(login).toString('base64')}` };
  const secure = proxy.protocol === 'https:';
  const asking = (secure ? secureRequest : request)({
    host: proxy.hostname,
    port: proxy.port || (secure ? 443 : 80),
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...authorization },
    agent: false,
  });
  asking.once('connect', (response, socket) => {
    if (response.statusCode === 200) {
      done(null, socket);
    } else {
      socket.destroy();
      done(new ProxyError(response.statusCode));
    }
  });
  asking.once('response', (response) => {
    response.resume();
    done(new ProxyError(response.statusCode));
  });
  asking.once('error', () => done(new ProxyError(undefined)));
  asking.end();
}

type Target = ConnectionOptions & { host?: string; port?: number | string };

/** How an agent makes its connections. */
export type AgentChoices = AgentOptions & Target;

/**
 * An agent whose connections go through the proxy that the environment names for their host, if it names one: the hosts
 * that give keys are others than the store's.
 */
export function proxyAgent(secure: boolean, env: Environment, options: AgentChoices): Agent {
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const direct = agent.createConnection.bind(agent);
  const connect = (to: Target, done: Done): ReturnType<typeof direct> => {
    const port = to.port ?? (secure ? 443 : 80);
    const host = to.host ?? 'localhost';
    const shown = host.includes(':') ? `[${host}]` : host;
    const proxy = proxyFor(new URL(`${secure ? 'https' : 'http'}://${shown}:${port}`), env);
    if (proxy === undefined) {
      return direct(to, done);
    }
    openTunnel(proxy, `${host}:${port}`, (error, socket) => {
      if (error !== null || socket === undefined || !secure) {
        done(error, socket);
        return;
      }
      // An address is no name that a certificate is asked for by.
      const name = to.servername ?? host;
      const wrapped = connectTls({ ...to, socket, servername: isIP(name) === 0 ? name : '' });
      wrapped.once('error', done);
      wrapped.once('secureConnect', () => {
        wrapped.removeListener('error', done);
        done(null, wrapped);
      });
    });
    return undefined;
  };
  return Object.assign(agent, { createConnection: connect });
}
