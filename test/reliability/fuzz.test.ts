import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { SnapdirError } from '../../src/core/errors';
import { History } from '../../src/core/history';
import { encodeManifest, parseManifest, snapshotIds } from '../../src/core/manifest';
import { isSound } from '../../src/core/manifest/sound';
import { foldHistory } from '../../src/core/history';
import {
  formatRecord,
  parseRecord,
  parseRecordFileName,
  recordFileName,
} from '../../src/core/recordFormat';
import { checkName } from '../../src/core/refName';
import { resolveRev } from '../../src/core/rev';
import type { RecordId } from '../../src/core/ids';
import { blake3 } from '../../src/engine/hashing/blake3';
import { parseJournal } from '../../src/engine/worktree/restore/journal';
import { forgedManifest, journalCorpus, manifestCorpus, recordCorpus } from './support/corpus';
import { report, scaled, SEED } from './support/figures';
import { Dice, mutate, NASTY } from './support/mutate';

/** No single input may take longer than this, in milliseconds. */
const SLOWEST = 1_000;
const LARGEST_GROWTH = 256 * 2 ** 20;

interface Outcome {
  accepted: number;
  refused: number;
  slowest: number;
}

/** Runs one parser on many inputs: each is accepted, or refused with a typed error. */
function fuzz(
  count: number,
  seed: number,
  make: (dice: Dice) => Buffer,
  parse: (bytes: Buffer) => void,
): Outcome {
  const dice = new Dice(seed);
  const outcome: Outcome = { accepted: 0, refused: 0, slowest: 0 };
  // Millions of refusals: what costs most about each would be its stack.
  Error.stackTraceLimit = 0;
  for (let n = 0; n < count; n++) {
    const bytes = make(dice);
    const begun = performance.now();
    try {
      parse(bytes);
      outcome.accepted++;
    } catch (error) {
      if (!SnapdirError.is(error)) {
        const shown = bytes.toString('base64');
        throw new Error(`seed ${seed}, input ${n} (base64): ${shown}`, { cause: error });
      }
      outcome.refused++;
    }
    const took = performance.now() - begun;
    // On a busy machine anything may take long once.
    outcome.slowest = Math.max(outcome.slowest, took < SLOWEST ? took : again(bytes, parse));
  }
  return outcome;
}

function again(bytes: Buffer, parse: (bytes: Buffer) => void): number {
  const begun = performance.now();
  try {
    parse(bytes);
  } catch {
    // Known already.
  }
  return performance.now() - begun;
}

/** The canonical form of a manifest's text by its lines alone: comments out, sorted by path. */
function sortedLines(bytes: Buffer): string {
  const lines = bytes.toString('utf8').split('\n').slice(0, -1);
  const kept = lines.filter((line) => !line.startsWith('#'));
  const path = (line: string): Buffer => Buffer.from(line.slice(line.indexOf(' ./') + 1));
  return kept
    .sort((a, b) => Buffer.compare(path(a), path(b)))
    .map((line) => `${line}\n`)
    .join('');
}

function checkManifestText(bytes: Buffer): void {
  const sound = isSound(bytes, blake3);
  const ids = snapshotIds(bytes, blake3);
  let manifest;
  try {
    manifest = parseManifest(bytes, { hash: blake3 });
  } catch (error) {
    assert.ok(!sound, 'refused, but called sound');
    throw error;
  }
  const text = Buffer.from(encodeManifest(manifest));
  assert.equal(text.toString('utf8'), sortedLines(bytes), 'not the canonical form');
  assert.equal(sound, text.equals(bytes), 'sound: accepted and canonical, nothing else');
  assert.equal(ids.parsedId, blake3(text), 'the id that other tools see');
  for (const { path } of manifest.entries) {
    const parts = path === '' ? [] : path.split(/[/\\]/);
    const escapes =
      parts.includes('..') || path.split('/').some((one) => one === '.' || one === '');
    assert.ok(path === '' || (!escapes && !/[\x00-\x1f\x7f]/.test(path)), JSON.stringify(path));
  }
}

