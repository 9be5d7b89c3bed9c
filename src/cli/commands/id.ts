import { defineCommand } from '../command';
import { computeManifest, excludeDetails, manifestShape, tellSkipped } from '../manifestOptions';

/** `snapdir id` */
export const idCommand = defineCommand({
  ...manifestShape,
  name: 'id',
  summary: 'print the snapshot id of a folder or snapshot',
  details: [...excludeDetails, 'The same files give the same id on every machine.'],
  async run(call, values) {
    const result = await computeManifest(call, values);
    const { id, skipped } = result;
    if (call.output.mode.json) {
      call.output.document({ id, skipped });
    } else {
      await call.output.data(`${id}\n`);
    }
    return tellSkipped(call, result);
  },
});
