import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SnapdirError, type ErrorCode } from '../../../src/core/errors';
import { EMPTY_CHECKSUM } from '../../../src/core/hasher';
import {
  checkManifest,
  encodeManifest,
  formatManifest,
  parseManifest,
  snapshotIdOf,
  snapshotIds,
  sortEntries,
} from '../../../src/core/manifest';
import { buildManifest, directoryChecksum } from '../../../src/core/merkle';
import { manifestPath } from '../../../src/core/paths';
import type { Checksum, SnapshotId } from '../../../src/core/ids';
import type { Manifest, ManifestEntry, Tree } from '../../../src/core/tree';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { tree } from './arbitraries';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');

function manifestOf({ entries }: Tree): Manifest {
  const files = entries.filter((entry) => entry.type === 'F');
  const dirs = entries.filter((entry) => entry.type === 'D');
  return buildManifest(files, dirs, blake3);
}

function refused(text: string | Uint8Array, code: ErrorCode, words: RegExp): void {
  const input = typeof text === 'string' ? bytes(text) : text;
  assert.throws(
    () => parseManifest(input),
    (error) => SnapdirError.is(error, code) && words.test(error.message),
    String(text).slice(0, 200),
  );
}

const ROOT = `D 755 ${EMPTY_CHECKSUM} 0 ./\n`;
const SUM = 'a'.repeat(64);
const withFile = (line: string): string => `D 755 ${SUM} 0 ./\n${line}\n`;

