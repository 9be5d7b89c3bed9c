// How connections are made: kept open, with the remote's own certificates, through a proxy where the environment names one.
// The store and the services that give keys for it are asked by the same ones.
import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { rootCertificates } from 'node:tls';
import type { CaFileCauses } from '../../core/causes';
import { SnapdirError } from '../../core/errors';
import type { Remote } from '../../core/remote';
import type { Environment } from './awsProfiles';
import type { S3Sdk } from './loadSdk';
import { MOST_REQUESTS } from '../transfer';
import { proxyAgent, type AgentChoices } from './proxy';

/** Sends requests. */
export type Handler = InstanceType<S3Sdk['NodeHttpHandler']>;

/** How connections are made. */
export interface AgentPlaces {
  env: Environment;
  /** Whether HTTPS_PROXY and its like count. Not in the editor, which sees to that itself. */
  proxyFromEnv: boolean;
  /** Makes the agents instead. */
  agent?: (secure: boolean, options: AgentChoices) => HttpAgent;
}

/** Nobody waits longer for a connection. Milliseconds. */
const CONNECT_MS = 10_000;

/**
 * What sends the requests for a remote.
 * @param timeoutMs without a sign of life for so long; a limit for the whole request would cut off slow uploads
 * @throws REMOTE_CA_FILE
 */
export async function makeHandler(
  remote: Remote,
  places: AgentPlaces,
  sdk: S3Sdk,
  timeoutMs: number,
): Promise<Handler> {
  const ca = await readCertificates(remote);
  const options = {
    keepAlive: true,
    maxSockets: MOST_REQUESTS,
    ...(ca === undefined ? {} : { ca }),
  };
  const agents = {
    httpAgent: agentFor(false, places, options),
    httpsAgent: agentFor(true, places, options) as HttpsAgent,
  };
  return new sdk.NodeHttpHandler({
    connectionTimeout: Math.min(CONNECT_MS, timeoutMs),
    socketTimeout: timeoutMs,
    ...agents,
  });
}

function agentFor(secure: boolean, places: AgentPlaces, options: AgentChoices): HttpAgent {
  if (places.agent !== undefined) {
    return places.agent(secure, options);
  }
  if (places.proxyFromEnv) {
    return proxyAgent(secure, places.env, options);
  }
  return secure ? new HttpsAgent(options) : new HttpAgent(options);
}

/** The remote's own certificates, and the usual ones. */
async function readCertificates({ name, caFile }: Remote): Promise<string[] | undefined> {
  if (caFile === undefined) {
    return undefined;
  }
  const bad = (is: keyof CaFileCauses): never => {
    throw new SnapdirError('REMOTE_CA_FILE', { store: name, path: caFile, reason: { is } });
  };
  const pem = await readFile(caFile, 'utf8').catch(() => bad('file-unreadable'));
  const own = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return own.length === 0 ? bad('no-certificates') : [...rootCertificates, ...own];
}
