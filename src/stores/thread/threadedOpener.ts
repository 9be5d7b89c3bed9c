import type { OpenStore } from '../../core/permanentStore';
import { storeOpener, type StorePlaces } from '../openStore';
import { orElsewhere } from './orElsewhere';
import { transferTo } from '../transfer';
import type { StoreThread } from './storeThread';
import { ThreadedStore } from './threadedStore';

/**
 * Opens stores in S3 in a thread of their own, and other ones here. So are those in S3 which the thread does not reach, since
 * the editor's proxy or certificates are needed.
 */
export function threadedOpener(thread: StoreThread, places: StorePlaces): OpenStore {
  const here = storeOpener(places);
  return async (remote, call) => {
    if (remote.place.kind !== 's3') {
      return await here(remote, call);
    }
    const opened = await thread.open(remote, transferTo(remote, places.transfer()), call);
    return orElsewhere(new ThreadedStore(thread, opened), () => here(remote));
  };
}
