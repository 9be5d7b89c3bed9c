import { isCancelled } from '../base/abort';
import type { CallContext, Engine, EngineMethod } from '../core/engine';

/** What happens in slices by itself: nobody waits for it, so nothing has to give way to it. */
const BY_ITSELF: ReadonlySet<string> = new Set<EngineMethod>([
  'verifySlice',
  'keepVault',
  'indexChanges',
]);

/** Work that is done while nobody asks for anything, and given up as soon as somebody does. */
export class IdleWork {
  private readonly running = new Set<AbortController>();

  /** The engine, but whatever is asked of it ends the idle work that is under way. */
  watch(engine: Engine): Engine {
    return new Proxy(engine, {
      get: (target, name, receiver) => {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function' || BY_ITSELF.has(String(name))) {
          return value;
        }
        return (params: unknown, context?: CallContext): unknown => {
          this.giveWay(context?.signal);
          return (value as (...args: unknown[]) => unknown).call(target, params, context);
        };
      },
    });
  }

  /**
   * Runs work that hands the context on to the engine.
   * @returns undefined: it was given up
   */
  async run<T>(work: (context: CallContext) => Promise<T>): Promise<T | undefined> {
    const controller = new AbortController();
    this.running.add(controller);
    try {
      return await work({ signal: controller.signal });
    } catch (error) {
      if (controller.signal.aborted && isCancelled(error)) {
        return undefined;
      }
      throw error;
    } finally {
      this.running.delete(controller);
    }
  }

  /** Gives up what is under way, but for what has that signal. */
  giveWay(except?: unknown): void {
    for (const controller of this.running) {
      if (controller.signal !== except) {
        controller.abort();
      }
    }
  }
}
