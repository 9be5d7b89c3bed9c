import { keepVault } from '../../app/maintainStore';
import { defineCommand } from '../command';
import { exitCodes } from '../exitCodes';
import { formatBytes, plural } from '../format';

/** `snapdir vault` */
export const vaultCommand = defineCommand({
  name: 'vault',
  synopsis: [''],
  summary: 'keep a copy of the store outside of the folder',
  details: [
    'Brings the vault up to date, or makes it: a copy of all snapshots below your home folder (SNAPDIR_HOME',
    'names another place). It survives "git clean -fdx" and a deleted folder, and costs no space where files',
    'can be cloned or linked. A linked file is damaged in both places when it is damaged in one; a copy on',
    'another disk is not. SNAPDIR_VAULT=1 makes every take do this. "snapdir recover --vault" brings it back.',
  ],
  options: {},
  arguments: [0, 0],
  async run({ repository, output, context }) {
    const result = await keepVault(repository, { all: true }, context);
    output.document(result);
    const { records, objects, copiedBytes } = result;
    output.print(
      records === 0
        ? 'The vault is up to date.'
        : `Into the vault: ${plural(records, 'record')} and ${plural(objects, 'object')}, ${formatBytes(copiedBytes)} copied.`,
    );
    return exitCodes.done;
  },
});
