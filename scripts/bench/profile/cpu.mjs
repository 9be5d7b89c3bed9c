// Reads .cpuprofile files, as V8 writes them: self time by function, in the names of the source.
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const IDLE = ['(idle)', '(root)', '(program)'];

const maps = new Map();

function mapFor(path) {
  if (!maps.has(path)) {
    try {
      maps.set(path, new SourceMap(JSON.parse(readFileSync(`${path}.map`, 'utf8'))));
    } catch {
      maps.set(path, undefined);
    }
  }
  return maps.get(path);
}

/** Where a function was written: `src/engine/jobs/ingestJob.ts:120`, or Node's own module. */
export function placeOf({ url, lineNumber, columnNumber }, root) {
  if (!url.startsWith('file:') && !url.startsWith('/')) return url === '' ? 'native' : url;
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  const entry = mapFor(path)?.findEntry(lineNumber, columnNumber);
  if (entry?.originalSource === undefined) return `${relative(root, path)}:${lineNumber + 1}`;
  const source = entry.originalSource.startsWith('file:')
    ? fileURLToPath(entry.originalSource)
    : resolve(dirname(path), entry.originalSource);
  return `${relative(root, source)}:${entry.originalLine + 1}`;
}

/**
 * Self time of each function of a profile, in milliseconds, most first; and how long the thread
 * lived and how much of that it was idle.
 */
export function selfTimes(profile, root) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const byPlace = new Map();
  let [total, idle] = [0, 0];
  profile.samples.forEach((id, index) => {
    const ms = (profile.timeDeltas[index] ?? 0) / 1000;
    const { callFrame } = nodes.get(id);
    const name = callFrame.functionName || '(anonymous)';
    total += ms;
    if (IDLE.includes(name)) {
      idle += ms;
      return;
    }
    const place = `${name}  ${placeOf(callFrame, root)}`;
    byPlace.set(place, (byPlace.get(place) ?? 0) + ms);
  });
  const functions = [...byPlace].map(([place, ms]) => ({ place, ms }));
  return { total, idle, functions: functions.sort((a, b) => b.ms - a.ms) };
}

/** What a thread can be at, in the order of the page. */
export const CLASSES = ['files', 'disk', 'hashing', 'memory', 'program', 'waiting'];

/** Node's own calls by what they are for, as they are called in a profile. */
const FILES =
  /^(open|close|read|writeBuffer|writeString|lstat|fstat|stat|statfs|readdir|mkdir|rmdir|unlink|rename|link|symlink|readlink|chmod|fchmod|utimes|futimes|copyFile|access|realpath|internalModuleStat)$/;
const DISK = /^(fsync|fdatasync|spawnSync|spawn|syncInBackground)$/;
/** The native hash: V8 takes what it does for its caller's (`Blake3Hasher`). */
const HASHING = /^(update|digest)$/;
const WAITING = /^\((idle|root|program)\)$|^(waitForHelpers|wait)$/;

/** What a function's own time is spent on: one of {@link CLASSES}. */
export function classOf({ functionName, url }) {
  if (WAITING.test(functionName)) return 'waiting';
  if (functionName === '(garbage collector)') return 'memory';
  if (DISK.test(functionName)) return 'disk';
  if (url.startsWith('wasm:')) return 'hashing';
  if (HASHING.test(functionName) && /[/\\](engine|helper)\.cjs$/.test(url)) return 'hashing';
  return url === '' && FILES.test(functionName) ? 'files' : 'program';
}

/** A thread's milliseconds by class. */
export function classTimes(profile) {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const times = Object.fromEntries(CLASSES.map((name) => [name, 0]));
  profile.samples.forEach((id, index) => {
    times[classOf(nodes.get(id).callFrame)] += (profile.timeDeltas[index] ?? 0) / 1000;
  });
  return times;
}
