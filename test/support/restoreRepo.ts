import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../src/base/clock';
import { nullLogger } from '../../src/base/logger';
import type { CheckpointInfo } from '../../src/core/engine';
import type { ExcludeRules } from '../../src/core/records';
import { quietControl, type EngineEnv } from '../../src/engine/context';
import { nodeFs } from '../../src/engine/disk/nodeFs';
import { openOrCreateStore, type Store } from '../../src/engine/store/storeRoot';
import { take, type TakeRequest } from '../../src/engine/worktree/take';
import { fileTree, type TreeSpec } from './fileTree';
import { tempDir } from './tempDir';

/** The rules of a workspace without settings. */
export const rules: ExcludeRules = { useIgnoreFiles: true, patterns: [], noIgnore: false };

/** A folder with a store, on the real file system and without threads. */
export interface Repo {
  env: EngineEnv;
  root: string;
  store: Store;
  /** Writes files into the folder. */
  write(spec: TreeSpec): void;
  take(request?: Partial<TakeRequest>): CheckpointInfo;
}

/** A new repository in a temporary folder. */
export function makeRepo(spec: TreeSpec, changes: Partial<EngineEnv> = {}): Repo {
  const root = join(tempDir(), 'work');
  fileTree(root, spec);
  const env: EngineEnv = {
    fs: nodeFs,
    clock: systemClock,
    log: nullLogger,
    randomName: () => randomBytes(16).toString('hex'),
    author: 'tester@test',
    platform: process.platform,
    ...changes,
  };
  const store = openOrCreateStore(env, { root });
  return {
    env,
    root,
    store,
    write: (more) => void fileTree(root, more),
    take: (request = {}) =>
      take(env, store, { trigger: 'manual', rules, ...request }, quietControl).checkpoint,
  };
}
