import { shard } from '../../core/storeLayout';
import { ensureDir } from '../disk/durable';
import type { Fs } from '../disk/fs';
import { errnoOf } from '../disk/fsErrors';
import { draftPath } from './ingestJob';
import type { SharedWork } from './sharedJob';

/** Moves synced copies to their place in `.objects`. */
export interface PublishJob extends SharedWork {
  kind: 'publish';
  objects: string;
  jobDir: string;
  /** Item → the item of the ingest job that made the copy. */
  drafts: Uint32Array;
  threads: Uint8Array;
  /** 4,096 flags: which first-level folders are there. */
  prefixes: Uint8Array;
  /** Sync each folder that got an entry; otherwise the coordinator syncs the file system. */
  syncEach: boolean;
}

const decoder = new TextDecoder('latin1');

const ATTEMPTS = 3;

/** Publishes one object. The rename replaces: equal names are equal bytes, or the old one was torn. */
export function publishOne(fs: Fs, job: PublishJob, item: number): void {
  const at = job.rows[item]! * 64;
  const hex = decoder.decode(job.columns.sums.slice(at, at + 64));
  for (let attempt = 1; ; attempt++) {
    try {
      publishTo(fs, job, item, hex);
      return;
    } catch (error) {
      // A garbage collection may remove a folder that is empty between two of these calls.
      if (errnoOf(error) !== 'ENOENT' || attempt === ATTEMPTS) {
        throw error;
      }
      job.prefixes[Number.parseInt(hex.slice(0, 3), 16)] = 0;
    }
  }
}

function publishTo(fs: Fs, job: PublishJob, item: number, hex: string): void {
  const [first, second, third, name] = shard(hex).split('/') as [string, string, string, string];
  const prefix = Number.parseInt(first, 16);
  const changed: string[] = [];
  const level1 = `${job.objects}/${first}`;
  if (job.prefixes[prefix] === 0) {
    if (ensureDir(fs, level1, 0o700)) {
      changed.push(job.objects);
    }
    job.prefixes[prefix] = 1;
  }
  const level2 = `${level1}/${second}`;
  if (ensureDir(fs, level2, 0o700)) {
    changed.push(level1);
  }
  const level3 = `${level2}/${third}`;
  if (ensureDir(fs, level3, 0o700)) {
    changed.push(level2);
  }
  const draft = job.drafts[item]!;
  fs.rename(draftPath(job, job.threads[draft]! - 1, draft), `${level3}/${name}`);
  if (job.syncEach) {
    fs.fsyncDir(level3);
    for (const dir of changed.reverse()) {
      fs.fsyncDir(dir);
    }
  }
}
