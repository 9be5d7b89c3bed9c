/** A bug that is put into the source on purpose, and the test that must notice. */
export interface SeededBug {
  name: string;
  /** Below `src/`. */
  file: string;
  /** Text that is there exactly once, and what stands there instead. */
  find: string;
  replace: string;
  /** Below `test/`, without `.test.ts`; and the tests in it, as Mocha's `--grep`. */
  test: string;
  grep: string;
  /** Which part of the test's full counts is needed to notice for certain: of races. */
  part?: number;
}

const MODEL = 'crash/crashModel';
const SECOND = 'second take, every file';
const LARGE = 'large take, the file system';

/** Faults that tools of this kind really had, one line each. */
export const seededBugs: SeededBug[] = [
  {
    name: 'a file is published without an fsync',
    file: 'engine/disk/durable.ts',
    find: '      if (durable) {\n        fs.fsync(fd);\n      }\n',
    replace: '',
    ...{ test: MODEL, grep: SECOND },
  },
  {
    name: 'a file is published without an fsync of its folder',
    file: 'engine/disk/durable.ts',
    find: "  if (durable) {\n    io('sync', path, () => fs.fsyncDir(dirOf(path)));\n  }\n",
    replace: '',
    ...{ test: MODEL, grep: SECOND },
  },
  {
    name: 'a short write is taken for a whole one',
    file: 'engine/disk/durable.ts',
    find: '  while (offset < length) {\n    const written',
    replace: '  if (offset < length) {\n    const written',
    ...{ test: 'crash/faults', grep: 'first take' },
  },
  {
    name: 'content is written unsynced and no mark says so',
    file: 'engine/store/unsynced.ts',
    find: '  const { fs } = env;\n  const path = own.get(keyOf(env, store));\n  const stat',
    replace:
      '  if (nowNs > 0n) return;\n  const { fs } = env;\n  const path = own.get(keyOf(env, store));\n  const stat',
    ...{ test: MODEL, grep: LARGE },
  },
  {
    name: 'after a power cut nobody looks what is torn',
    file: 'engine/store/unclean.ts',
    find: '  if (cut.length === 0) {',
    replace: '  if (cut.length >= 0) {',
    ...{ test: MODEL, grep: 'relaxed takes, the file system' },
  },
  {
    name: 'a journal whose folder is not synced',
    file: 'engine/worktree/restore/journal.ts',
    find: "  io('sync', dir, () => env.fs.fsyncDir(store.restore));\n",
    replace: '',
    ...{ test: MODEL, grep: 'exact restore, every file' },
  },
  {
    name: 'names are sorted as UTF-16',
    file: 'core/order.ts',
    find: '      return rank(x) - rank(y);',
    replace: '      return x - y;',
    ...{ test: 'reliability/differential', grep: 'random trees' },
  },
  {
    name: 'an object is restored without a look at its bytes',
    file: 'engine/jobs/copyJob.ts',
    find: '  if (actual !== target.hex) {',
    replace: "  if (actual === '') {",
    ...{ test: 'reliability/damage', grep: 'of objects' },
  },
  {
    name: 'a record is read without a look at its checksum',
    file: 'engine/store/records.ts',
    find: '  if (actual !== name.id) {',
    replace: "  if (actual === '') {",
    ...{ test: 'reliability/damage', grep: 'of records' },
  },
  {
    name: 'folders of version control tools are restored over',
    file: 'core/paths.ts',
    find: '    return PROTECTED.has(name) || SHORT_NAME.test(name);',
    replace: "    return name === '.svn';",
    ...{ test: 'reliability/sandbox', grep: 'protected' },
  },
  {
    name: 'a manifest may name what lies above the folder',
    file: 'core/paths.ts',
    find: "  if (name === '' || name === '.' || name === '..') {",
    replace: "  if (name === '' || name === '.') {",
    ...{ test: 'reliability/fuzz', grep: 'manifests' },
  },
  {
    name: 'the quick check takes a manifest that is not sorted',
    file: 'core/manifest/sound.ts',
    find: '    return after ? common : -1;',
    replace: '    return after ? common : common;',
    ...{ test: 'reliability/fuzz', grep: 'manifests' },
  },
  {
    name: 'fields of a journal are believed',
    file: 'engine/worktree/restore/journal.ts',
    find: "  const head = checkHead(parseLine(lines[0]!), 'journal');",
    replace: '  const head = JSON.parse(lines[0]!) as Journal;',
    ...{ test: 'reliability/fuzz', grep: 'journals' },
  },
  {
    name: 'a file that a link led to is captured',
    file: 'engine/disk/openedAt.ts',
    find: "  if (real === '') {",
    replace: "  if (real !== 'x') {",
    ...{ test: 'reliability/attackers', grep: 'a folder and a link', part: 0.15 },
  },
  {
    name: 'what a name keeps is deleted',
    file: 'engine/methods/edit.ts',
    find: '    if (refs.length > 0) {',
    replace: '    if (refs.length > 99) {',
    ...{ test: 'reliability/sequences', grep: 'plain model' },
  },
  {
    name: 'modes of files are not compared',
    file: 'core/compare.ts',
    find: '  if (left.type !== right.type || left.mode !== right.mode) {',
    replace: '  if (left.type !== right.type) {',
    ...{ test: 'unit/core/compare', grep: 'mode and kind' },
  },
  {
    name: 'links are left out of records',
    file: 'core/records/fields.ts',
    find: '  shape<LinkEntry>({ path, target: text(RECORD_LIMITS.linkTarget) }),\n);',
    replace:
      '  shape<LinkEntry>({ path, target: text(RECORD_LIMITS.linkTarget) }),\n) && (() => []);',
    ...{ test: 'reliability/roundTrip', grep: 'same id' },
  },
  {
    name: 'a young stat is trusted',
    file: 'engine/hashing/statCache.ts',
    find: '  return columns.mtimes[row]! >= limit || columns.ctimes[row]! >= limit;',
    replace: '  return columns.mtimes[row]! >= limit * 2n;',
    ...{ test: 'unit/engine/look', grep: 'same tick' },
  },
  {
    name: 'the mode of a folder that was opened up is not synced',
    file: 'engine/worktree/restore/converge.ts',
    find: '        // It may be the mode that is wanted, and then nobody sets it again.\n        run.touched.add(path);',
    replace: '',
    ...{ test: 'crash/randomModel', grep: 'not whole once' },
  },
  {
    name: 'bytes that were displaced are dropped unseen',
    file: 'engine/worktree/restore/settle.ts',
    find: '    if (isInStore(run, name, { path, stat }, [item.step.before, item.step.after])) {',
    replace:
      '    if (isInStore(run, name, { path, stat }, [item.step.before, item.step.after]) || n !== -1) {',
    ...{ test: 'crash/editedMeanwhile', grep: '' },
  },
  {
    name: 'garbage collection deletes at once',
    file: 'engine/store/purge.ts',
    find: '    return stat === undefined || Number(stat.mtimeNs / 1_000_000n) + TRASH_MS <= now;',
    replace: '    return stat === undefined || TRASH_MS <= now;',
    ...{ test: 'unit/engine/store/collectGarbage', grep: 'a day later for good' },
  },
  {
    name: 'a clock that leapt ahead is believed as soon as something was taken',
    file: 'engine/store/gcClock.ts',
    find: '  if (leaptLately(env, store, now)) {',
    replace: '  if (now < 0 && leaptLately(env, store, now)) {',
    ...{ test: 'unit/engine/store/collectGarbage', grep: 'a clock that leapt ahead' },
  },
  {
    name: 'a sync that failed is simply tried again',
    file: 'engine/store/failedSyncs.ts',
    find: "  if (sinceNs === undefined || !LOST.has(errnoBehind(error) ?? '')) {",
    replace: '  if (sinceNs === undefined || LOST.size > 0) {',
    ...{ test: 'unit/engine/store/failingDisk', grep: 'after a sync that failed' },
  },
  {
    name: 'an object counts as stored whatever its size',
    file: 'engine/jobs/place.ts',
    find: "  if (stat.kind !== 'file' || stat.size !== of.size) {",
    replace: "  if (stat.kind !== 'file') {",
    ...{ test: 'unit/engine/take', grep: 'an object that was damaged in size' },
  },
  {
    name: 'garbage collection does not know what an interrupted restore needs',
    file: 'engine/store/marks.ts',
    find: '    this.markJournals(control);\n',
    replace: '',
    ...{ test: 'unit/engine/store/collectMeanwhile', grep: 'a restore that was interrupted' },
  },
  {
    name: 'a lease is taken from somebody who was not watched for long',
    file: 'engine/disk/leaseFile.ts',
    find: '  return now - seen.at >= STALE_MS;',
    replace: '  return now - seen.at >= STALE_MS / 1000;',
    ...{ test: 'unit/engine/disk/lease', grep: 'of another machine only silence tells' },
  },
  {
    name: 'a process with the number of a dead one is taken for it',
    file: 'engine/disk/leaseFile.ts',
    find: "(text.started !== '' && started !== '' && started !== text.started)",
    replace: "text.started === 'never'",
    ...{ test: 'unit/engine/disk/lease', grep: 'a process number that was given out again' },
  },
  {
    name: 'control characters in names are recorded',
    file: 'core/paths.ts',
    find: '  if (CONTROL.test(name)) {',
    replace: "  if (CONTROL.test('')) {",
    ...{ test: 'unit/engine/take', grep: 'lists by name what cannot' },
  },
  {
    name: 'modes from elsewhere are believed',
    file: 'engine/worktree/restore/tameModes.ts',
    find: '    const mode = (entry.mode & 0o755) |',
    replace: '    const mode = entry.mode |',
    ...{ test: 'reliability/sandbox', grep: 'protected' },
  },
  {
    name: 'names that Windows refuses are written as they are',
    file: 'core/fittingNames.ts',
    find: '    if (!(limits.windows && windowsProblem(name) !== undefined) && !taken.has(keyOf(name))) {',
    replace: '    if (!taken.has(keyOf(name))) {',
    ...{ test: 'unit/core/fittingNames', grep: 'what Windows refuses' },
  },
  {
    name: 'what root restores becomes root’s',
    file: 'engine/worktree/restore/owner.ts',
    find: '  if (same) {',
    replace: '  if (same || replaced.uid >= 0) {',
    ...{ test: 'unit/engine/restore/owner', grep: 'owners of what' },
  },
  {
    name: 'a store that came with a clone is taken for one’s own',
    file: 'engine/store/storeRoot.ts',
    find: '  const foreign = !isRegistered(',
    replace: '  const foreign = isRegistered.length === 0 && !isRegistered(',
    ...{ test: 'unit/engine/repair/adopt', grep: '' },
  },
  {
    name: 'a journal that cannot be opened for a moment is thrown away',
    file: 'engine/worktree/restore/pendingRestore.ts',
    find: "  return !SnapdirError.is(error, 'IO') || isOfDisk(error);",
    replace: "  return error.code !== 'PARSE' || isOfDisk(error);",
    ...{ test: 'unit/engine/restore/journalRead', grep: 'stays' },
  },
  {
    name: 'a name counts as set though its record could not be written',
    file: 'engine/methods/edit.ts',
    find: '  appendRecord(env, store, fetched ? { ...record, fetched } : record);',
    replace:
      '  try { appendRecord(env, store, fetched ? { ...record, fetched } : record); } catch {}',
    ...{ test: 'crash/faults', grep: 'promote' },
  },
];
