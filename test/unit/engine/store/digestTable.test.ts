import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import {
  DigestTable,
  findDigest,
  hexOfWords,
  wordsOfBytes,
  wordsOfHex,
} from '../../../../src/engine/store/digestTable';

const hexOf = (number: number): string => createHash('sha256').update(String(number)).digest('hex');

suite('digest table', () => {
  test('holds what was added, each once, with row numbers in order, also as it grows', () => {
    const table = new DigestTable(4);
    for (let number = 0; number < 20_000; number++) {
      assert.equal(table.addHex(hexOf(number)), number);
    }
    for (let number = 0; number < 20_000; number += 7) {
      const hex = hexOf(number);
      assert.equal(table.addBytes(Buffer.from(`F 644 ${hex} 1`), 6), number);
      assert.equal(table.row(hex), number);
      assert.equal(table.hex(number), hex);
    }
    assert.equal(table.length, 20_000);
    assert.ok(!table.has(hexOf(-1)));
  });

  test('addresses that differ in one digit are different', () => {
    const table = new DigestTable();
    const base = '0'.repeat(64);
    table.addHex(base);
    for (let at = 0; at < 64; at++) {
      const other = `${base.slice(0, at)}1${base.slice(at + 1)}`;
      assert.ok(!table.has(other), `digit ${at}`);
      table.addHex(other);
    }
    assert.equal(table.length, 65);
  });

  test('what is not 64 lower-case hex digits is no address', () => {
    const table = new DigestTable();
    const good = hexOf(1);
    for (const bad of ['', good.slice(1), `${good}0`, good.toUpperCase(), `g${good.slice(1)}`]) {
      assert.ok(!table.has(bad));
      assert.ok(!wordsOfHex(bad, new Uint32Array(8)), bad);
    }
    const wide = `${String.fromCharCode(0x130)}${good.slice(1)}`;
    assert.ok(!wordsOfHex(wide, new Uint32Array(8)));
    assert.equal(table.addBytes(Buffer.from(good.slice(1)), 0), -1);
    assert.equal(table.addBytes(Buffer.from(`${good.slice(1)}x`), 0), -1);
    assert.equal(table.length, 0);
  });

  test('threads find in its columns what it has', () => {
    const table = new DigestTable();
    const wanted = new Uint32Array(8);
    for (let number = 0; number < 3000; number++) {
      table.addHex(hexOf(number));
    }
    assert.ok(table.columns.words.buffer instanceof SharedArrayBuffer);
    assert.ok(wordsOfBytes(Buffer.from(hexOf(2999)), 0, wanted));
    assert.equal(findDigest(table.columns, wanted), 2999);
    assert.equal(hexOfWords(wanted, 0), hexOf(2999));
    wordsOfHex(hexOf(3000), wanted);
    assert.equal(findDigest(table.columns, wanted), -1);
  });

  test('forged addresses cannot make it slow', function () {
    this.timeout(300_000);
    // All alike in all but a few digits, wherever those are.
    for (const at of [0, 28, 56]) {
      const took = (): number => {
        const table = new DigestTable();
        const start = performance.now();
        for (let number = 0; number < 50_000; number++) {
          const digits = number.toString(16).padStart(8, '0');
          table.addHex('0'.repeat(at) + digits + '0'.repeat(56 - at));
        }
        return performance.now() - start;
      };
      // Twenty milliseconds where nothing else runs; other work may come in between, but not each time.
      const times: number[] = [];
      while (times.length < 5 && !times.some((ms) => ms < 2000)) {
        times.push(took());
      }
      assert.ok(Math.min(...times) < 2000, `${at}: ${times.join(', ')} ms`);
    }
  });
});
