import { setMaxListeners } from 'node:events';
import type { StoreSignal } from '../core/permanentStore';

/** Many calls wait with one signal: that is no leak, and Node need not warn of it. */
export function manyWait(signal: StoreSignal | undefined): void {
  if (signal instanceof EventTarget) {
    setMaxListeners(0, signal);
  }
}
