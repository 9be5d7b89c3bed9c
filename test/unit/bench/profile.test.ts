// What the profiler and strace say, read right.
import assert from 'node:assert/strict';
import { parseSummary } from '../../../scripts/bench/profile/calls.mjs';
import { classTimes, selfTimes } from '../../../scripts/bench/profile/cpu.mjs';

suite('profiles of the benchmark', () => {
  test('self time is summed by function, idle time apart', () => {
    const node = (id: number, functionName: string, url = '') => ({
      id,
      callFrame: { functionName, url, lineNumber: 9, columnNumber: 1 },
    });
    const profile = {
      nodes: [node(1, '(idle)'), node(2, 'mkdir'), node(3, 'take', 'file:///p/a.cjs')],
      samples: [1, 2, 3, 2],
      timeDeltas: [5000, 1000, 2000, 3000],
    };
    assert.deepEqual(selfTimes(profile, '/p'), {
      total: 11,
      idle: 5,
      functions: [
        { place: 'mkdir  native', ms: 4 },
        { place: 'take  a.cjs:10', ms: 2 },
      ],
    });
  });

  test('time is told by what it was spent on', () => {
    const frames: [string, string][] = [
      ...([
        ['(idle)', ''],
        ['lstat', ''],
        ['fsync', ''],
        ['blake3_hash_many', 'wasm://wasm/1'],
        ['(garbage collector)', ''],
        ['take', 'file:///p/a.cjs'],
        // Not Node's own: a function of ours that is called as one of them.
        ['open', 'file:///p/a.cjs'],
      ] as [string, string][]),
    ];
    const nodes = frames.map(([functionName, url], id) => ({
      id,
      callFrame: { functionName, url, lineNumber: 1, columnNumber: 1 },
    }));
    const samples = nodes.map(({ id }) => id);
    const timeDeltas = nodes.map(({ id }) => 1000 * 2 ** id);
    assert.deepEqual(classTimes({ nodes, samples, timeDeltas }), {
      ...{ waiting: 1, files: 2, disk: 4, hashing: 8, memory: 16, program: 32 + 64 },
    });
  });

  test('the summary of strace, with and without errors, without its total', () => {
    const text = [
      '% time     seconds  usecs/call     calls    errors syscall',
      '------ ----------- ----------- --------- --------- ----------------',
      ' 20.00    0.200000          20     10000           openat',
      ' 80.00    0.800000          47     17000       339 mkdir',
      '------ ----------- ----------- --------- --------- ----------------',
      '100.00    1.000000          37     27000       339 total',
    ].join('\n');
    assert.deepEqual(parseSummary(text), [
      { name: 'mkdir', seconds: 0.8, micros: 47, calls: 17000, errors: 339 },
      { name: 'openat', seconds: 0.2, micros: 20, calls: 10000, errors: 0 },
    ]);
  });
});
