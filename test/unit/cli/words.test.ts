import assert from 'node:assert/strict';
import { changeLine } from '../../../src/cli/changeWords';
import { displayJson, displayLines, displayName, displayText } from '../../../src/cli/escape';
import { errorWords } from '../../../src/cli/errorWords';
import { toFailure } from '../../../src/cli/failure';
import * as format from '../../../src/cli/format';
import { progressWords } from '../../../src/cli/progress';
import { excludeRegex } from '../../../src/cli/snapdirExclude';
import {
  damagedWords,
  failureWords,
  nameWords,
  pathWords,
  planChangeWords,
  storeWords,
  targetWords,
} from '../../../src/cli/reasonWords';
import { LEFT_ALONE } from '../../../src/core/failureReason';
import {
  NAME_PROBLEMS,
  PATH_PROBLEMS,
  PLAN_CHANGES,
  STORE_PROBLEMS,
  TARGET_PROBLEMS,
} from '../../../src/core/reasons';
import { UsageError } from '../../../src/cli/usageError';
import { parseTime, parseWhole } from '../../../src/cli/values';
import { CancelledError } from '../../../src/base/abort';
import { theirWords } from '../../../src/core/causes';
import { SnapdirError, type ErrorData } from '../../../src/core/errors';
import { UNREADABLE } from '../../../src/core/promotion/promotionErrors';
import { remoteExamples } from '../../support/remoteExamples';

const id = 'ab'.repeat(32);

/** One example of each error; a new code without one does not compile. */
const examples: ErrorData = {
  REV_NOT_FOUND: { rev: 'x' },
  REV_AMBIGUOUS: { rev: 'ab', candidates: [id, id] },
  PATH_NOT_FOUND: { path: 'a', rev: 'HEAD' },
  MANIFEST_NOT_FOUND: { snapshot: id },
  OBJECT_NOT_FOUND: { checksum: id, path: 'a' },
  FOREIGN_STORE: { path: '/a/.snapdir' },
  SNAPSHOTS_UNREADABLE: { checkpoints: ['a'.repeat(64)], count: 1 },
  NO_VAULT: { path: '/a/.snapdir' },
  SNAPSHOT_DAMAGED: { snapshot: id, paths: ['a'], count: 2 },
  INTEGRITY: { address: id, expected: id, actual: id },
  PARSE: { what: 'manifest', line: 3, reason: 'bad type' },
  UNSUPPORTED_HASH: { what: 'manifest', reason: 'md5 checksums' },
  UNSAFE_PATH: { path: '../x', reason: 'dot-component' },
  INVALID_NAME: { name: 'HEAD', reason: 'reserved', what: 'ref' },
  INVALID_ARGUMENT: { argument: 'limit', reason: { is: 'no-count' } },
  FOLDER_NOT_FOUND: { path: '/x' },
  STORE_NOT_FOUND: { path: '/x/.snapdir' },
  STORE_UNSAFE: { path: '/x/.snapdir', reason: 'is-link' },
  UNSUPPORTED_FORMAT: { found: '2', supported: '1' },
  READ_ONLY: { path: '/x' },
  STORE_BUSY: { operation: 'gc', owner: 'me@here', since: 0 },
  UNSAFE_TARGET: { path: '/', reason: 'disk-top' },
  TARGET_EXISTS: { path: '/x' },
  SUFFIX_MISMATCH: { path: '/x.md', expected: '.txt' },
  PLAN_CHANGED: { reason: 'folder' },
  RESTORE_PENDING: { journal: 'j' },
  NAME_COLLISION: { paths: ['a', 'A'] },
  NOTHING_TO_UNDO: { what: 'redo' },
  CANNOT_UNDO: { operation: 'ab'.repeat(32), what: 'undo', obstacle: 'content-gone' },
  NOTHING_TO_RECOVER: { path: '/x' },
  DISK_FULL: { path: '/x', missing: 5000 },
  IO: { operation: 'open', path: '/x', errno: 'EACCES' },
  WORKER_CRASHED: { reason: { is: 'said', by: 'Node.js', words: theirWords('oom') } },
  PROMOTION_CONFLICT: {
    store: 'team',
    name: 'main',
    mine: { snapshot: 'a'.repeat(64), at: 0, by: 'me@here', message: 'mine' },
    theirs: { snapshot: 'b'.repeat(64), at: 0, by: 'you@there', message: '' },
    kept: true,
  },
  PROMOTION_NOT_FOUND: { store: 'team', name: 'main', known: ['other'] },
  PROMOTION_UNREADABLE: { store: 'team', name: 'main', why: 'newer' },
  SECRETS_FOUND: { store: 'team', count: 3, found: [{ path: '.env', kind: 'env-file' }] },
  STORE_NAME_UNKNOWN: { name: 'team', known: [] },
  GIT_UNAVAILABLE: {
    path: '/folder',
    reason: { is: 'said', by: 'Git', words: theirWords('fatal: not a git repository') },
  },
  GIT_FAILED: { operation: 'update-ref', reason: { is: 'status', code: '128' } },
  NOT_TRUSTED: { operation: 'restore' },
  ...remoteExamples,
};

