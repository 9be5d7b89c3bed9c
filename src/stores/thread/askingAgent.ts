// Connections of the thread. The editor's settings for proxies count on the editor's thread only, so that one is asked of
// each host whether it is reached without one. If not, no connection is made here.
import { Agent as HttpAgent, type AgentOptions } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';

/** Whether a host is reached without a proxy. */
export type AskWay = (secure: boolean, host: string, port: number) => Promise<boolean>;

type Done = (error: Error | null, socket?: Duplex) => void;
type Target = ConnectionOptions & { host?: string; port?: number | string };

/** An agent that connects where `ask` says yes. Elsewhere its requests fail with the code EWAY. */
export function askingAgent(secure: boolean, ask: AskWay, options: AgentOptions): HttpAgent {
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const direct = agent.createConnection.bind(agent);
  const known = new Map<string, Promise<boolean>>();
  const connect = (to: Target, done: Done): ReturnType<typeof direct> => {
    const host = to.host ?? 'localhost';
    const port = Number(to.port ?? (secure ? 443 : 80));
    const name = `${host}:${port}`;
    const asked = known.get(name) ?? ask(secure, host, port);
    known.set(name, asked);
    asked
      .then((goes) => {
        if (!goes) {
          throw Object.assign(new Error('a proxy is on the way'), { code: 'EWAY' });
        }
        const socket = direct(to, done);
        if (socket) {
          done(null, socket);
        }
      })
      .catch((error: unknown) => done(error instanceof Error ? error : new Error(String(error))));
    return undefined;
  };
  return Object.assign(agent, { createConnection: connect });
}
