import { isCancelled, throwIfCancelled } from '../base/abort';
import type { StoreCall } from '../core/permanentStore';

/** Work that is done once for all who ask. A failure is not kept; nor does one who cancels take it from the others. */
export class SharedTask<T> {
  private running: Promise<T> | undefined;

  /** @throws what the work throws, AbortError */
  async run(call: StoreCall, work: () => Promise<T>): Promise<T> {
    for (;;) {
      throwIfCancelled(call.signal);
      const mine = (this.running ??= work());
      try {
        return await mine;
      } catch (error) {
        if (this.running === mine) {
          this.running = undefined;
        }
        if (!isCancelled(error) || call.signal?.aborted === true) {
          throw error;
        }
      }
    }
  }
}
