import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CheckpointInfo, TimelineFilter, TimelineParams } from '../../../src/core/engine';
import { History } from '../../../src/core/history';
import type { CheckpointId } from '../../../src/core/ids';
import type { Trigger } from '../../../src/core/records';
import { timelinePage } from '../../../src/core/timelinePage';
import { restore } from './records';
import { Script } from './script';

/** What a filter means, without anything that is kept from one question to the next. */
function fits(one: CheckpointInfo, { text = '', ...filter }: TimelineFilter): boolean {
  const needle = text.toLowerCase();
  const words = [one.message, one.author, ...one.tags, ...one.refs];
  return (
    (filter.since === undefined || one.time >= filter.since) &&
    (filter.until === undefined || one.time <= filter.until) &&
    (filter.triggers === undefined || filter.triggers.includes(one.trigger)) &&
    (filter.tag === undefined || one.tags.includes(filter.tag)) &&
    (filter.ref === undefined || one.refs.includes(filter.ref)) &&
    (one.id.startsWith(needle) ||
      one.snapshot.startsWith(needle) ||
      words.some((word) => word.toLowerCase().includes(needle)))
  );
}

function plainly(history: History, { filter = {}, order, limit = 100 }: TimelineParams): unknown {
  const all = history.records.filter(({ kind, id }) => kind === 'take' && history.isLiving(id));
  const found = all.map(({ id }) => history.toInfo(id)).filter((one) => fits(one, filter));
  const sorted = order === 'oldest' ? found : found.reverse();
  return { total: found.length, checkpoints: sorted.slice(0, limit) };
}

/** The same as the view asks: each letter is one more question. */
function typed(history: History, params: TimelineParams): void {
  const { filter = {} } = params;
  const letters = [...(filter.text ?? '')];
  for (let length = 0; length <= letters.length; length++) {
    const text = letters.slice(0, length).join('');
    const asked = { ...params, filter: { ...filter, text } };
    const { total, checkpoints } = timelinePage(history, asked);
    assert.deepEqual({ total, checkpoints }, plainly(history, asked), JSON.stringify(asked));
  }
}

// Letters that change their length or their form in lower case; what may stand between words; digits of ids.
const letters = fc.constantFrom(...'aAbBfF07 \0\n.', 'Σ', 'σ', 'ς', 'İ', 'ß', 'É', '\u{1f600}');
const words = fc.array(letters, { maxLength: 5 }).map((list) => list.join(''));
const triggers = fc.constantFrom<Trigger>('manual', 'auto', 'cli');
interface Step {
  kind: 'take' | 'rename' | 'tag' | 'untag' | 'ref' | 'delete' | 'restore' | 'undo';
  at: number;
  words: string;
  more: string;
  trigger: Trigger;
}
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(
    ...(['take', 'take', 'take', 'rename', 'tag', 'untag', 'ref'] as const),
    ...(['delete', 'restore', 'undo'] as const),
  ),
  ...{ at: fc.nat(), words, more: words, trigger: triggers },
});
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 2 });
const asked = fc.record({
  filter: fc.record({
    text: words,
    ...{ tag: maybe(words), ref: maybe(words), triggers: maybe(fc.array(triggers)) },
    ...{ since: maybe(fc.nat(20_000)), until: maybe(fc.nat(20_000)) },
  }),
  order: fc.constantFrom('newest', 'oldest'),
  limit: fc.integer({ min: 1, max: 12 }),
}) as fc.Arbitrary<TimelineParams>;

/** Writes one record of those that may change what is found. */
function write(script: Script, takes: CheckpointId[], step: Step): void {
  const { kind, at, words: text, more, trigger } = step;
  const name = `${script.entries.length}`;
  const one = takes[at % Math.max(1, takes.length)];
  if (kind === 'take' || one === undefined) {
    const fields = { message: text, author: more, tags: at % 3 === 0 ? [more] : [], trigger };
    takes.push(script.take(name, takes.at(-1) ?? null, fields));
    return;
  }
  switch (kind) {
    case 'rename':
      return void script.rename(name, one, text);
    case 'tag':
      return void script.tag(name, one, [text]);
    case 'untag':
      return void script.tag(name, one, [], [text]);
    case 'ref':
      return void script.ref(name, text, one);
    case 'delete':
      return void script.delete(name, one);
    case 'restore':
      return void script.add(name, restore({ head: one }));
    case 'undo':
      return void script.undo(name, script.entries[at % script.entries.length]!.id);
  }
}

suite('the filter of the timeline', function () {
  // Hundreds of random cases, on a machine that may be busy.
  this.timeout(60_000);

  test('finds, letter by letter and record by record, what a plain look at each checkpoint finds', () => {
    const round = fc.record({ steps: fc.array(step, { maxLength: 8 }), asked });
    fc.assert(
      fc.property(fc.array(round, { maxLength: 6 }), (rounds) => {
        const script = new Script();
        const takes: CheckpointId[] = [];
        const history = new History();
        for (const { steps, asked: params } of rounds) {
          steps.forEach((one) => write(script, takes, one));
          script.entries.forEach(({ id, record }) => history.apply(id, record));
          typed(history, params);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('finds nothing across two words, and what has the sign between them in itself', () => {
    const script = new Script();
    const [one, two] = [script.take('ab', null, { author: 'cd' }), script.take('b\0c')];
    const found = (text: string): CheckpointId[] =>
      timelinePage(script.history, { filter: { text } }).checkpoints.map(({ id }) => id);
    assert.deepEqual(found('bc'), []);
    assert.deepEqual(found('b\0c'), [two]);
    assert.deepEqual(found('b\n'), []);
    assert.deepEqual(found('CD'), [one]);
  });

  test('puts the words of a checkpoint in lower case once', () => {
    const script = new Script();
    const first = script.take('One');
    const { history } = script;
    const { texts } = history;
    assert.deepEqual(texts, ['one\0me@here']);
    assert.equal(history.texts, texts);
    const apply = (): void => script.entries.forEach(({ id, record }) => history.apply(id, record));
    script.take('Two', first);
    script.add('restored', restore({ head: first }));
    apply();
    assert.equal(history.texts, texts);
    assert.deepEqual(texts, ['one\0me@here', 'two\0me@here']);
    script.rename('renamed', first, 'Uno');
    apply();
    assert.deepEqual(history.texts, ['uno\0me@here', 'two\0me@here']);
  });
});