suite('cli words', () => {
  test('every error names its cause and a next step, and escapes names', () => {
    for (const [code, data] of Object.entries(examples)) {
      const words = (errorWords as Record<string, (data: unknown) => string>)[code]?.(data) ?? '';
      const sentences = words.split(/[.;,] /).length;
      assert.ok(words.length > 30 && sentences >= 2, `${code}: ${words}`);
      assert.ok(!/undefined|\[object/.test(words), `${code}: ${words}`);
    }
    assert.match(errorWords.TARGET_EXISTS({ path: 'a\u001b[2J' }), /"a\\u001b\[2J" exists/);
  });

  test('who reads what cannot be read is told what that takes, and nothing of promoting', () => {
    const steps = { newer: /Update/, denied: /permission/, archived: /Restore/, damaged: /again/ };
    for (const why of UNREADABLE) {
      const data = { store: 'team', name: 'main', why };
      const reading = errorWords.PROMOTION_UNREADABLE({ ...data, reading: true });
      assert.match(reading, steps[why]);
      assert.doesNotMatch(reading, /another name|moves/);
      assert.match(errorWords.PROMOTION_UNREADABLE(data), /another name; .*--force moves this/);
    }
  });

  test('every reason has words, and none is shown as its code', () => {
    const all: [string, string][] = [
      ...PATH_PROBLEMS.map((code): [string, string] => [code, pathWords(code)]),
      ...TARGET_PROBLEMS.map((code): [string, string] => [code, targetWords(code)]),
      ...STORE_PROBLEMS.map((code): [string, string] => [code, storeWords(code, 'NFS')]),
      ...NAME_PROBLEMS.map((code): [string, string] => [code, nameWords(code)]),
      ...PLAN_CHANGES.map((code): [string, string] => [code, planChangeWords(code)]),
      ...[
        ...PATH_PROBLEMS,
        ...LEFT_ALONE.filter((one) => !/^(?:protected|unknown)$/.test(one)),
      ].map((code): [string, string] => [code, failureWords(code)]),
    ];
    for (const [code, words] of all) {
      assert.match(words, /^[a-z].* .*[^.]$/, code);
    }
    assert.equal(failureWords('EACCES'), 'EACCES');
    assert.equal(failureWords('not-captured:special'), 'not captured: special');
    assert.equal(failureWords('in-the-way:link'), 'a link is in the way');
    assert.equal(
      failureWords('words of \u001b another version'),
      'words of \\u001b another version',
    );
    assert.equal(nameWords('reserved', 'tag'), 'a tag is a word with a meaning of its own');
    assert.match(
      errorWords.UNSAFE_PATH({ path: 'a/.git', reason: 'protected-name', name: '.git' }),
      /^a\/\.git is refused: \.git is, or stands for, a protected folder\. Nothing was written\.$/,
    );
    assert.equal(
      damagedWords({ what: 'content', path: 'a', more: 1 }),
      'the content of a and of 1 more is missing or damaged',
    );
    assert.equal(damagedWords({ what: 'manifest-missing' }), 'its manifest is missing');
    assert.equal(damagedWords({ what: 'manifest-damaged' }), 'its manifest is damaged');
  });

  test('failures and their exit status', () => {
    assert.equal(toFailure(new UsageError('x')).exit, 2);
    assert.equal(toFailure(new SnapdirError('INVALID_NAME', examples.INVALID_NAME)).exit, 2);
    assert.equal(toFailure(new SnapdirError('IO', examples.IO)).exit, 3);
    assert.equal(toFailure(new CancelledError()).exit, 130);
    const bug = toFailure(new Error('oops'));
    assert.deepEqual([bug.exit, bug.code], [3, 'INTERNAL']);
    assert.match(bug.message, /oops.*SNAPDIR_DEBUG=1/);
  });

  test('what could act on a terminal is escaped, everything else stays', () => {
    assert.equal(displayText('plain ünï 日本 😀'), 'plain ünï 日本 😀');
    assert.equal(displayText('\u001b]0;x\u0007\r\n\t\u009b'), '\\u001b]0;x\\u0007\\r\\n\\t\\u009b');
    assert.equal(displayText('a\u202egnp.exe\u2066'), 'a\\u202egnp.exe\\u2066');
    assert.equal(displayText('\ud800x\u{e0041}'), '\\ud800x\\u{e0041}');
    assert.equal(displayLines('a\nb\u0000'), 'a\nb\\u0000');
    assert.equal(displayName('a b.txt'), 'a b.txt');
    assert.equal(displayName('a\\n'), 'a\\n', 'a real backslash is no escape');
    assert.equal(displayName('a\\\n'), '"a\\\\\\n"', 'in quotes it cannot be taken for one');
    assert.equal(displayName(' a'), '" a"');
    assert.equal(displayName(''), '""');
    const value = { name: 'a\u009b\u202e\u{e0041}"\n', ok: 'ä😀' };
    assert.ok(!/[\u009b\u202e]/.test(displayJson(value)));
    assert.deepEqual(JSON.parse(displayJson(value)), value);
  });

  test('bytes, counts and times', () => {
    const bytes = [0, 1023, 1024, 1536, 10_240, 1024 * 1023.99, 5 * 1024 ** 3].map(
      format.formatBytes,
    );
    assert.deepEqual(bytes, [
      '0 B',
      '1023 B',
      '1.0 KiB',
      '1.5 KiB',
      '10.0 KiB',
      '1.0 MiB',
      '5.0 GiB',
    ]);
    assert.equal(format.formatCount(1_234_567), '1,234,567');
    assert.equal(format.plural(1, 'file'), '1 file');
    assert.equal(format.plural(0, 'file'), '0 files');
    const now = 1_800_000_000_000;
    const ages = [0, 59e3, 60e3, 3600e3, 86_400e3, 40 * 86_400e3, 800 * 86_400e3, -3600e3];
    assert.deepEqual(
      ages.map((age) => format.formatAge(now - age, now)),
      [
        ...['just now', 'just now', '1 minute ago', '1 hour ago', '1 day ago', '1 month ago'],
        ...['2 years ago', 'in the future'],
      ],
    );
    assert.match(format.formatTime(now, true), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
    assert.equal(format.formatTime(Number.MAX_VALUE), 'unknown time');
    assert.equal(format.shortCounts({ added: 1, deleted: 2, modified: 3, renamed: 0 }), '+1 ~3 -2');
    assert.equal(format.shortCounts({ added: 0, deleted: 0, modified: 0, renamed: 0 }), '=');
    assert.equal(
      format.countWords({ added: 1, deleted: 0, modified: 0, renamed: 2 }),
      '1 added, 2 renamed',
    );
  });

  test('columns line up', () => {
    assert.deepEqual(
      format.alignColumns(
        [
          ['a', '10', 'x'],
          ['bbb', '9', 'yy'],
        ],
        [1],
      ),
      ['a    10  x', 'bbb   9  yy'],
    );
  });

  test('changes and progress', () => {
    assert.equal(
      changeLine({
        status: 'M',
        path: 'run.sh',
        left: { kind: 'file', mode: 0o644 },
        right: { kind: 'file', mode: 0o755 },
      }),
      'M  run.sh  (mode 644 -> 755)',
    );
    assert.equal(
      changeLine({
        status: 'R',
        path: 'b',
        oldPath: 'a',
        left: { kind: 'file' },
        right: { kind: 'file' },
      }),
      'R  a -> b',
    );
    assert.equal(changeLine({ status: 'A', path: 'd', right: { kind: 'dir' } }), 'A  d/');
    assert.equal(
      progressWords({ phase: 'read', done: 1500, total: 3000, bytes: 2048 }),
      'Reading files: 1,500 of 3,000 (50 %), 2.0 KiB',
    );
    assert.equal(progressWords({ phase: 'scan', done: 7, total: 0 }), 'Looking at files: 7');
  });

  test('numbers and times of options', () => {
    assert.equal(parseWhole('limit', '12', 1), 12);
    for (const wrong of ['0', '-1', '1.5', 'x', '']) {
      assert.throws(() => parseWhole('limit', wrong, 1), UsageError);
    }
    const clock = { now: () => 1_000_000_000 };
    assert.equal(parseTime('since', '2h', clock), 1_000_000_000 - 7_200_000);
    assert.equal(parseTime('since', '2026-01-02', clock), new Date(2026, 0, 2).getTime());
    assert.equal(parseTime('since', '2026-01-02T03:04Z', clock), Date.UTC(2026, 0, 2, 3, 4));
    for (const wrong of ['yesterday', '2026-13-01', '5', '']) {
      assert.throws(() => parseTime('since', wrong, clock), UsageError);
    }
  });

  test("snapdir's --exclude: %system% means this person's folders too, several are one", () => {
    assert.equal(excludeRegex([], {}), undefined);
    assert.equal(excludeRegex(['\\.log$'], {}), '\\.log$');
    assert.equal(excludeRegex(['a', 'b|c'], {}), '(?:a)|(?:b|c)');
    const expanded = excludeRegex(['%system%'], { HOME: '/home/a+b' }) ?? '';
    const own = new RegExp(expanded.replace('%system%', 'x^'));
    assert.ok(own.test('/home/a+b/.cache/x'));
    assert.ok(!own.test('/home/a+b/project'));
    assert.ok(!own.test('/y/home/a+b/.cache/x'));
  });
});
