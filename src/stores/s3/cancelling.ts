// How requests are cancelled. The SDK takes a signal as an option of each request; but only requests without options have
// their way through it made once for all (`cacheMiddleware`), which is a third of what the SDK does for a small object.
import type { StoreSignal } from '../../core/permanentStore';
import type { Handler } from './agents';
import type { S3Sdk } from './loadSdk';

const SIGNAL = Symbol('what cancels the request');

/** A command of the SDK, as far as it is looked at here. The SDK may copy `input`, with all that is in it. */
interface Command {
  input: object;
}

/** Has a command cancelled by a signal. */
export function stoppable(command: Command, signal: StoreSignal | undefined): void {
  if (signal !== undefined) {
    Object.assign(command.input, { [SIGNAL]: signal });
  }
}

/** Has a client send its requests with the signals that their commands were given. */
export function sendStoppable(client: InstanceType<S3Sdk['S3Client']>, handler: Handler): void {
  client.middlewareStack.add(
    () => (args) => {
      const signal = (args.input as { [SIGNAL]?: AbortSignal })[SIGNAL];
      // What the SDK itself would do last.
      const request = args.request as Parameters<Handler['handle']>[0];
      return handler.handle(request, signal === undefined ? {} : { abortSignal: signal });
    },
    { step: 'deserialize', priority: 'low', name: 'sendStoppable' },
  );
}
