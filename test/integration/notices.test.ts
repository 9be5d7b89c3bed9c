import assert from 'node:assert/strict';
import { Notices } from '../../src/ui/notices';
import { createPrompts } from '../../src/ui/prompts';

/** Messages that are on screen, closed by the test. */
class Screen {
  readonly shown: { text: string; buttons: string[]; close: (answer?: string) => void }[] = [];
  readonly lines: string[] = [];
  private readonly kept = new Map<string, unknown>();
  readonly notices = new Notices(
    {
      ...createPrompts(),
      ...{ info: this.say(), warn: this.say() },
      status: (text) => void this.lines.push(text),
    },
    {
      get: (key) => this.kept.get(key),
      update: (key, value) => Promise.resolve(void this.kept.set(key, value)),
    },
  );

  get texts(): string[] {
    return this.shown.map(({ text }) => text);
  }

  private say() {
    return (text: string, ...buttons: string[]): Promise<string | undefined> =>
      new Promise((close) => this.shown.push({ text, buttons, close }));
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

suite('notices', () => {
  test('come one at a time, and give the answer to who asked', async () => {
    const screen = new Screen();
    const first = screen.notices.show('storeGone', 'warn', 'first', 'Do It');
    const second = screen.notices.show('storeForeign', 'info', 'second');
    await turn();
    assert.deepEqual(screen.texts, ['first']);
    assert.deepEqual(screen.shown[0]?.buttons, ['Do It', "Don't Show Again"]);
    screen.shown[0]?.close('Do It');
    assert.equal(await first, 'Do It');
    await turn();
    assert.deepEqual(screen.texts, ['first', 'second']);
    screen.shown[1]?.close();
    assert.equal(await second, undefined);
  });

  test('stay away when hidden, each kind for itself, until they are reset', async () => {
    const screen = new Screen();
    const { notices } = screen;
    const hidden = notices.show('storeDamaged', 'warn', 'hide me', 'Repair');
    await turn();
    screen.shown[0]?.close("Don't Show Again");
    assert.equal(await hidden, undefined);
    assert.equal(await notices.show('storeDamaged', 'warn', 'hide me', 'Repair'), undefined);
    void notices.show('storeGone', 'warn', 'another');
    await turn();
    assert.deepEqual(screen.texts, ['hide me', 'another']);
    screen.shown[1]?.close("Don't Show Again");
    await turn();
    for (const id of ['storeDamaged', 'storeGone'] as const) {
      assert.equal(await notices.show(id, 'warn', 'both are hidden'), undefined);
    }
    assert.equal(await notices.reset(), 2);
    assert.equal(await notices.reset(), 0);
    void notices.show('storeDamaged', 'warn', 'back again');
    await turn();
    assert.equal(screen.texts.at(-1), 'back again');
  });

  test('of what went well come at once, and hidden ones are a line in the status bar', async () => {
    const screen = new Screen();
    const { notices } = screen;
    void notices.show('storeGone', 'warn', 'stands there');
    await turn();
    const told = notices.tell('restored', 'restored', ['Undo'], 'or by a command');
    await turn();
    assert.deepEqual(screen.texts, ['stands there', 'restored']);
    assert.deepEqual(screen.shown[1]?.buttons, ['Undo', "Don't Show Again"]);
    screen.shown[1]?.close('Undo');
    assert.equal(await told, 'Undo');
    const hidden = notices.tell('restored', 'restored', ['Undo']);
    screen.shown[2]?.close("Don't Show Again");
    assert.equal(await hidden, undefined);
    assert.equal(await notices.tell('restored', 'once more', ['Undo'], 'by a command'), undefined);
    assert.equal(screen.shown.length, 3);
    assert.deepEqual(screen.lines, ['once more by a command']);
  });
});
