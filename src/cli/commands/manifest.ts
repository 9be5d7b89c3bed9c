import { decodeUtf8 } from '../../base/utf8';
import { defineCommand } from '../command';
import { computeManifest, excludeDetails, manifestShape, tellSkipped } from '../manifestOptions';

/** `snapdir manifest` */
export const manifestCommand = defineCommand({
  ...manifestShape,
  name: 'manifest',
  summary: "print the manifest of a folder or snapshot, in snapdir's own format",
  details: [...excludeDetails, 'The same files give the same bytes on every machine.'],
  async run(call, values) {
    const result = await computeManifest(call, values);
    const { bytes, id, skipped } = result;
    if (call.output.mode.json) {
      call.output.document({ text: decodeUtf8(bytes), id, skipped });
    } else {
      await call.output.data(bytes);
    }
    return tellSkipped(call, result);
  },
});
