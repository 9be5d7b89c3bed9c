import { throwIfCancelled } from '../../base/abort';
import type { EngineMethods, ImportedCheckpoints } from '../../core/engine';
import type { History } from '../../core/history';
import type { CheckpointId, SnapshotId } from '../../core/ids';
import type { CheckpointLine } from '../../core/promotion/checkpointLines';
import { isOtherHere, KnownCheckpoints } from '../../core/promotion/knownCheckpoints';
import type { Control, EngineEnv } from '../context';
import { placeRef } from '../methods/edit';
import { makeAllDurable } from '../store/barrier';
import { gcEpoch } from '../store/gcEpoch';
import { hasManifest } from '../store/manifests';
import { appendRecord, loadHistory } from '../store/records';
import { isStillWhole } from '../store/stillWhole';
import { requireWritable, type Store } from '../store/storeRoot';
import { readCheckpointLines } from './checkpointFiles';

/** Of more than these the result tells nothing. */
const LISTED = 500;

interface Import {
  env: EngineEnv;
  store: Store;
  /** The name of the file. */
  from: string;
  result: ImportedCheckpoints;
}

/**
 * Records exported checkpoints whose content is here, each marked as from elsewhere. One that is here already, by its
 * own record, by an earlier import or because it was fetched, is not listed again: it keeps its record, and with it what
 * says where it came from, and gets tags that it has not got. Names that are none here are set; one that stands for
 * something else here is not moved. What the file has as another snapshot than was taken here is passed over, and told.
 * What is not here yet can be imported once more. The whole file is read and checked before anything is written, and
 * doing it again, also after it was stopped, changes only what is left to do.
 * @throws PARSE, INVALID_NAME, UNSUPPORTED_FORMAT, DISK_FULL, READ_ONLY, IO, AbortError
 */
export function importCheckpoints(
  env: EngineEnv,
  store: Store,
  { path }: EngineMethods['importCheckpoints']['params'],
  control: Control,
): ImportedCheckpoints {
  requireWritable(store);
  const { history } = loadHistory(env, store);
  const lines = readCheckpointLines(env, path).map((line) => asOfNow(line, history));
  const known = new KnownCheckpoints(history);
  const result: ImportedCheckpoints = {
    ...{ imported: [], known: 0, missing: [], differing: [], named: 0, tagged: 0, kept: [] },
  };
  const from = path.slice(path.lastIndexOf('/') + 1).slice(0, 1000);
  const work: Import = { env, store, from, result };
  for (const [done, line] of lines.entries()) {
    throwIfCancelled(control.signal);
    control.progress({ phase: 'write', done, total: lines.length });
    if (isOtherHere(history, line)) {
      passOver(result, line);
      continue;
    }
    const before = known.find(line);
    if (before !== undefined) {
      result.known++;
      addTags(work, line, before, control);
    }
    const here = before ?? list(work, known, line, control);
    if (here !== undefined) {
      line.refs.forEach((name) => setName(work, name, here, control));
    }
  }
  return result;
}

/** What was exported before paths were forgotten here tells of snapshots that are gone. */
function asOfNow(line: CheckpointLine, history: History): CheckpointLine {
  const { snapshot } = line.record;
  const wasOurs = history.forgetting.earlierOf(line.id).includes(snapshot);
  const own = wasOurs ? history.checkpoint(line.id) : undefined;
  const now = own === undefined ? history.forgetting.nowOf(snapshot) : own.snapshot;
  return now === snapshot ? line : { ...line, record: { ...line.record, snapshot: now } };
}

/** Neither its names nor its tags are for what is here under its id. */
function passOver(result: ImportedCheckpoints, { id, record }: CheckpointLine): void {
  if (result.differing.length < LISTED) {
    const { message, time } = record;
    result.differing.push({ checkpoint: id, message: message.slice(0, 200), time });
  }
}

/**
 * Lists what a line tells of; undefined: its content is not here. A forgetting waits for nobody: where one came meanwhile, what
 * it put in the place of the snapshot is listed (H62).
 */
function list(
  work: Import,
  known: KnownCheckpoints,
  given: CheckpointLine,
  control: Control,
): CheckpointId | undefined {
  const { env, store, result } = work;
  const now = (): History => loadHistory(env, store).history;
  for (let line = asOfNow(given, now()); ;) {
    const epoch = gcEpoch(env, store);
    const { snapshot, message, time } = line.record;
    if (hasManifest(env, store, snapshot)) {
      const id = append(work, line);
      if (isStillWhole(env, store, { id, snapshot, epoch }, control)) {
        known.note(line, id);
        result.imported.push(id);
        return id;
      }
    }
    const next = afterForgetting(snapshot, now());
    if (next === snapshot) {
      if (result.missing.length < LISTED) {
        result.missing.push({ snapshot, message: message.slice(0, 200), time });
      }
      return undefined;
    }
    line = { ...line, record: { ...line.record, snapshot: next } };
  }
}

/** What took the place of a snapshot that is not here, also where a record that came too late names it. */
function afterForgetting(snapshot: SnapshotId, { forgetting }: History): SnapshotId {
  return forgetting.records.reduce((now, { replaced }) => replaced[now] ?? now, snapshot);
}

function append({ env, store, from }: Import, { id, record }: CheckpointLine): CheckpointId {
  const { snapshot, message, tags, stats, scope, links, skipped, unstable, rules } = record;
  const { time, author } = record;
  return appendRecord(env, store, {
    ...{ kind: 'take', snapshot, parent: null, message, tags, trigger: 'import', stats, scope },
    ...{ links, skipped, unstable, rules },
    origin: record.origin ?? { from, name: null, checkpoint: id, time, author },
  });
}

function addTags(
  { env, store, result }: Import,
  { record }: CheckpointLine,
  checkpoint: CheckpointId,
  control: Control,
): void {
  const { history } = loadHistory(env, store);
  const has = new Set(history.words(history.checkpoint(checkpoint)!).tags);
  const add = [...new Set(record.tags)].filter((tag) => !has.has(tag));
  if (add.length > 0) {
    // What has a tag is to stay (H5).
    makeAllDurable(env, store, control);
    appendRecord(env, store, { kind: 'tag', checkpoint, add, remove: [] });
    result.tagged++;
  }
}

/** Nobody's name is moved by what a file says. */
function setName(
  { env, store, result }: Import,
  name: string,
  there: CheckpointId,
  control: Control,
): void {
  const here = loadHistory(env, store).history.refs.get(name);
  if (here === undefined) {
    placeRef(env, store, { name, checkpoint: there, fetched: false }, control);
    result.named++;
  } else if (here !== there && result.kept.length < LISTED) {
    result.kept.push({ name, here, there });
  }
}
