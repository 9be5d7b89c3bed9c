import { chmodSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { forgetLook, flushLooks } from '../../../src/engine/hashing/statCache';
import { findStore } from '../../../src/engine/store/storeRoot';
import { quietControl } from '../../../src/engine/context';
import { directEngine, everything, testEnv } from '../../support/directEngine';
import { fileTree, type TreeSpec } from '../../support/fileTree';
import { shard } from '../../support/foreignStore';
import { tempDir } from '../../support/tempDir';
import { ageTrash } from './aged';
import { copyTree } from './copyTree';
import { filesIn } from './diskView';
import { HOME } from './home';
import type { Files, Promised } from './workload';

/** A command that is going to be killed, and the folder that it starts from. */
export interface Killable {
  name: string;
  args: readonly string[];
  /** The folder before, as a template. */
  template: string;
  /** Checkpoints that are there before, and keep being there. */
  durable: ReadonlyMap<string, Files>;
  /** The folder's states before and after. */
  folder: readonly Files[];
  /** The folder when it is done. */
  end: Files;
  /** What is broken before it, and may be when it is killed, is mended once it has run again. */
  again?: boolean;
  /** Then nothing in the store holds this. */
  forgets?: string;
}

const FIRST: TreeSpec = {
  ...Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`d${n % 3}/f${n}`, `first ${n}`])),
  'a.txt': 'one',
  'run.sh': { content: '#!/bin/sh\n', mode: 0o755 },
  link: { link: 'a.txt' },
  swap: 'a file',
  'large.bin': 'x'.repeat(300_000),
};

const EDITS: TreeSpec = {
  'a.txt': 'ONE',
  'run.sh': { content: '#!/bin/sh\n', mode: 0o644 },
  'd0/f0': null,
  'd1/f1': 'edited',
  swap: null,
  'swap/inside': 'a folder now',
  'extra/new': 'new',
  'large.bin': 'y'.repeat(300_000),
};

const many = (text: string): TreeSpec =>
  Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`many/${n % 5}/${n}`, `${text} ${n}`]));

/** A folder with a store, made by the engine itself; each `take` is noted with the files that it holds. */
class Template {
  readonly dir = tempDir();
  readonly durable = new Map<string, Files>();
  readonly engine = directEngine(this.dir, { home: HOME });

  edit(spec: TreeSpec): this {
    fileTree(this.dir, spec);
    return this;
  }

  take(): string {
    const { id } = this.engine.take(
      { trigger: 'manual', rules: everything },
      quietControl,
    ).checkpoint;
    this.durable.set(id, filesIn(this.dir));
    return id;
  }

  killable(name: string, args: readonly string[], after = filesIn(this.dir)): Killable {
    flushLooks(testEnv());
    const folder = [filesIn(this.dir), after];
    return { name, args, template: this.dir, durable: this.durable, folder, end: after };
  }
}

function garbage(): Template {
  const template = new Template().edit(FIRST);
  template.take();
  const middle = template.edit({ ...EDITS, ...many('garbage') }).take();
  template.edit({ many: null, 'a.txt': 'third' }).take();
  template.engine.delete({ revs: [middle] }, quietControl);
  template.durable.delete(middle);
  return template;
}

function restored(): { template: Template; before: Files } {
  const template = new Template().edit(FIRST);
  const id = template.take();
  const before = filesIn(template.edit(EDITS).dir);
  const { safety } = template.engine.restore(
    { rev: id, exact: true, rules: everything },
    quietControl,
  );
  template.durable.set(safety!, before);
  return { template, before };
}

function redone(): Killable {
  const { template } = restored();
  const after = filesIn(template.dir);
  template.engine.undo({ what: 'undo', rules: everything }, quietControl);
  return template.killable('redo', ['redo', '--yes'], after);
}

function deleted(): Killable {
  const template = new Template().edit(FIRST);
  const id = template.take();
  template.edit(EDITS).take();
  template.durable.delete(id);
  return template.killable('delete', ['delete', id, '--yes']);
}

