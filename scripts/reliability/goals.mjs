// What the full set of reliability tests has to reach, and which figures of the tests count for it.

/** @type {readonly import('./goals.mjs').Goal[]} */
export const GOALS = [
  {
    ...{
      test: 'T1',
      title: 'states after a power cut, of the engine’s own log',
      count: 10_000_000,
    },
    of: ['crash states', 'crash states, random scenarios'],
  },
  {
    ...{ test: 'T2', title: 'stops, at every call of each command', count: 150_000 },
    of: ['stop points', 'stop points, random scenarios'],
  },
  {
    ...{ test: 'T3', title: 'kills at system calls, in recoveries, at random times', count: 3_000 },
    of: [
      ...['kills at system calls', 'kills, the recovery too', 'kills of a recovery'],
      'kills at random times',
    ],
  },
  {
    ...{ test: 'T3', title: 'kills of promotions to a folder', count: 300 },
    of: ['kills of a promotion, at calls', 'kills of a promotion, at random times'],
  },
  {
    ...{ test: 'T3', title: 'kills of promotions to Ceph', count: 500 },
    ...{ remote: true, of: ['kills of a promotion to Ceph'] },
  },
  {
    ...{ test: 'T4', title: 'power-cut images on ext4, xfs and btrfs', count: 600 },
    of: ['power-cut images, ext4', 'power-cut images, xfs', 'power-cut images, btrfs'],
  },
  {
    ...{ test: 'T4', title: 'the same with syncs switched off: noticed within 20', count: 60 },
    of: ['images without syncs, ext4', 'images without syncs, xfs', 'images without syncs, btrfs'],
  },
  {
    ...{ test: 'T5', title: 'injected errors', count: 10_000 },
    of: ['injected errors'],
  },
  {
    ...{ test: 'T5', title: 'disks too small, or made read-only', count: 500 },
    of: ['disk sizes', 'disks made read-only'],
  },
  {
    ...{ test: 'T6', title: 'takes by 2, 4 and 8 processes', count: 10_000 },
    of: ['takes by 2 processes', 'takes by 4 processes', 'takes by 8 processes'],
  },
  {
    ...{ test: 'T6', title: 'collections meanwhile', count: 2_000 },
    of: ['collections by 2 processes', 'collections by 4 processes', 'collections by 8 processes'],
  },
  {
    ...{ test: 'T6', title: 'promotions by 8 processes to one name of a folder', count: 200 },
    of: ['promotions by 8 processes'],
  },
  {
    ...{ test: 'T6', title: 'promotions by 8 processes to one name of a Ceph', count: 200 },
    ...{ remote: true, of: ['promotions by 8 processes to Ceph'] },
  },
  {
    ...{ test: 'T7', title: 'parses of fuzzed manifests, records, journals and names' },
    ...{ count: 20_000_000 },
    of: [
      ...['manifests parsed', 'forged manifests parsed', 'records parsed', 'journals parsed'],
      'names and revisions parsed',
    ],
  },
  {
    ...{ test: 'T7', title: 'forged manifests restored in a sandbox', count: 50_000 },
    of: ['sandboxed restores'],
  },
  {
    ...{ test: 'T7', title: 'stores with a forged file of another kind', count: 100_000 },
    of: ['stores with a forged file'],
  },
  {
    ...{ test: 'T8', title: 'swaps by attackers', count: 1_000_000 },
    of: [
      'swaps of a folder and a link to another place',
      'swaps of a folder below and a link to another place',
      'swaps of a file and a link to another file',
      'swaps of a file and a pipe',
    ],
  },
  {
    ...{ test: 'T9', title: 'random trees: taken, compared, restored, undone, redone' },
    ...{ count: 20_000, of: ['random trees on a disk', 'random trees in memory'] },
  },
  {
    ...{ test: 'T9', title: 'sequences of 30 commands against a plain model', count: 2_000 },
    of: ['sequences of commands'],
  },
  {
    ...{ test: 'T10', title: 'random trees against `find`, `b3sum` and `sort`', count: 5_000 },
    of: ['random trees'],
  },
  {
    ...{ test: 'T11', title: 'damaged files of a store', count: 10_000 },
    of: ['damaged objects', 'damaged manifests', 'damaged records', 'damaged caches'],
  },
  {
    ...{ test: 'T12', title: 'folders whose clocks jump', count: 500 },
    of: ['folders with jumping clocks'],
  },
  {
    ...{ test: 'T12', title: 'folders with commands whose clock is wrong', count: 60 },
    of: ['folders with commands whose clock is wrong'],
  },
  {
    ...{ test: 'T13', title: 'file systems', count: 9 },
    of: [
      ...['ext4', 'ext2', 'xfs', 'btrfs', 'tmpfs', 'overlay', 'exfat', 'ntfs', 'disorderfs'],
    ].map((name) => `file system: ${name}`),
  },
  {
    ...{ test: 'T14', title: 'takes of a day, of three processes', count: 8_640 },
    of: ['takes of a day'],
  },
  {
    ...{ test: 'T16', title: 'made-up secrets, a folder promoted to', count: 60 },
    of: ['canaries'],
  },
  {
    ...{ test: 'T16', title: 'made-up secrets, a Ceph promoted to', count: 100 },
    ...{ remote: true, of: ['canaries, Ceph'] },
  },
  {
    ...{ test: 'T17', title: 'seeded bugs', count: 30 },
    of: ['seeded bugs'],
  },
  {
    ...{ test: 'T18', title: 'losses of other tools', count: 6 },
    of: ['losses of other tools'],
  },
];
