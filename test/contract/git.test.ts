import { execFileSync } from 'node:child_process';
import { systemClock } from '../../src/base/clock';
import { GitStore } from '../../src/stores/git/gitStore';
import { tempDir } from '../support/tempDir';
import { storeContract } from './storeContract';

storeContract('git', () => {
  const dir = tempDir();
  execFileSync('git', ['init', '-q', dir]);
  const open = (): Promise<GitStore> => GitStore.open(dir, () => systemClock.now());
  return Promise.resolve({ open, conditional: false });
});
