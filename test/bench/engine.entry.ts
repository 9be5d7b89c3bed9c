// The engine as the extension uses it, for `npm run bench`.
export { createEngine } from '../../src/engine/worker/engineClient';
export { blake3 } from '../../src/engine/hashing/blake3';