suite('manifest', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('any tree: written, read, written again', () => {
    fc.assert(
      fc.property(tree, (one) => {
        const manifest = manifestOf(one);
        const text = formatManifest(manifest);
        assert.deepEqual(parseManifest(bytes(text), { hash: blake3 }), manifest);
        assert.deepEqual(Buffer.from(encodeManifest(manifest)), Buffer.from(text));
        const id = blake3(bytes(text));
        assert.equal(snapshotIdOf(manifest, blake3), id);
        assert.deepEqual(snapshotIds(bytes(text), blake3), { rawStripHash: id, parsedId: id });
      }),
      { numRuns: 500 },
    );
  });

  test('entries are in the order of their bytes, also beyond U+FFFF', () => {
    const key = (entry: ManifestEntry): Buffer =>
      Buffer.from(manifestPath(entry.path, entry.type), 'utf8');
    fc.assert(
      fc.property(tree, ({ entries }) => {
        const expected = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
        assert.deepEqual(sortEntries(entries), expected);
        assert.deepEqual(sortEntries([...entries].reverse()), expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('lines in another order, and comments, give the same manifest', () => {
    fc.assert(
      fc.property(tree, fc.infiniteStream(fc.nat(99)), (one, dice) => {
        const manifest = manifestOf(one);
        const lines = formatManifest(manifest).split('\n').slice(0, -1);
        const shuffled = lines
          .map((line) => ({ line, at: dice.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .flatMap(({ line, at }) => (at < 10 ? ['# ../evil', line] : [line]));
        assert.deepEqual(parseManifest(bytes(shuffled.join('\n') + '\n')), manifest);
      }),
      { numRuns: 300 },
    );
  });

  test('any other byte is refused or gives a manifest that is written otherwise', () => {
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat(255), (one, at, byte) => {
        const text = bytes(formatManifest(manifestOf(one)));
        const damaged = Uint8Array.from(text);
        damaged[at % text.length] = byte;
        let parsed: Manifest;
        try {
          parsed = parseManifest(damaged, { hash: blake3 });
        } catch (error) {
          assert.ok(SnapdirError.is(error), String(error));
          return;
        }
        const same = Buffer.compare(bytes(formatManifest(parsed)), text) === 0;
        assert.equal(same, Buffer.compare(damaged, text) === 0);
      }),
      { numRuns: 3000 },
    );
  });

  test('random bytes and random lines never fail in another way', () => {
    const field = fc.constantFrom(
      'F',
      'D',
      '644',
      '0',
      SUM,
      EMPTY_CHECKSUM,
      './',
      './a',
      './a/',
      '',
      '1',
    );
    const line = fc.array(field, { maxLength: 6 }).map((fields) => fields.join(' '));
    const text = fc.array(line, { maxLength: 6 }).map((lines) => bytes(lines.join('\n') + '\n'));
    fc.assert(
      fc.property(fc.oneof(text, fc.uint8Array({ maxLength: 200 })), (input) => {
        try {
          parseManifest(input, { hash: blake3 });
        } catch (error) {
          assert.ok(SnapdirError.is(error), String(error));
        }
        snapshotIds(input, blake3);
      }),
      { numRuns: 5000 },
    );
  });

  test('the text must have the one form', () => {
    refused('', 'PARSE', /root/);
    refused('\n', 'PARSE', /line/);
    refused(ROOT.trimEnd(), 'PARSE', /newline/);
    refused(`\ufeff${ROOT}`, 'PARSE', /line/);
    refused(ROOT.replaceAll(' ', '  '), 'PARSE', /number/);
    refused(ROOT.replaceAll(' ', '\t'), 'PARSE', /control/);
    refused(ROOT + '\n', 'PARSE', /line/);
    refused(Uint8Array.of(...bytes(ROOT), 0xff, 0x0a), 'PARSE', /UTF-8/);
    refused(`# \r\n${ROOT}`, 'PARSE', /control/);
    for (const mode of ['0644', '00', '', '8', '10000', '-1', '+1', '0x1']) {
      refused(withFile(`F ${mode} ${SUM} 0 ./a`), 'PARSE', /mode/);
    }
    for (const size of ['007', '', '1e3', '-1', '1.0', '12345678901234567', '9007199254740992']) {
      refused(withFile(`F 644 ${SUM} ${size} ./a`), 'PARSE', /size/);
    }
    for (const sum of [SUM.toUpperCase(), SUM.slice(1), `${SUM}a`, `${SUM.slice(1)}g`, '']) {
      refused(withFile(`F 644 ${sum} 0 ./a`), 'PARSE', /checksum/);
    }
    for (const type of ['L', 'f', 'FF', '', ' ']) {
      refused(withFile(`${type} 644 ${SUM} 0 ./a`), 'PARSE', /begin/);
    }
  });

  test('errors name the line', () => {
    assert.throws(
      () => parseManifest(bytes(`# a comment\n${ROOT}X 644 ${SUM} 0 ./a\n`)),
      (error) => SnapdirError.is(error, 'PARSE') && error.data.line === 3,
    );
    assert.throws(
      () => parseManifest(bytes(`${ROOT}F 644 ${SUM} 0 ./a\0b\n`)),
      (error) => SnapdirError.is(error, 'PARSE') && error.data.line === 2,
    );
  });

  test('the tree must hold together', () => {
    const f = (path: string, size = 0): string => `F 644 ${SUM} ${size} ${path}\n`;
    const d = (path: string, sum = SUM, size = 0): string => `D 755 ${sum} ${size} ${path}\n`;
    refused(f('./a'), 'PARSE', /root/);
    refused(d('./') + d('./') + f('./a'), 'PARSE', /twice/);
    refused(d('./') + f('./a') + f('./a'), 'PARSE', /twice/);
    refused(d('./') + f('./a') + d('./a/', EMPTY_CHECKSUM), 'PARSE', /file and a directory/);
    refused(d('./') + f('./a/b'), 'PARSE', /parent/);
    refused(d('./') + f('./a') + f('./a/b'), 'PARSE', /parent/);
    refused(d('./') + f('./a', 3), 'PARSE', /size/);
    refused(d('./', EMPTY_CHECKSUM) + f('./a'), 'PARSE', /checksum/);
    refused(d('./') + f('./a') + f('./b', Number.MAX_SAFE_INTEGER) + f('./c', 2), 'PARSE', /size/);
  });

  test('a single wrong directory checksum is damage, not another hash function', () => {
    const checksum = 'b'.repeat(64) as Checksum;
    const file = { type: 'F', mode: 0o644, checksum, size: 1, path: 'd/f' } as const;
    const dirs = [
      { path: '', mode: 0o755 },
      { path: 'd', mode: 0o755 },
    ];
    const { entries } = buildManifest([file], dirs, blake3);
    const text = formatManifest({ entries }).replace(entries[0]!.checksum, SUM);
    assert.throws(
      () => parseManifest(bytes(text), { hash: blake3 }),
      (error) => SnapdirError.is(error, 'PARSE') && /directory/.test(error.data.reason),
    );
    // Without a hash nothing can be said about it.
    assert.equal(parseManifest(bytes(text)).entries.length, 3);
  });

  test('hostile texts of many short lines are refused in little time and memory', () => {
    for (const piece of ['\n', '#\n', '#\nF\n', 'F ', ' ', '0']) {
      const input = bytes(piece.repeat(3_000_000));
      const started = performance.now();
      assert.throws(() => parseManifest(input), SnapdirError);
      assert.throws(() => checkManifest(input, '0'.repeat(64) as SnapshotId, blake3), SnapdirError);
      assert.ok(performance.now() - started < 20_000, JSON.stringify(piece));
    }
  });

  test('limits', () => {
    const input = bytes(ROOT);
    assert.throws(() => parseManifest(input, { maxBytes: input.length - 1 }), SnapdirError);
    assert.throws(() => parseManifest(input, { maxEntries: 0 }), SnapdirError);
    assert.equal(parseManifest(input, { maxEntries: 1, maxBytes: input.length }).entries.length, 1);
  });
});

suite('merkle', () => {
  const sums = ['b', 'a', 'b'].map((digit) => digit.repeat(64));

  test('children count once, sorted, whatever their names', () => {
    const expected = blake3(bytes('a'.repeat(64) + 'b'.repeat(64)));
    assert.equal(directoryChecksum(sums, blake3), expected);
    assert.equal(directoryChecksum([...sums].reverse(), blake3), expected);
    assert.equal(directoryChecksum([], blake3), EMPTY_CHECKSUM);
  });

  test('two swapped files change the id, not the checksum (H34)', () => {
    const dirs = [{ path: '', mode: 0o755 }];
    const file = (path: string, sum: string): ManifestEntry => ({
      ...{ type: 'F', mode: 0o644, size: 1, path },
      checksum: sum as Checksum,
    });
    const one = buildManifest([file('a', sums[0]!), file('b', sums[1]!)], dirs, blake3);
    const two = buildManifest([file('a', sums[1]!), file('b', sums[0]!)], dirs, blake3);
    assert.equal(one.entries[0]!.checksum, two.entries[0]!.checksum);
    assert.notEqual(formatManifest(one), formatManifest(two));
  });

  test('what cannot be a tree is a mistake of the program', () => {
    const root = { path: '', mode: 0o755 };
    const file = (path: string): ManifestEntry => ({
      ...{ type: 'F', mode: 0o644, size: 1, path },
      checksum: sums[0] as Checksum,
    });
    assert.throws(() => buildManifest([], [], blake3), /root/);
    assert.throws(() => buildManifest([], [root, root], blake3), /twice/);
    assert.throws(() => buildManifest([file('a/b')], [root], blake3), /no directory/);
    assert.throws(() => buildManifest([file('a'), file('a')], [root], blake3), /twice/);
    const dir = { path: 'a', mode: 0o755 };
    assert.throws(() => buildManifest([file('a')], [root, dir], blake3), /directory/);
  });
});
