import assert from 'node:assert/strict';
import fc from 'fast-check';
import { encodeManifest, parseManifest } from '../../../src/core/manifest';
import { visitFiles } from '../../../src/core/manifest/addresses';
import { isSound } from '../../../src/core/manifest/sound';
import { buildManifest } from '../../../src/core/merkle';
import { encodeUtf8 } from '../../../src/base/utf8';
import type { Tree } from '../../../src/core/tree';
import { blake3 } from '../../../src/engine/hashing/blake3';
import { tree } from './arbitraries';

/** The manifest of a random tree, with right directory checksums. */
function manifestOf({ entries }: Tree): Uint8Array {
  const files = entries.filter(({ type }) => type === 'F');
  const dirs = entries.filter(({ type }) => type === 'D');
  return encodeManifest(buildManifest(files, dirs, blake3));
}

function accepts(bytes: Uint8Array): boolean {
  try {
    const again = encodeManifest(parseManifest(bytes, { hash: blake3 }));
    return Buffer.compare(bytes, again) === 0;
  } catch {
    return false;
  }
}

const lines = (bytes: Uint8Array): string[] => Buffer.from(bytes).toString('latin1').split('\n');
const joined = (text: readonly string[]): Uint8Array => Buffer.from(text.join('\n'), 'latin1');

suite('sound manifests', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('every manifest that is written is sound, and every file is visited', () => {
    fc.assert(
      fc.property(tree, (one) => {
        const bytes = manifestOf(one);
        assert.ok(isSound(bytes, blake3));
        const seen: string[] = [];
        const whole = visitFiles(bytes, ({ bytes: from, checksumAt, size, pathAt, pathEnd }) => {
          const text = Buffer.from(from);
          const checksum = text.toString('latin1', checksumAt, checksumAt + 64);
          seen.push(`${checksum} ${size} ${text.toString('utf8', pathAt, pathEnd)}`);
        });
        const { entries } = parseManifest(bytes);
        const files = entries.filter(({ type }) => type === 'F');
        const expected = files.map(({ checksum, size, path }) => `${checksum} ${size} ${path}`);
        assert.ok(whole);
        assert.deepEqual(seen, expected);
      }),
      { numRuns: 1000 },
    );
  });

  test('whatever is sound is accepted by the reader, as it is', () => {
    const edit = fc.record({ at: fc.nat(), byte: fc.nat(255), kind: fc.nat(5), to: fc.nat() });
    let sound = 0;
    fc.assert(
      fc.property(tree, fc.array(edit, { minLength: 1, maxLength: 2 }), (one, edits) => {
        let bytes = manifestOf(one);
        for (const { at, byte, kind, to } of edits) {
          const text = lines(bytes);
          if (kind < 2) {
            bytes[at % bytes.length] = kind === 0 ? byte : 0x30 + (byte % 10);
          } else {
            const [moved] = text.splice(at % text.length, kind === 3 ? 0 : 1);
            const again = kind === 3 ? text[at % text.length] : kind === 4 ? moved : undefined;
            if (again !== undefined) {
              text.splice(to % (text.length + 1), 0, again);
            }
            bytes = joined(text);
          }
        }
        if (isSound(bytes, blake3)) {
          sound++;
          assert.ok(accepts(bytes), Buffer.from(bytes).toString());
        }
      }),
      { numRuns: 20_000 },
    );
    assert.ok(sound > 0);
  });

  test('what the reader refuses is not sound', () => {
    const empty = blake3(new Uint8Array(0));
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
    const dir = (...sums: string[]): string => blake3(encodeUtf8(sums.join('')));
    const bad: Record<string, string> = {
      nothing: '',
      'no root': `F 644 ${a} 1 ./a\n`,
      'a file and a directory': `D 755 ${dir(a, empty)} 1 ./\nF 644 ${a} 1 ./a\nD 755 ${empty} 0 ./a/\n`,
      'with others between':
        `D 755 ${dir(a, b, empty)} 2 ./\nF 644 ${a} 1 ./a\nF 644 ${b} 1 ./a-b\n` +
        `D 755 ${empty} 0 ./a/\n`,
      'no parent': `D 755 ${dir(a)} 1 ./\nF 644 ${a} 1 ./a/b\n`,
      'twice the same': `D 755 ${dir(a)} 2 ./\nF 644 ${a} 1 ./a\nF 644 ${a} 1 ./a\n`,
      'not sorted': `D 755 ${dir(a, b)} 2 ./\nF 644 ${a} 1 ./b\nF 644 ${b} 1 ./a\n`,
      'a wrong size': `D 755 ${dir(a)} 2 ./\nF 644 ${a} 1 ./a\n`,
      'a wrong checksum': `D 755 ${dir(b)} 1 ./\nF 644 ${a} 1 ./a\n`,
      'no final newline': `D 755 ${empty} 0 ./`,
      'a comment': `# c\nD 755 ${empty} 0 ./\n`,
      'a mode with a zero': `D 0755 ${empty} 0 ./\n`,
      'dot dot': `D 755 ${dir(a)} 1 ./\nF 644 ${a} 1 ./..\n`,
      'dot dot behind a backslash': `D 755 ${dir(a)} 1 ./\nF 644 ${a} 1 ./x\\..\n`,
      'a control character': `D 755 ${dir(a)} 1 ./\nF 644 ${a} 1 ./a\tb\n`,
      'a long name': `D 755 ${dir(a)} 1 ./\nF 644 ${a} 1 ./${'n'.repeat(256)}\n`,
      'a file with a slash': `D 755 ${dir(a)} 1 ./\nF 644 ${a} 1 ./a/\n`,
      'a large checksum': `D 755 ${dir(a.toUpperCase())} 1 ./\nF 644 ${a.toUpperCase()} 1 ./a\n`,
    };
    const good = [`D 755 ${empty} 0 ./\n`, `D 755 ${dir(a)} 1 ./\nF 644 ${a} 1 ./a\n`];
    good.forEach((text) => assert.ok(isSound(Buffer.from(text), blake3), text));
    for (const [what, text] of Object.entries(bad)) {
      assert.ok(!isSound(Buffer.from(text), blake3), what);
    }
  });

  test('folders may be as deep as the reader lets them, and no deeper', () => {
    for (const [depth, expected] of [
      [127, true],
      [128, false],
    ] as const) {
      const paths = Array.from({ length: depth }, (_, index) => 'd/'.repeat(index) + 'd');
      const file = { type: 'F', mode: 0o644, checksum: 'a'.repeat(64), size: 1 } as const;
      const manifest = buildManifest(
        [{ ...file, path: `${paths.at(-1)}/f` } as never],
        ['', ...paths].map((path) => ({ path, mode: 0o755 })),
        blake3,
      );
      assert.equal(isSound(encodeManifest(manifest), blake3), expected, String(depth));
      assert.equal(accepts(encodeManifest(manifest)), expected);
    }
  });
});
