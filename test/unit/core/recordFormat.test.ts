import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SnapdirError } from '../../../src/core/errors';
import {
  formatRecord,
  parseRecord,
  parseRecordFileName,
  recordFileName,
} from '../../../src/core/recordFormat';
import type { OperationRecord, TakeRecord } from '../../../src/core/records';
import { id, restore, take } from './records';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const base = { v: 1, time: 5, author: 'me@here' } as const;

const samples: OperationRecord[] = [
  take({
    message: 'héllo\n"quoted" \u2028',
    tags: ['v1', 'before refactor'],
    parent: id(1),
    scope: ['src', 'a b'],
    links: [{ path: 'src/link', target: '../../outside\n' }],
    skipped: [
      { path: 'sock', reason: 'special-file' },
      { path: 'x', reason: 'unreadable', detail: 'EACCES' },
    ],
    unstable: ['log.txt'],
  }),
  restore({
    checkpoint: id(1),
    head: id(1),
    reverses: id(2),
    purpose: 'undo',
    failed: [{ path: 'a', reason: 'EBUSY' }],
    conflicts: ['b'],
  }),
  { ...base, kind: 'ref', name: 'release/1', checkpoint: id(1), previous: null },
  { ...base, kind: 'ref', name: 'team/main', checkpoint: id(1), previous: id(2), fetched: true },
  { ...base, kind: 'tag', checkpoint: id(1), add: ['x'], remove: [] },
  { ...base, kind: 'tag', checkpoint: id(1), add: [], remove: [], promoting: 'main' },
  { ...base, kind: 'rename', checkpoint: id(1), message: '' },
  { ...base, kind: 'delete', checkpoints: [id(1), id(2)] },
  { ...base, kind: 'undo', operation: id(3) },
  { ...base, kind: 'gc', objects: 1, manifests: 2, bytes: 3, trash: '20250101' },
];

