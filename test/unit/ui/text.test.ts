import assert from 'node:assert/strict';
import { byteSize, changeMarks, changeTotal } from '../../../src/ui/text/amounts';
import {
  baseName,
  dirName,
  oneLine,
  visible,
  withoutIcons,
  withoutLinks,
} from '../../../src/ui/text/displayText';
import { shortPath } from '../../../src/ui/text/shortPath';
import { dayKey, dayLabel, relativeTime } from '../../../src/ui/text/times';

suite('display text', () => {
  test('makes visible what could fool a reader', () => {
    assert.equal(visible('plain ünïcode 日本 👍'), 'plain ünïcode 日本 👍');
    assert.equal(visible('a\u202egpj.exe'), 'a\\u{202e}gpj.exe');
    assert.equal(visible('line\nbreak\u0000\u200b'), 'line\\u{a}break\\u{0}\\u{200b}');
  });

  test('shows the first line, cut', () => {
    assert.equal(oneLine('one\ntwo'), 'one …');
    assert.equal(oneLine('one\n\n'), 'one');
    assert.equal(oneLine('👍'.repeat(20), 5), '👍👍👍👍…');
    assert.equal(oneLine(''), '');
  });

  test('keeps icons and links out of what people wrote', () => {
    assert.equal(withoutIcons('a $(trash) b $(not an icon)'), 'a \\$(trash) b $(not an icon)');
    assert.doesNotMatch(withoutLinks('[x](command:evil)'), /\]\(/u);
  });

  test('splits paths', () => {
    assert.deepEqual([baseName('a/b/c.ts'), dirName('a/b/c.ts')], ['c.ts', 'a/b']);
    assert.deepEqual([baseName('c.ts'), dirName('c.ts')], ['c.ts', '']);
  });
});

suite('paths as people write them', () => {
  test('begin at home where they are below it', () => {
    assert.equal(shortPath('/home/ada/team/shop', '/home/ada'), '~/team/shop');
    assert.equal(shortPath('/home/ada/team', '/home/ada/'), '~/team');
    assert.equal(shortPath('C:/Users/Ada/team', 'C:\\Users\\Ada'), '~/team');
  });

  test('are whole elsewhere', () => {
    assert.equal(shortPath('/home/adam/team', '/home/ada'), '/home/adam/team');
    assert.equal(shortPath('/home/ada', '/home/ada'), '/home/ada');
    assert.equal(shortPath('/srv/te\\am', '/home/ada'), '/srv/te\\am');
    assert.equal(shortPath('/srv/team', ''), '/srv/team');
    assert.equal(shortPath('/srv/team', '/'), '/srv/team');
  });
});

suite('amounts', () => {
  test('marks changes', () => {
    const counts = { added: 3, modified: 2, deleted: 1, renamed: 4 };
    assert.equal(changeMarks(counts), '+3 ~2 −1 →4');
    assert.equal(changeTotal(counts), 10);
    assert.equal(changeMarks({ added: 0, modified: 0, deleted: 0, renamed: 0 }), '');
  });

  test('shows sizes', () => {
    const sizes = [0, 512, 1536, 12 * 1024 * 1024, 5.25 * 1024 ** 3];
    assert.deepEqual(
      sizes.map((size) => byteSize(size, 'en')),
      ['0 B', '512 B', '1.5 KB', '12 MB', '5.3 GB'],
    );
  });
});

suite('times', () => {
  const now = new Date(2026, 10, 21, 12, 0, 0).getTime();
  const ago = (minutes: number): string => relativeTime(now - minutes * 60_000, now, 'en');

  test('are told as people tell them', () => {
    assert.deepEqual([0, 5, 59, 60, 300, 60 * 24, 60 * 24 * 3].map(ago), [
      'now',
      '5 min. ago',
      '59 min. ago',
      '1 hr. ago',
      '5 hr. ago',
      'yesterday',
      '3 days ago',
    ]);
    assert.equal(ago(60 * 24 * 60), 'Sep 22, 2026');
    assert.equal(relativeTime(now + 60_000, now, 'en'), 'now', 'a clock that was set back');
  });

  test('know days of the local calendar', () => {
    const words = { today: 'Today', yesterday: 'Yesterday' };
    const label = (time: number): string => dayLabel(time, now, 'en', words);
    const midnight = new Date(2026, 10, 21).getTime();
    assert.deepEqual([now, midnight, midnight - 1, new Date(2026, 10, 1).getTime()].map(label), [
      'Today',
      'Today',
      'Yesterday',
      'Sunday, November 1',
    ]);
    assert.equal(label(new Date(2025, 0, 5).getTime()), 'Sunday, January 5, 2025');
    assert.equal(dayKey(midnight - 1), '2026-11-20');
  });
});
