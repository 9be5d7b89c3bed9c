// What is profiled: one operation, some times over, in a process of its own. See ../../benchProfile.mjs.
import { join } from 'node:path';
import { edit, tenFiles } from '../edits.mjs';
import { createEngine, RULES } from '../ours.mjs';

const [operation, folder, dir, count] = process.argv.slice(2);
const engine = createEngine(folder, join(dir, 'store'));
const take = () => engine.take({ trigger: 'manual', rules: RULES });

const ten = () => tenFiles(folder);
let files;
const edited = () => {
  files ??= ten();
  edit(folder, files);
};

/** Steps by name: `before` each run, which is timed; `once` before all. */
const OPERATIONS = {
  /** Every time into a store of its own. */
  take: {
    async run(round) {
      const fresh = createEngine(folder, join(dir, `store${round}`));
      await fresh.take({ trigger: 'manual', rules: RULES });
      await fresh.close();
    },
  },
  unchanged: { once: take, run: take },
  edits: { once: take, before: edited, run: take },
  events: {
    once: take,
    before: edited,
    run: () =>
      engine.take({ trigger: 'manual', durability: 'relaxed', changed: files, rules: RULES }),
  },
  restore: {
    async run(round) {
      const destination = join(dir, `restored${round}`);
      await engine.restoreTo({ rev: 'HEAD', mode: 'at', destination });
    },
  },
  restoreTen: {
    once: take,
    before: edited,
    run: () => engine.restore({ rev: 'HEAD', paths: files, exact: false, rules: RULES }),
  },
  compare: {
    async once() {
      edited();
      await take();
    },
    async run() {
      const fresh = createEngine(folder, join(dir, 'store'));
      await fresh.compare({ left: 'HEAD~1', right: 'HEAD', rules: RULES });
      await fresh.close();
    },
  },
  verify: { run: () => engine.verify({ full: true }) },
  prepare: { run: take },
};

const { once, before, run } = OPERATIONS[operation];
await once?.();
let ms = 0;
for (let round = 0; round < Number(count); round++) {
  before?.();
  const start = performance.now();
  await run(round);
  ms += performance.now() - start;
}
// The threads write their profiles when they end.
await engine.close();
console.log(JSON.stringify({ ms: ms / Number(count) }));
