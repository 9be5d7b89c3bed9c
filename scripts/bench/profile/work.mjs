// What is profiled: one operation, some times over, in a process of its own. See ../../benchProfile.mjs.
import { join } from 'node:path';
import { edit, tenFiles } from '../edits.mjs';
import { createEngine, RULES } from '../ours.mjs';

const [operation, folder, dir, count] = process.argv.slice(2);
const engine = createEngine(folder, join(dir, 'store'));
const take = () => engine.take({ trigger: 'manual', rules: RULES });

const OPERATIONS = {
  /** Every time into a store of its own. */
  async take(round) {
    const fresh = createEngine(folder, join(dir, `store${round}`));
    await fresh.take({ trigger: 'manual', rules: RULES });
    await fresh.close();
  },
  unchanged: take,
  async edits() {
    edit(folder, tenFiles(folder));
    await take();
  },
  async restore(round) {
    const destination = join(dir, `restored${round}`);
    await engine.restoreTo({ rev: 'HEAD', mode: 'at', destination });
  },
  prepare: take,
};

for (let round = 0; round < Number(count); round++) await OPERATIONS[operation](round);
// The threads write their profiles when they end.
await engine.close();
