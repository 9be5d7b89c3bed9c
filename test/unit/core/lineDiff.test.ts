import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import type { Change, ChangeSide } from '../../../src/core/change';
import { isBinary, patchFor } from '../../../src/core/lineDiff';
import { blake3 } from '../../../src/engine/hashing/blake3';

type State = { mode: number; bytes: Buffer } | { target: string } | undefined;
const file = (text: string | Buffer, mode = 0o644): State => ({ mode, bytes: Buffer.from(text) });

function side(state: State): ChangeSide | undefined {
  if (state === undefined) {
    return undefined;
  }
  return 'target' in state
    ? { kind: 'link', target: state.target }
    : { kind: 'file', mode: state.mode, size: state.bytes.length, checksum: blake3(state.bytes) };
}

const bytesOf = (state: State): Buffer | null =>
  state !== undefined && 'bytes' in state ? state.bytes : null;

const TOOLS_FOR_BINARY = {
  // Git uses level 1; any other is as good, but not the same text.
  deflate: (bytes: Uint8Array): Uint8Array => deflateSync(bytes, { level: 1 }),
  blobId: (bytes: Uint8Array): string =>
    createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
};

function patch(
  path: string,
  left: State,
  right: State,
  oldPath?: string,
  tools?: typeof TOOLS_FOR_BINARY,
): string {
  const [l, r] = [side(left), side(right)];
  const change: Change = {
    status: oldPath ? 'R' : l && r ? 'M' : l ? 'D' : 'A',
    path,
    ...(oldPath === undefined ? {} : { oldPath }),
    ...(l && { left: l }),
    ...(r && { right: r }),
  };
  return patchFor(change, bytesOf(left), bytesOf(right), tools);
}

function put(dir: string, path: string, state: State): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  if (state !== undefined && 'target' in state) {
    symlinkSync(state.target, join(dir, path));
  } else if (state !== undefined) {
    writeFileSync(join(dir, path), state.bytes);
    chmodSync(join(dir, path), state.mode);
  }
}

function get(dir: string, path: string): State {
  const full = join(dir, path);
  const stat = lstatSync(full, { throwIfNoEntry: false });
  if (stat === undefined) {
    return undefined;
  }
  return stat.isSymbolicLink()
    ? { target: readlinkSync(full) }
    : { mode: stat.mode & 0o777, bytes: readFileSync(full) };
}

const has = (program: string): boolean => spawnSync(program, ['--version']).status === 0;

const TOOLS: [string, string[]][] = [
  ['git', ['apply', '--whitespace=nowarn', '-']],
  ['patch', ['-p1', '--silent', '--no-backup-if-mismatch']],
];

