import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { atOnce, coalesce, debounce, throttle } from '../../../src/ui/scheduling/coalesce';

suite('coalesce', () => {
  test('runs a burst twice, and each call settles after a run that began after it', async () => {
    let started = 0;
    let finished = 0;
    const run = coalesce(async () => {
      started += 1;
      await sleep(5);
      finished += 1;
    });
    const first = run();
    const burst = [run(), run(), run()];
    await first;
    assert.equal(finished, 1);
    await Promise.all(burst);
    assert.deepEqual([started, finished], [2, 2]);
    await run();
    assert.equal(started, 3);
  });

  test('goes on after a failure', async () => {
    let calls = 0;
    const run = coalesce(() => {
      calls += 1;
      return calls === 1 ? Promise.reject(new Error('once')) : Promise.resolve();
    });
    const failing = run();
    const next = run();
    await assert.rejects(failing, /once/u);
    await next;
    assert.equal(calls, 2);
  });
});

suite('debounce', () => {
  test('calls once after the last call, and not after cancel', async () => {
    let calls = 0;
    const later = debounce(() => (calls += 1), 10);
    later.call();
    later.call();
    await sleep(30);
    assert.equal(calls, 1);
    later.call();
    later.cancel();
    await sleep(30);
    assert.equal(calls, 1);
  });
});

suite('throttle', () => {
  test('calls while calls go on, and not after cancel', async () => {
    let calls = 0;
    const soon = throttle(() => (calls += 1), 10);
    for (let n = 0; n < 20; n++) {
      soon.call();
      await sleep(5);
    }
    assert.ok(calls >= 2 && calls < 20, `${calls} calls`);
    await sleep(30);
    const before = calls;
    soon.call();
    soon.cancel();
    await sleep(30);
    assert.equal(calls, before);
  });
});

suite('at once', () => {
  test('calls at once, then one time for all that came close together, and not after cancel', async () => {
    let calls = 0;
    const typing = atOnce(() => (calls += 1), 20);
    typing.call();
    assert.equal(calls, 1, 'at once');
    typing.call();
    typing.call();
    assert.equal(calls, 1, 'the rest waits');
    await sleep(60);
    assert.equal(calls, 2);
    typing.call();
    assert.equal(calls, 3, 'after a pause at once again');
    typing.call();
    typing.cancel();
    await sleep(60);
    assert.equal(calls, 3);
  });
});
