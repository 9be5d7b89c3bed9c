// What the benchmark must undo, it undoes once, the latest first, and waits for it.
import assert from 'node:assert/strict';
import { atEnd, end, run } from '../../../scripts/bench/run.mjs';

suite('the end of the benchmark', () => {
  test('undoes the latest first, and nothing twice', async () => {
    const seen: string[] = [];
    const undo = (name: string) => atEnd(() => void seen.push(name));
    undo('place');
    const early = undo('scratch');
    undo('engine');
    await early();
    await end();
    await end();
    assert.deepEqual(seen, ['scratch', 'engine', 'place']);
  });

  test('waits for what is being undone already', async () => {
    let release = (): void => undefined;
    let through = false;
    const early = atEnd(async () => {
      await new Promise<void>((resolve) => (release = resolve));
      through = true;
    });
    const started = early();
    const ended = end().then(() => through);
    release();
    assert.equal(await ended, true);
    await started;
  });

  test('goes on when something cannot be undone', async () => {
    const seen: string[] = [];
    atEnd(() => void seen.push('place'));
    atEnd(() => Promise.reject(new Error('busy')));
    const { error } = console;
    console.error = (text: string) => void seen.push(text);
    try {
      await end();
    } finally {
      console.error = error;
    }
    assert.deepEqual(seen, ['bench: could not tidy up: busy', 'place']);
  });
});

suite('programs of the benchmark', () => {
  test('print, or fail with their last words', async () => {
    const node = (code: string, output = false) => run(process.execPath, ['-e', code], { output });
    assert.equal(await node('console.log("a word")', true), 'a word\n');
    await assert.rejects(node('console.error("no such thing"); process.exit(3)'), (error: Error) =>
      /ended with 3: no such thing/.test(error.message),
    );
    await assert.rejects(run('there-is-no-such-program', []), /ENOENT/);
  });
});