function pruned(): Killable {
  const template = new Template().edit(FIRST);
  template.take();
  for (let n = 0; n < 8; n++) {
    template.edit({ 'a.txt': `automatic ${n}` });
    template.engine.take({ trigger: 'auto', rules: everything }, quietControl);
  }
  template.edit({ 'a.txt': 'last' }).take();
  const keep = ['last', 'hourly', 'daily', 'weekly'].flatMap((name) => [`--keep-${name}`, '0']);
  return template.killable('prune', ['prune', ...keep, '--yes']);
}

/** Content that is in the folder still was cut off in the store. */
function damaged(): Killable {
  const template = new Template().edit(FIRST);
  template.take();
  for (const name of ['a.txt', 'large.bin', 'd0/f0']) {
    const hex = blake3(readFileSync(join(template.dir, name)));
    const path = join(template.dir, '.snapdir', '.objects', shard(hex));
    chmodSync(path, 0o600);
    truncateSync(path, 1);
  }
  return { ...template.killable('repair', ['repair', '--full']), again: true };
}

const SECRET = 'a secret that is to be forgotten';

/** Its checkpoints lack the path in the end; what is in the folder stays. */
function forgotten(): Killable {
  const template = new Template().edit({ ...FIRST, 'keys/k': SECRET });
  template.take();
  template.edit({ ...EDITS, 'keys/old': `${SECRET}, too` }).take();
  for (const [id, files] of template.durable) {
    const rest = Object.entries(files).filter(([path]) => !path.startsWith('keys'));
    template.durable.set(id, Object.fromEntries(rest));
  }
  const killable = template.killable('forget', ['forget', 'keys', '--yes']);
  return { ...killable, again: true, forgets: SECRET };
}

/** Every command that changes something; `recover` is among {@link deeds}. */
export function killables(): Killable[] {
  const edited = new Template().edit(FIRST);
  const id = edited.take();
  const first = filesIn(edited.dir);
  edited.edit(EDITS);
  const large = new Template().edit(FIRST);
  const before = large.take();
  const small = filesIn(large.dir);
  large.edit(many('large'));
  const { template: undone, before: backTo } = restored();
  const purge = garbage();
  purge.engine.collectGarbage({ dryRun: false, graceMs: 0 }, quietControl);
  ageTrash(purge.dir);
  const label = ['tag', id, 'label'];
  return [
    new Template().edit(FIRST).killable('first take', ['take', '-q']),
    edited.killable('take', ['take', '-q']),
    large.killable('large take', ['take', '-q']),
    edited.killable('restore', ['restore', id, '--exact', '--yes'], first),
    large.killable('large restore', ['restore', before, '--exact', '--yes'], small),
    undone.killable('undo', ['undo', '--yes'], backTo),
    garbage().killable('gc', ['gc', '--grace', '0', '--yes']),
    purge.killable('gc that deletes', ['gc', '--grace', '0', '--yes']),
    edited.killable('tag', label),
    edited.killable('promote', ['promote', id, 'name']),
    edited.killable('rename', ['rename', id, 'another message']),
    redone(),
    deleted(),
    pruned(),
    damaged(),
    forgotten(),
  ];
}

/** A copy of the folder that something may go wrong in. */
export function freshCopy(
  of: Pick<Killable, 'template' | 'durable' | 'folder'>,
  place: string,
  n: number,
): { root: string; promised: Promised } {
  const root = join(place, `folder-${n}`);
  copyTree(of.template, root);
  return { root, promised: { durable: of.durable, folder: of.folder, edits: 0 } };
}

/** The process that held the lease has ended; it was this one, so nobody could tell. */
export function dropLease(root: string): void {
  rmSync(join(root, '.snapdir', 'lease'), { force: true });
}

/** Nothing of a folder that is gone stays in memory. */
export function forget(root: string): void {
  const env = testEnv();
  const store = findStore(env, { root });
  if (store !== undefined) {
    forgetLook(env, store);
  }
}
