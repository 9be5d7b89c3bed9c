import type { Control, EngineEnv } from '../context';
import { io } from '../disk/fsErrors';
import { runJob } from '../jobs/crew';
import { surveyJob, type Strangers } from '../jobs/surveyJob';
import { hexOfWords } from './digestTable';
import type { Marks } from './marks';
import type { Store } from './storeRoot';
import { contentPath, type ContentKind } from './trash';

/** Something that nobody needs. */
export interface Candidate {
  kind: ContentKind;
  hex: string;
  path: string;
  mtimeNs: bigint;
  size: number;
}

/** Unneeded content, packed: a store may hold half a million of it. */
export class Candidates {
  private readonly store: Store;
  private readonly parts: { kind: ContentKind; list: Strangers; rows: number[] }[] = [];
  /** How many there are, and what is too young to be one. */
  length = 0;
  tooYoung = 0;

  constructor(store: Store) {
    this.store = store;
  }

  /** Takes from a list what was last touched at or before `limitNs`. */
  add(kind: ContentKind, list: Strangers, limitNs: bigint): void {
    const rows: number[] = [];
    const count = list.count[0]!;
    for (let row = 0; row < count; row++) {
      if (list.mtimes[row]! <= limitNs) {
        rows.push(row);
      }
    }
    this.parts.push({ kind, list, rows });
    this.length += rows.length;
    this.tooYoung += count - rows.length;
  }

  counts(): Record<ContentKind, number> {
    const counts = { objects: 0, manifests: 0 };
    for (const { kind, rows } of this.parts) {
      counts[kind] += rows.length;
    }
    return counts;
  }

  bytes(): number {
    let bytes = 0;
    for (const { list, rows } of this.parts) {
      for (const row of rows) {
        bytes += list.sizes[row]!;
      }
    }
    return bytes;
  }

  *[Symbol.iterator](): Generator<Candidate> {
    for (const { kind, list, rows } of this.parts) {
      for (const row of rows) {
        const hex = hexOfWords(list.words, 8 * row);
        const path = contentPath(this.store, kind, hex);
        yield { kind, hex, path, mtimeNs: list.mtimes[row]!, size: list.sizes[row]! };
      }
    }
  }

  /** Keeps those that `test` accepts. */
  filter(test: (candidate: Candidate, index: number) => boolean): Candidates {
    const kept = new Candidates(this.store);
    kept.tooYoung = this.tooYoung;
    const all = this[Symbol.iterator]();
    let index = 0;
    for (const { kind, list, rows } of this.parts) {
      const some = rows.filter(() => test(all.next().value as Candidate, index++));
      kept.parts.push({ kind, list, rows: some });
      kept.length += some.length;
    }
    return kept;
  }
}

const ROOM = 16 * 1024;

/**
 * Everything in the store that is not marked.
 * @param room for how many at first; when there are more, a second look has room for all
 * @throws IO, AbortError
 */
export function findCandidates(
  of: { env: EngineEnv; store: Store; control: Control; marks: Marks },
  limitNs: bigint,
  room = ROOM,
): Candidates {
  const found = new Candidates(of.store);
  for (const kind of ['manifests', 'objects'] as const) {
    found.add(kind, strangersTo(of, kind, room), limitNs);
  }
  return found;
}

function strangersTo(
  of: { env: EngineEnv; store: Store; control: Control; marks: Marks },
  kind: ContentKind,
  atFirst: number,
): Strangers {
  const { env, store, control, marks } = of;
  const table = marks[kind];
  for (let room = atFirst; ;) {
    const job = io('list', store[kind], () => {
      const known = { known: table.columns, room };
      const survey = surveyJob(env.fs, store[kind], 'strangers', known);
      runJob(env, survey, control, (done) =>
        control.progress({ phase: 'mark', done, total: survey.count }),
      );
      return survey;
    });
    const { strangers } = job;
    const count = strangers.count[0]!;
    if (count <= room) {
      return strangers;
    }
    // Some may come while we look again.
    room = count + ROOM;
  }
}
