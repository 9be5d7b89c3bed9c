import type { TimelineFilter, TimelinePage } from '../../core/engine';
import type { Trigger } from '../../core/records';
import { checkpointJson, listRows } from '../checkpointWords';
import { defineCommand, type Call } from '../command';
import { displayName } from '../escape';
import { exitCodes, type ExitCode } from '../exitCodes';
import { timelinePages } from '../pages';
import { UsageError } from '../usageError';
import { parseTime, parseWhole } from '../values';

const TRIGGERS: readonly Trigger[] = ['manual', 'safety', 'auto', 'cli', 'agent', 'import'];

/** `snapdir list` */
export const listCommand = defineCommand({
  name: 'list',
  synopsis: [
    '[-n COUNT] [--tag TAG] [--ref NAME] [--since TIME] [--until TIME] [--text TEXT] [--path PATH]',
  ],
  summary: 'list snapshots, newest first',
  details: [
    '* marks HEAD, [name] a name given by "promote", #tag a tag. Changes are against the parent:',
    '+ added, ~ modified, - deleted, r renamed, = none. "(from STORE)": fetched or imported.',
  ],
  options: {
    limit: { type: 'string', short: 'n', value: 'COUNT', help: 'at most so many' },
    tag: { type: 'string', value: 'TAG', help: 'only with this tag' },
    ref: { type: 'string', value: 'NAME', help: 'only what this name points to' },
    text: { type: 'string', value: 'TEXT', help: 'only with this text in the message' },
    path: { type: 'string', value: 'PATH', help: 'only what changed this file or folder' },
    trigger: {
      type: 'string',
      multiple: true,
      value: 'KIND',
      help: `only made by ${TRIGGERS.join(', ')}`,
    },
    since: {
      type: 'string',
      value: 'TIME',
      help: 'not older: 2026-11-21, 2026-11-21T09:30, 2h, 3d',
    },
    until: { type: 'string', value: 'TIME', help: 'not newer' },
  },
  arguments: [0, 0],
  async run(call, values) {
    const { limit, tag, ref, text, since, until } = values;
    const path = values.path === undefined ? '' : call.inside(values.path);
    const filter: TimelineFilter = {
      ...(tag === undefined ? {} : { tag }),
      ...(ref === undefined ? {} : { ref }),
      ...(text === undefined ? {} : { text }),
      // The folder itself: everything touches it.
      ...(path === '' ? {} : { path }),
      ...(values.trigger === undefined ? {} : { triggers: values.trigger.map(parseTrigger) }),
      ...(since === undefined ? {} : { since: parseTime('since', since, call.clock) }),
      ...(until === undefined ? {} : { until: parseTime('until', until, call.clock) }),
    };
    const most = limit === undefined ? Number.MAX_SAFE_INTEGER : parseWhole('limit', limit, 1);
    return call.output.mode.json ? listJson(call, filter, most) : listLines(call, filter, most);
  },
});

function parseTrigger(text: string): Trigger {
  const trigger = TRIGGERS.find((candidate) => candidate === text);
  if (trigger === undefined) {
    throw new UsageError(`--trigger ${displayName(text)}: write one of ${TRIGGERS.join(', ')}.`);
  }
  return trigger;
}

async function listJson(call: Call, filter: TimelineFilter, limit: number): Promise<ExitCode> {
  let first: TimelinePage | undefined;
  const checkpoints: ReturnType<typeof checkpointJson>[] = [];
  for await (const page of timelinePages(call, filter, limit)) {
    first ??= page;
    page.checkpoints.forEach((checkpoint) => checkpoints.push(checkpointJson(checkpoint)));
  }
  // Pages are this command's own business: `next` would mean nothing to a reader.
  call.output.document({ ...first, checkpoints, next: undefined });
  return exitCodes.done;
}

async function listLines(call: Call, filter: TimelineFilter, limit: number): Promise<ExitCode> {
  const { output } = call;
  let shown = 0;
  for await (const page of timelinePages(call, filter, limit)) {
    page.checkpoints.forEach((checkpoint) => output.printQuiet(checkpoint.id));
    if (page.checkpoints.length > 0) {
      listRows(page.checkpoints, call.clock.now(), shown === 0).forEach((row) => output.print(row));
    }
    shown += page.checkpoints.length;
    if (output.closed) {
      break;
    }
  }
  if (shown === 0) {
    const filtered = Object.keys(filter).length > 0;
    output.print(filtered ? 'No snapshot fits.' : 'No snapshots yet. "snapdir take" makes one.');
  }
  return exitCodes.done;
}
