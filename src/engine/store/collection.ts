import type { Control, EngineEnv } from '../context';
import type { Lease } from '../disk/lease';
import type { Marks } from './marks';
import type { Store } from './storeRoot';

/** One collection. */
export interface Collection {
  env: EngineEnv;
  store: Store;
  lease: Lease;
  control: Control;
  marks: Marks;
  /** The file system's time when it began, in milliseconds. */
  now: number;
  id: string;
}
