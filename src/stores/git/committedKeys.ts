import type { StoreCall } from '../../core/permanentStore';
import { REFS } from '../../core/storeKeys';
import { inTurns, partsOf } from '../turns';
import type { GitProgram } from './gitProgram';

/** Refs below which promotions are: one each, which never changes. */
export const REF_ROOT = 'refs/snapdir/';

/** What all promotions in a repository hold: key → Git's name for the blob. Commits never change: each is read once. */
export class CommittedKeys {
  readonly oids = new Map<string, string>();
  private readonly git: GitProgram;
  private readonly read = new Set<string>();
  private last: string | undefined;
  private refs = new Map<string, string>();
  private refreshing: Promise<void> | undefined;

  constructor(git: GitProgram) {
    this.git = git;
  }

  /** Ref → commit, as of the last look. */
  get promotions(): ReadonlyMap<string, string> {
    return this.refs;
  }

  /** Reads what came since the last look: promoted by others here, or fetched. */
  refresh(call: StoreCall): Promise<void> {
    this.refreshing ??= this.look(call).finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async look(call: StoreCall): Promise<void> {
    const format = '--format=%(objectname) %(objecttype) %(refname)';
    const list = await this.git.run(['for-each-ref', format, REF_ROOT], call);
    const refs = new Map<string, string>();
    for (const line of list.toString('utf8').split('\n')) {
      const [oid = '', type, ref = ''] = line.split(' ');
      if (type === 'commit') {
        refs.set(ref, oid);
      }
    }
    this.refs = refs;
    for (const commit of new Set(refs.values())) {
      if (!this.read.has(commit)) {
        await this.readCommit(commit, call);
      }
    }
  }

  private async readCommit(commit: string, call: StoreCall): Promise<void> {
    const fresh = this.last === undefined;
    // Only what differs from the one before: equal folders are not even entered.
    const output = fresh
      ? await this.git.run(['ls-tree', '-r', '-z', commit], call)
      : await this.git.run(['diff-tree', '-r', '-z', '--no-renames', this.last!, commit], call);
    let oidBefore: string | undefined;
    let isPath = false;
    await inTurns(partsOf(output, '\0'), (part) => {
      if (fresh) {
        const [, oid, path] = /^100644 blob ([0-9a-f]+)\t(.*)$/s.exec(part) ?? [];
        this.note(path, oid);
      } else if (isPath) {
        this.note(part, oidBefore);
        isPath = false;
      } else {
        oidBefore = /^:\d+ 100644 [0-9a-f]+ ([0-9a-f]+) [AMT]$/.exec(part)?.[1];
        isPath = true;
      }
    });
    this.last = commit;
    this.read.add(commit);
  }

  private note(path: string | undefined, oid: string | undefined): void {
    if (path !== undefined && oid !== undefined && !this.oids.has(path)) {
      this.oids.set(path, oid);
    }
  }
}

/** The ref of a promotion. Git allows no part that ends in `.lock`. */
export function refOf(key: string): string {
  const parts = key.slice(REFS.length).split('/');
  return REF_ROOT + parts.map((part) => part.replace(/\.lock$/, '%2elock')).join('/');
}