/** Every way to reach a value inside a record. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) {
    return [path];
  }
  return [path, ...Object.entries(value).flatMap(([key, below]) => places(below, [...path, key]))];
}

function replaced(value: unknown, path: (string | number)[], by: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) {
    return by;
  }
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[first] = replaced(copy[first], rest, by);
  return copy;
}

suite('recordFormat', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  for (const record of samples) {
    test(`${record.kind}: written and read`, () => {
      const text = formatRecord(record);
      assert.ok(text.endsWith('}\n'));
      assert.deepEqual(parseRecord(bytes(text)), record);
      assert.equal(formatRecord(parseRecord(bytes(text))), text);
    });

    test(`${record.kind}: the order of its fields does not matter`, () => {
      const reversed = Object.fromEntries(Object.entries(record).reverse());
      assert.equal(formatRecord(reversed as unknown as OperationRecord), formatRecord(record));
    });

    test(`${record.kind}: no field may be missing or of another type`, () => {
      for (const path of places(record).filter((one) => one.length > 0)) {
        for (const by of [undefined, {}, true, 1.5, -1, '../x\0', ['../x'], [1]]) {
          const text = JSON.stringify(replaced(record, path, by));
          if (text === JSON.stringify(record)) {
            continue;
          }
          let parsed: OperationRecord;
          try {
            parsed = parseRecord(bytes(text));
          } catch (error) {
            assert.ok(SnapdirError.is(error, 'PARSE'), `${path.join('.')}: ${String(error)}`);
            continue;
          }
          // What is accepted is a well-formed value of another kind, and comes back as it is.
          assert.deepEqual(parseRecord(bytes(formatRecord(parsed))), parsed);
          const free =
            /message|detail|target|patterns|skipped.\d.path|reason|author|trash|noIgnore|useIgnoreFiles|exact|fetched|promoting/;
          assert.match(path.join('.'), free, `${path.join('.')} = ${JSON.stringify(by)}`);
        }
      }
    });
  }

  test('unsafe paths and names are refused wherever they stand', () => {
    const bad: OperationRecord[] = [
      take({ links: [{ path: '../x', target: 'y' }] }),
      take({ scope: ['/etc'] }),
      take({ unstable: ['a\nb'] }),
      take({ tags: ['HEAD'] }),
      restore({ conflicts: ['a/../../b'] }),
      restore({ failed: [{ path: 'a//b', reason: '' }] }),
      { ...base, kind: 'ref', name: '@{1}', checkpoint: null, previous: null },
      take({ snapshot: '../../x' as never }),
      take({ message: 'x'.repeat(20_001) }),
      take({ time: 253_402_300_800_000 }),
    ];
    for (const record of bad) {
      assert.throws(() => formatRecord(record), SnapdirError);
      assert.throws(
        () => parseRecord(bytes(JSON.stringify(record))),
        (error) => SnapdirError.is(error, 'PARSE'),
      );
    }
  });

  test('protected names may be recorded: a take without exclude rules holds them', () => {
    const record = take({ links: [{ path: '.git/x', target: 'y' }], unstable: ['.git/index'] });
    assert.deepEqual(parseRecord(bytes(formatRecord(record))), record);
  });

  test('other versions and kinds are told apart', () => {
    const newer = bytes(JSON.stringify({ ...take(), v: 2 }));
    assert.throws(
      () => parseRecord(newer),
      (error) => SnapdirError.is(error, 'UNSUPPORTED_FORMAT'),
    );
    for (const kind of ['merge', '__proto__', 'toString', 1, null]) {
      assert.throws(
        () => parseRecord(bytes(JSON.stringify({ ...take(), kind }))),
        (error) => SnapdirError.is(error, 'PARSE') && error.data.reason === 'unknown kind',
      );
    }
    for (const v of [0, '1', 1.5, null]) {
      assert.throws(
        () => parseRecord(bytes(JSON.stringify({ ...take(), v }))),
        (error) => SnapdirError.is(error, 'PARSE'),
      );
    }
  });

  test('fields of a later version are dropped, inherited ones do not count', () => {
    const text = JSON.stringify({ ...take(), mood: 'good' });
    assert.deepEqual(parseRecord(bytes(text)), take());
    const rest: Partial<TakeRecord> = take();
    delete rest.author;
    const forged = JSON.stringify(rest).replace('{', '{"__proto__":{"author":"x"},');
    assert.throws(() => parseRecord(bytes(forged)), SnapdirError);
  });

  test('bytes that are no record are refused', () => {
    const inputs = ['', '{', '[]', 'null', '1', '"x"', '['.repeat(100_000)].map(bytes);
    inputs.push(
      Uint8Array.of(0xff),
      Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes(formatRecord(take()))),
    );
    for (const input of inputs) {
      assert.throws(
        () => parseRecord(input),
        (error) => SnapdirError.is(error, 'PARSE'),
      );
    }
  });

  test('damaged records are refused or still hold', () => {
    const text = bytes(formatRecord(samples[0]!));
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(255), (at, byte) => {
        const damaged = Uint8Array.from(text);
        damaged[at] = byte;
        try {
          formatRecord(parseRecord(damaged));
        } catch (error) {
          assert.ok(
            SnapdirError.is(error, 'PARSE') || SnapdirError.is(error, 'UNSUPPORTED_FORMAT'),
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('file names sort by time, and say what they name', () => {
    const max = 253_402_300_799_999;
    assert.equal(recordFileName(0, id(1)), `19700101T000000000Z-${id(1)}.json`);
    assert.equal(recordFileName(max, id(1)), `99991231T235959999Z-${id(1)}.json`);
    fc.assert(
      fc.property(fc.nat(max), fc.nat(max), fc.nat(9), fc.nat(9), (t1, t2, a, b) => {
        const [x, y] = [recordFileName(t1, id(a)), recordFileName(t2, id(b))];
        const byTime = t1 - t2 || a - b;
        assert.equal(Math.sign(x < y ? -1 : x > y ? 1 : 0), Math.sign(byTime));
        assert.deepEqual(parseRecordFileName(x), { time: t1, id: id(a) });
      }),
    );
    assert.throws(() => recordFileName(-1, id(1)));
    assert.throws(() => recordFileName(max + 1, id(1)));
  });

  test('other file names are none', () => {
    const good = recordFileName(1e12, id(1));
    const bad = ['', 'x', `${good}.tmp`, good.toUpperCase(), good.replace('Z-', 'Z'), `a/${good}`];
    bad.push(good.replace('20010909', '20010931'), good.replace('T0', 'T9'), `${good}\n`);
    bad.push(good.replace('2001', '1969'), good.replace('.json', ''));
    for (const name of bad) {
      assert.equal(parseRecordFileName(name), undefined, name);
    }
  });
});
