// Whether the editor's own way to a host leads through a proxy. VS Code patches `request` of Node's http and https: by its
// settings, the environment or the system's it uses another agent than the one it is given, and tells the request of it by
// an event ("proxy": @vscode/proxy-agent, agent.ts). Where nothing is patched, the agent is asked for a connection.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

const PATIENCE_MS = 5_000;

/** Whether requests reach a host without a proxy. In doubt not. Nothing is sent where it can be told before. */
export function isReachedDirectly(secure: boolean, host: string, port: number): Promise<boolean> {
  const request = secure ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const agent = secure ? new HttpsAgent() : new HttpAgent();
    // It is asked while the request is being made.
    const noConnection = (): void => process.nextTick(() => tell(true));
    const asking = request({
      ...{ host, port, path: '/', method: 'HEAD' },
      agent: Object.assign(agent, { createConnection: noConnection }),
    });
    const tell = (direct: boolean): void => {
      clearTimeout(timer);
      resolve(direct);
      asking.destroy();
    };
    const timer = setTimeout(() => tell(false), PATIENCE_MS);
    asking.on('proxy', ({ proxy }: { proxy?: unknown } = {}) => tell(proxy === 'DIRECT'));
    asking.on('error', () => tell(false));
    asking.on('response', () => tell(false));
    asking.end();
  });
}