/** Applies the patch where the left side is, and looks whether the right side comes out. */
function applies(
  tool: [string, string[]],
  path: string,
  left: State,
  right: State,
  oldPath?: string,
): void {
  const dir = mkdtempSync(join(tmpdir(), 'snapdir-patch-'));
  try {
    put(dir, oldPath ?? path, left);
    const text = patch(path, left, right, oldPath, TOOLS_FOR_BINARY);
    const env: NodeJS.ProcessEnv = { ...process.env, GIT_CEILING_DIRECTORIES: dirname(dir) };
    delete env['GIT_DIR'];
    const [program, args] = tool;
    try {
      execFileSync(program, args, {
        ...{ cwd: dir, input: text, stdio: ['pipe', 'pipe', 'pipe'] },
        env,
      });
    } catch (error) {
      assert.fail(`${String((error as { stderr: Buffer }).stderr)}\n${text}`);
    }
    assert.deepEqual(get(dir, path), right, text);
    if (oldPath !== undefined) {
      assert.ok(!existsSync(join(dir, oldPath)));
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const lines = (...list: string[]): string => list.join('\n') + '\n';

suite('lineDiff', function () {
  // Thousands of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('a modified file, as git writes it', () => {
    const left = file(lines('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'));
    const right = file(lines('a', 'b', 'c', 'd', 'E', 'f', 'g', 'h'));
    assert.equal(
      patch('dir/x.txt', left, right),
      lines(
        ...['diff --git a/dir/x.txt b/dir/x.txt', '--- a/dir/x.txt', '+++ b/dir/x.txt'],
        ...['@@ -2,7 +2,7 @@', ' b', ' c', ' d', '-e', '+E', ' f', ' g', ' h'],
      ),
    );
  });

  test('created, deleted, renamed, other mode', () => {
    assert.equal(
      patch('x', undefined, file('a\n', 0o755)),
      lines(
        ...['diff --git a/x b/x', 'new file mode 100755', '--- /dev/null', '+++ b/x'],
        ...['@@ -0,0 +1,1 @@', '+a'],
      ),
    );
    assert.equal(
      patch('x', file('a'), undefined),
      lines(
        ...['diff --git a/x b/x', 'deleted file mode 100644', '--- a/x', '+++ /dev/null'],
        ...['@@ -1,1 +0,0 @@', '-a', '\\ No newline at end of file'],
      ),
    );
    assert.equal(
      patch('y', file('a'), file('a', 0o755), 'x'),
      lines(
        ...['diff --git a/x b/y', 'old mode 100644', 'new mode 100755', 'similarity index 100%'],
        ...['rename from x', 'rename to y'],
      ),
    );
  });

  test('nothing to say: folders, modes that git does not know, equal files', () => {
    const dir: ChangeSide = { kind: 'dir', mode: 0o755 };
    assert.equal(patchFor({ status: 'A', path: 'd', right: dir }, null, null), '');
    assert.equal(patch('x', file('a', 0o644), file('a', 0o600)), '');
    assert.equal(patch('x', file('a'), file('a')), '');
  });

  test('what is no text is only said to differ', () => {
    const text = file('a\n');
    const binary = file(Buffer.from([1, 0, 2]));
    assert.match(patch('x', text, binary), /\nBinary files a\/x and b\/x differ\n$/);
    assert.match(patch('x', undefined, binary), /\nBinary files \/dev\/null and b\/x differ\n$/);
    assert.match(patch('x', text, file(Buffer.from([0xe9, 0x0a]))), /\nBinary files/);
    const change: Change = { status: 'M', path: 'x', left: side(text)!, right: side(file('b'))! };
    assert.match(patchFor(change, null, Buffer.from('b')), /\nBinary files/);
    assert.ok(isBinary(Buffer.from([0])) && !isBinary(Buffer.from('')));
    assert.ok(isBinary(Buffer.concat([Buffer.alloc(7999, 65), Buffer.alloc(1)])));
    assert.ok(!isBinary(Buffer.concat([Buffer.alloc(8000, 65), Buffer.alloc(1)])));
  });

  test('files with nothing in common, of any length, take no time', () => {
    const many = (prefix: string): State =>
      file(lines(...Array.from({ length: 20_000 }, (_, i) => `${prefix}${i}`)));
    const started = performance.now();
    const text = patch('x', many('a'), many('b'));
    assert.match(text, /\n@@ -1,20000 \+1,20000 @@\n-a0\n/);
    assert.ok(performance.now() - started < 20_000);
  });

  for (const tool of TOOLS) {
    test(`${tool[0]} applies every kind of change`, function () {
      if (!has(tool[0])) {
        return this.skip();
      }
      const go = (path: string, left: State, right: State, oldPath?: string): void =>
        applies(tool, path, left, right, oldPath);
      go('x', file('a\nb\n'), file('a\nc\n'));
      go('x', file('a\nb'), file('a\nb\n'));
      go('x', file('a\nb\n'), file('a\nb'));
      go('x', file('a\r\nb\r\n'), file('a\r\nc\r\n'));
      go('x', file('a\n'), file('a\n', 0o755));
      go('x', file('a\n'), file('b\n', 0o755));
      go('x', undefined, file('a\n'));
      go('x', undefined, file('', 0o755));
      go('d/new dir/x y', undefined, file('a', 0o755));
      go('x', file('a\n'), undefined);
      go('x', file(''), undefined);
      go('x', file(''), file('a\n'));
      go('x', file('a\n'), file(''));
      go('y', file('a\n'), file('a\n'), 'x');
      go('d/y z', file('a\n'), file('a\n'), 'x "q" ä');
      go('a b', file('a\n'), file('b\n'));
      go('tab\t"quote" \\', file('a\n'), file('b\n'));
      go('日本 ü', file('ä\n'), file('ö\n'));
      go('-rf', file('a\n'), file('b\n'));
      go('x', file('--- a\n+++ b\n'), file('+++ a\n@@ -1 +1 @@\n'));
    });
  }

  test('git applies links, and a file that becomes one', function () {
    if (!has('git')) {
      return this.skip();
    }
    applies(TOOLS[0]!, 'l', undefined, { target: 'x y' });
    applies(TOOLS[0]!, 'l', { target: 'x' }, { target: 'y' });
    applies(TOOLS[0]!, 'l', { target: 'x' }, undefined);
    applies(TOOLS[0]!, 'l', file('a\n'), { target: 'y' });
    applies(TOOLS[0]!, 'l', { target: 'y' }, file('a\n'));
  });

  test('git applies changes of any bytes, there and back', function () {
    if (!has('git')) {
      return this.skip();
    }
    const bytes = (length: number, seed: number): State =>
      file(Buffer.from(Array.from({ length }, (_, i) => (i * i * seed + (i >> 3)) % 256)));
    for (const length of [1, 2, 3, 4, 5, 51, 52, 53, 1000, 70_000]) {
      applies(TOOLS[0]!, 'b', bytes(length, 7), bytes(length + 1, 11));
    }
    const nul = file(Buffer.from([0, 1, 2, 255]), 0o755);
    applies(TOOLS[0]!, 'dir/ä b.bin', undefined, nul);
    applies(TOOLS[0]!, 'b', nul, undefined);
    applies(TOOLS[0]!, 'b', nul, file('text\n'));
    applies(TOOLS[0]!, 'b', file(''), nul);
    applies(TOOLS[0]!, 'latin1', file(Buffer.from([0xe9, 10])), file(Buffer.from([0xea, 10])));
    applies(TOOLS[0]!, 'l', { target: 'x' }, nul);
  });

  test('a binary patch, as git writes it', function () {
    if (!has('git')) {
      return this.skip();
    }
    const dir = mkdtempSync(join(tmpdir(), 'snapdir-patch-'));
    try {
      const git = (...args: string[]): string =>
        execFileSync('git', args, { cwd: dir, encoding: 'utf8' });
      git('init', '-q');
      const [before, after] = [file(Buffer.from([0, 1, 2])), file(Buffer.from([0, 9, 8, 7, 6]))];
      put(dir, 'b', before);
      git('add', 'b');
      put(dir, 'b', after);
      const wanted = git('diff', '--binary', '--full-index').replace(/^(index \S+) .*$/mu, '$1');
      assert.equal(patch('b', before, after, undefined, TOOLS_FOR_BINARY), wanted);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  test('git applies any change of text', function () {
    if (!has('git')) {
      return this.skip();
    }
    const line = fc.constantFrom('a', 'b', '', ' ', '-', '\\', 'x\r', '\u2028');
    const text = fc
      .tuple(fc.array(line, { maxLength: 30 }), fc.boolean())
      .map(([all, end]) => all.join('\n') + (end ? '\n' : ''));
    fc.assert(
      fc.property(text, text, (left, right) => {
        fc.pre(left !== right);
        applies(TOOLS[0]!, 'x', file(left), file(right));
      }),
      { numRuns: 80 },
    );
  });
});
