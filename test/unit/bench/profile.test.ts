// What the profiler and strace say, read right.
import assert from 'node:assert/strict';
import { parseSummary } from '../../../scripts/bench/profile/calls.mjs';
import { selfTimes } from '../../../scripts/bench/profile/cpu.mjs';

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
