import type { History } from '../../core/history';
import { cameFromElsewhere } from '../../core/history/origin';
import type { CheckpointId } from '../../core/ids';
import type { EngineEnv } from '../context';
import { foreignRecords } from '../home/registry';
import type { Store } from './storeRoot';

/** Whether a checkpoint's files may be somebody else's (H45); `null`: a snapshot that no checkpoint has. @throws IO */
export function isFromElsewhere(
  env: EngineEnv,
  store: Store,
  history: History,
  id: CheckpointId | null,
): boolean {
  let adopted: ((id: string) => boolean) | undefined;
  return cameFromElsewhere(id, {
    take: (one) => history.checkpoint(one),
    wasAdopted: (one) => store.foreign || (adopted ??= foreignRecords(env, store.id))(one),
  });
}
