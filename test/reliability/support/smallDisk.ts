import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PathFailure } from '../../../src/core/records';
import { quietControl } from '../../../src/engine/context';
import { nodeFs } from '../../../src/engine/disk/nodeFs';
import { directEngine, everything } from '../../support/directEngine';
import { fileTree } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';
import { filesIn } from './diskView';
import { mount, unmount } from './disks';
import { forget } from './killable';
import type { Files } from './workload';

/** Larger than any of what is tried: on it everything works again. */
export const ENOUGH = 'size=200m,nr_inodes=100000';

/** What is tried: each on a folder of its own. A large take has more files than are written beside and renamed. */
export const KINDS = ['first take', 'second take', 'large take', 'restore'] as const;
export type Kind = (typeof KINDS)[number];

/** About 450 KB in 57 files; of a large take, in 101. */
export function template(kind: Kind = 'first take'): string {
  const count = kind === 'large take' ? 100 : 56;
  const small = Array.from({ length: count }, (_, n): [string, string] => [
    `d${n % 4}/f${n}`,
    `file ${n} `.repeat((n % 56) * 5),
  ]);
  return fileTree(tempDir(), { ...Object.fromEntries(small), 'large.bin': 'x'.repeat(300_000) });
}

/** A folder on a disk of its own, before what may not fit. */
export class SmallDisk {
  readonly at = mount(join(tempDir(), 'disk'), '-t', 'tmpfs', '-o', ENOUGH, 'none');
  readonly root = join(this.at, 'folder');
  readonly durable = new Map<string, Files>();
  readonly folder: Files[];
  /** What a restore named as left as it was. */
  failed: readonly PathFailure[] = [];
  private readonly engine: ReturnType<typeof directEngine>;
  private readonly kind: Kind;

  constructor(kind: Kind, from: string) {
    this.kind = kind;
    // A restore that can tell that there is little room begins nothing; here others are about to fill the disk.
    const fs = { ...nodeFs, freeBytes: () => undefined };
    this.engine = directEngine(this.root, kind === 'restore' ? { fs } : {});
    mkdirSync(this.root);
    cpSync(from, this.root, { recursive: true });
    const first = filesIn(this.root);
    if (kind === 'second take' || kind === 'restore') {
      this.take();
      const large = kind === 'restore' ? { 'large.bin': 'z'.repeat(300_000) } : {};
      fileTree(this.root, { 'd0/f0': 'edited', 'more.bin': 'y'.repeat(150_000), ...large });
    }
    this.folder = kind === 'restore' ? [filesIn(this.root), first] : [filesIn(this.root)];
  }

  private take(): void {
    const files = filesIn(this.root);
    const request = { trigger: 'manual', rules: everything } as const;
    this.durable.set(this.engine.take(request, quietControl).checkpoint.id, files);
  }

  /** What may not fit. */
  run(): void {
    if (this.kind !== 'restore') {
      this.take();
      return;
    }
    const [rev] = this.durable.keys();
    const request = { rev: rev!, exact: true, rules: everything };
    const { safety, failed } = this.engine.restore(request, quietControl);
    this.failed = failed;
    this.durable.set(safety!, this.folder[0]!);
  }

  end(): void {
    forget(this.root);
    unmount(this.at);
  }
}

/** Makes the disk smaller or larger while it is mounted. */
export function remount(at: string, options: string): void {
  execFileSync('mount', ['-o', `remount,${options}`, at], { stdio: 'ignore' });
}