function checkRecordText(bytes: Buffer): void {
  const record = parseRecord(bytes);
  const text = formatRecord(record);
  const again = parseRecord(Buffer.from(text));
  assert.ok(isDeepStrictEqual(record, again) && formatRecord(again) === text, 'not canonical');
  // Whatever is accepted can be folded with others, kept and read back.
  const history = foldHistory([{ id: blake3(Buffer.from(text)) as RecordId, record }]);
  const packed = JSON.parse(JSON.stringify(history.serialize())) as unknown;
  assert.deepEqual(History.deserialize(packed).serialize(), history.serialize());
}

function checkJournalText(body: Buffer): void {
  const bytes = Buffer.concat([Buffer.from(`${blake3(body)}\n`), body]);
  const journal = parseJournal(bytes, '0'.repeat(32));
  for (const { path } of journal.steps) {
    assert.ok(!path.split(/[/\\]/).includes('..') && !path.startsWith('/'), path);
  }
}

const someHistory = foldHistory(
  recordCorpus().map((bytes) => ({ id: blake3(bytes) as RecordId, record: parseRecord(bytes) })),
);

/** Names of refs, revisions and names of record files: short texts from outside. */
function checkShortText(bytes: Buffer): void {
  const text = bytes.toString('utf8');
  const named = parseRecordFileName(text);
  assert.ok(named === undefined || recordFileName(named.time, named.id) === text);
  try {
    checkName(text, 'ref');
    assert.ok(!/[\x00-\x1f]|\.\.|^-/.test(text));
  } catch (error) {
    if (!SnapdirError.is(error, 'INVALID_NAME')) {
      throw error;
    }
  }
  resolveRev(someHistory, text);
}

function shortTexts(): Buffer[] {
  const hex = 'a1'.repeat(32);
  return [
    ...[
      ...NASTY,
      hex,
      hex.slice(0, 8),
      'HEAD',
      'HEAD~3',
      'latest',
      'empty',
      'live',
      'release',
      'v1',
    ],
    ...['@{2026-01-01}', '@{2026-01-01T10:00:00Z}', '@{1700000000000}', '@{yesterday}', 'HEAD~~2~'],
    `20261121T091155123Z-${hex}.json`,
  ].map((text) => Buffer.from(text));
}

suite('T7: parsers of what others wrote', function () {
  this.timeout(3_600_000);
  const manifests = manifestCorpus();
  const records = recordCorpus();
  const journals = journalCorpus();
  const short = shortTexts();
  suiteTeardown(() => (Error.stackTraceLimit = 10));
  const contents = ['', '1', '2'].map((text) => ({
    checksum: blake3(Buffer.from(text)),
    size: text.length,
  }));
  const parsers: [string, number, (dice: Dice) => Buffer, (bytes: Buffer) => void][] = [
    ['manifests', 9_000_000, (dice) => mutate(manifests, dice), checkManifestText],
    ['forged manifests', 1_000_000, (dice) => forgedManifest(dice, contents), checkManifestText],
    ['records', 5_000_000, (dice) => mutate(records, dice), checkRecordText],
    ['journals', 1_000_000, (dice) => mutate(journals, dice), checkJournalText],
    ['names and revisions', 4_000_000, (dice) => mutate(short, dice), checkShortText],
  ];

  for (const [what, full, make, parse] of parsers) {
    test(what, () => {
      // What is not mutated is accepted, but for what is there to be refused.
      const count = scaled(full);
      const before = process.memoryUsage().rss;
      const { accepted, refused, slowest } = fuzz(count, SEED, make, parse);
      const grown = process.memoryUsage().rss - before;
      assert.ok(slowest < SLOWEST, `one took ${slowest} ms`);
      assert.ok(grown < LARGEST_GROWTH, `the process grew by ${grown} bytes`);
      assert.ok(accepted > count / 1000 && refused > count / 1000, `${accepted}, ${refused}`);
      const note = `${accepted} accepted, ${refused} refused, slowest ${slowest.toFixed(1)} ms`;
      report({ test: 'T7', what: `${what} parsed`, count, broken: 0, note });
    });
  }
});
