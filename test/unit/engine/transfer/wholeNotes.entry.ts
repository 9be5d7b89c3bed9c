// A process that notes one snapshot after the other as whole in a remote, as soon as a file is there.
import { existsSync } from 'node:fs';
import type { SnapshotId } from '../../../../src/core/ids';
import { quietControl } from '../../../../src/engine/context';
import { createMethods } from '../../../../src/engine/engine';
import { testEnv } from '../../../support/directEngine';
import type { NoteOptions } from './wholeNotes.test';

const { root, remote, ids, go } = JSON.parse(process.argv[2]!) as NoteOptions;

const methods = createMethods(testEnv(), { root });
process.stdout.write('ready\n');
while (!existsSync(go)) {
  // All of them are to begin in the same moment.
}
for (const [at, snapshot] of ids.entries()) {
  methods.noteWhole(
    { remote, snapshot: snapshot as SnapshotId, at: at + 1, objects: 1 },
    quietControl,
  );
}
