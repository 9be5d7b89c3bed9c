import { listOperations } from '../../app/undoOperations';
import type { OperationInfo, OperationPage } from '../../core/engine';
import type { RecordId } from '../../core/ids';
import { isoTime } from '../checkpointWords';
import { defineCommand, type Call } from '../command';
import { exitCodes } from '../exitCodes';
import { operationRows } from '../operationWords';
import { parseWhole } from '../values';

const DEFAULT_LIMIT = 50;
const PAGE = 500;

/** `snapdir ops` */
export const opsCommand = defineCommand({
  name: 'ops',
  synopsis: ['[-n COUNT]'],
  summary: 'list what was done, newest first: "undo" can take it back',
  details: [
    '* marks what "snapdir undo" would take back next, - what was undone. Automatic snapshots are passed over.',
  ],
  options: {
    limit: {
      type: 'string',
      short: 'n',
      value: 'COUNT',
      help: `at most so many (default ${DEFAULT_LIMIT})`,
    },
  },
  arguments: [0, 0],
  async run(call, values) {
    const limit = values.limit === undefined ? DEFAULT_LIMIT : parseWhole('limit', values.limit, 1);
    const all: OperationInfo[] = [];
    let first: OperationPage | undefined;
    for await (const page of pages(call, limit)) {
      first ??= page;
      all.push(...page.operations);
    }
    const { undo = null, redo = null } = first ?? {};
    const operations = all.map((info) => ({ ...info, iso: isoTime(info.time) }));
    call.output.document({ operations, undo, redo });
    all.forEach(({ id }) => call.output.printQuiet(id));
    if (all.length === 0) {
      call.output.print('Nothing was done yet. "snapdir take" makes a snapshot.');
      return exitCodes.done;
    }
    const rows = operationRows({ operations: all, undo, redo }, call.clock.now(), true);
    rows.forEach((row) => call.output.print(row));
    return exitCodes.done;
  },
});

async function* pages(call: Call, limit: number): AsyncGenerator<OperationPage> {
  let left = limit;
  let before: RecordId | undefined;
  do {
    const of = { limit: Math.min(left, PAGE), ...(before === undefined ? {} : { before }) };
    const page = await listOperations(call.repository, of, call.context);
    yield page;
    left -= page.operations.length;
    before = page.next;
  } while (before !== undefined && left > 0);
}
