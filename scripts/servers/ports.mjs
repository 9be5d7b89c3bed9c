// Free ports of this machine. Nobody keeps them free, so whoever starts a server tries again with others.
import { createServer } from 'node:net';

function open(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

const close = (server) => new Promise((resolve) => server.close(resolve));

/** So many free ports in a row; the first of them. */
export async function freePorts(count = 1) {
  for (let tries = 0; tries < 200; tries++) {
    // Below the range that outgoing connections take theirs from.
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const held = [];
    for (let i = 0; i < count; i++) held.push(await open(first + i));
    const all = held.every((server) => server !== undefined);
    await Promise.all(held.filter(Boolean).map(close));
    if (all) return first;
  }
  throw new Error('no free ports');
}

/** Waits until something accepts connections. */
export async function waitForPort(port, seconds, alive = () => true) {
  const { connect } = await import('node:net');
  for (let tries = 0; tries < seconds * 10; tries++) {
    if (!alive()) throw new Error(`what should listen on port ${port} has ended`);
    const ok = await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('connect', () => resolve(true) || socket.destroy());
      socket.once('error', () => resolve(false));
    });
    if (ok) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`nothing listens on port ${port} after ${seconds} seconds`);
}
