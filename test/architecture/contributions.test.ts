// What the manifest promises and what the code does are the same, and follow VS Code's rules.
import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from '../support/paths';

interface MenuItem {
  command?: string;
  submenu?: string;
  when?: string;
  group?: string;
}
interface Setting {
  scope?: string;
  default?: unknown;
  description?: string;
  markdownDescription?: string;
  order?: number;
}
interface Manifest {
  icon: string;
  l10n: string;
  extensionKind: string[];
  activationEvents: string[];
  enabledApiProposals?: string[];
  capabilities: {
    untrustedWorkspaces: {
      supported: unknown;
      description: string;
      restrictedConfigurations: string[];
    };
    virtualWorkspaces: { supported: unknown; description: string };
  };
  contributes: {
    commands: { command: string; title: string; category?: string; icon?: string }[];
    menus: Record<string, MenuItem[]>;
    submenus: { id: string }[];
    views: Record<string, { id: string; icon?: string; name: string; when?: string }[]>;
    viewsContainers: Record<string, { id: string; icon: string }[]>;
    keybindings: { command: string; key: string }[];
    configuration: { properties: Record<string, Setting> };
    viewsWelcome: { view: string; contents: string; when: string }[];
    walkthroughs: {
      steps: { title: string; description: string; media: { svg: string; altText: string } }[];
    }[];
  };
}

function read(path: string): string {
  return readFileSync(join(repositoryRoot, path), 'utf8');
}
const manifest = JSON.parse(read('package.json')) as Manifest;
const { commands, menus, views, viewsContainers, configuration } = manifest.contributes;
const settings = configuration.properties;

function sources(dir: string): string[] {
  return readdirSync(join(repositoryRoot, dir), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(`${dir}/${entry.name}`) : [`${dir}/${entry.name}`],
  );
}
const code = sources('src/ui').map((path) => ({ path, text: read(path) }));

suite('the manifest', () => {
  test('contributes exactly the commands that the code registers', () => {
    const registered = [
      ...read('src/ui/commands/registerCommands.ts').matchAll(/^ {2}'(snapdir\.\w+)':/gmu),
    ].map((match) => match[1]);
    const contributed = commands.map(({ command }) => command);
    assert.ok(registered.length > 20);
    assert.deepEqual([...contributed].sort(), [...registered].sort());
  });

  test('gives every command a category and a title', () => {
    for (const { command, title, category } of commands) {
      assert.equal(category, '%category%', command);
      assert.match(title, /^%command\.\w+%$/u, command);
    }
  });

  test('says of every command when the palette shows it', () => {
    const listed = menus['commandPalette']?.map(({ command }) => command) ?? [];
    const free = commands.map(({ command }) => command).filter((id) => !listed.includes(id));
    assert.deepEqual(free.sort(), [
      ...['snapdir.getStarted', 'snapdir.resetNotifications', 'snapdir.showLog'],
    ]);
  });

  test('names only commands, submenus and icons that exist', () => {
    const known = new Set(commands.map(({ command }) => command));
    const submenus = new Set(manifest.contributes.submenus.map(({ id }) => id));
    for (const item of Object.values(menus).flat()) {
      assert.ok(item.command === undefined || known.has(item.command), item.command);
      assert.ok(item.submenu === undefined || submenus.has(item.submenu), item.submenu);
    }
    const icons = [
      manifest.icon,
      ...Object.values(views)
        .flat()
        .map((v) => v.icon ?? ''),
    ];
    icons.push(...Object.values(viewsContainers).flatMap((all) => all.map(({ icon }) => icon)));
    for (const icon of icons) {
      assert.ok(icon !== '' && existsSync(join(repositoryRoot, icon)), `icon ${icon}`);
    }
    const inTitles = [...(menus['view/title'] ?? []), ...(menus['editor/title'] ?? [])];
    for (const { command: id, group } of inTitles) {
      const icon = commands.find(({ command }) => command === id)?.icon;
      assert.ok(!group?.startsWith('navigation') || icon !== undefined, `${id} needs an icon`);
    }
  });

  test('has no more views than a person can use, each with an icon', () => {
    const all = Object.values(views).flat();
    assert.ok(all.length <= 6);
    // Six are never there at once: one of them gives way.
    const givesWay = all.filter(({ when = '' }) =>
      when.endsWith('(!snapdir.comparison || !snapdir.plan)'),
    );
    assert.ok(all.length - givesWay.length <= 5);
    assert.ok(all.every(({ icon }) => icon?.endsWith('.svg')));
  });

  test('gives each setting a scope, a default, a description and a place', () => {
    assert.ok(Object.keys(settings).length <= 15);
    for (const [name, setting] of Object.entries(settings)) {
      assert.match(name, /^snapdir\./u);
      assert.ok(setting.scope, `${name} scope`);
      assert.ok('default' in setting, `${name} default`);
      assert.ok(setting.description ?? setting.markdownDescription, `${name} description`);
      assert.equal(typeof setting.order, 'number', `${name} order`);
    }
    const orders = Object.values(settings).map(({ order }) => order);
    assert.equal(new Set(orders).size, orders.length, 'no two settings at the same place');
    const used = code.flatMap(({ text }) =>
      [...text.matchAll(/\.get<[^(]*>\(\s*'(\w+)'/gu)].map((match) => `snapdir.${match[1]}`),
    );
    assert.deepEqual([...new Set(used)].sort(), Object.keys(settings).sort(), 'none is unused');
  });

  test('declares trust, virtual workspaces, where it runs, and no proposed API', () => {
    const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
    assert.equal(untrustedWorkspaces.supported, 'limited');
    assert.equal(virtualWorkspaces.supported, 'limited');
    assert.ok(untrustedWorkspaces.description && virtualWorkspaces.description);
    for (const name of untrustedWorkspaces.restrictedConfigurations) {
      assert.ok(name in settings, name);
    }
    assert.deepEqual(manifest.extensionKind, ['workspace']);
    assert.equal(manifest.enabledApiProposals, undefined);
    assert.ok(!manifest.activationEvents.includes('*'));
    assert.ok(manifest.activationEvents.includes('onFileSystem:snapdir'));
  });

  test('lets no workspace set what reaches outside of it', () => {
    // Names of programs, addresses and places: only this person may say them, for all workspaces.
    for (const [name, { scope, default: value }] of Object.entries(settings)) {
      assert.ok(['application', 'machine', 'resource', 'window'].includes(scope ?? ''), name);
      const reachesOut = /path|url|endpoint|command|program|vault|remote|profile|region/iu.test(
        name,
      );
      const isText = typeof value === 'string' && !('enum' in settings[name]!);
      if (reachesOut || isText) {
        assert.ok(scope === 'application' || scope === 'machine', `${name} has scope ${scope}`);
      }
    }
    const { restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    const names = ['exclude', 'useIgnoreFiles', 'maxFileSize', 'autoSnapshotsKeep'];
    for (const name of names.map((one) => `snapdir.${one}`)) {
      assert.ok(restrictedConfigurations.includes(name), `${name} is what a stranger could misuse`);
    }
  });

  test('has a word and one button for each empty timeline', () => {
    const nls = JSON.parse(read('package.nls.json')) as Record<string, string>;
    const { viewsWelcome } = manifest.contributes;
    const reasons = [...read('src/ui/views/emptyReason.ts').matchAll(/^ {2}\| '(\w+)'/gmu)];
    assert.ok(reasons.length >= 5);
    for (const [, reason = ''] of reasons) {
      const fits = viewsWelcome.filter(({ when }) => when.includes(reason));
      assert.ok(fits.length > 0, `no words for an empty timeline: ${reason}`);
    }
    for (const { view, contents } of viewsWelcome) {
      const text = nls[contents.replaceAll('%', '')] ?? '';
      const buttons = text
        .split('\n')
        .filter((line) => /^\[[^\]]+\]\(command:[^)]+\)$/u.test(line));
      assert.equal(buttons.length, view === 'snapdir.timeline' ? 1 : 0, contents);
      for (const [, id = ''] of text.matchAll(/\(command:(snapdir\.\w+)/gu)) {
        assert.ok(
          commands.some(({ command }) => command === id),
          id,
        );
      }
    }
  });

  test('tells no changes since the last snapshot from none since a chosen one', () => {
    const { viewsWelcome } = manifest.contributes;
    const clean = viewsWelcome.filter(({ when }) => when.includes("working == 'clean'"));
    const of = (base: string): number =>
      clean.filter(({ when }) => when.includes(`changesBase ${base} 'chosen'`)).length;
    // Since a chosen one a row of the view says it, which names that one and leads back.
    assert.deepEqual([clean.length, of('=='), of('!=')], [1, 0, 1]);
  });

  test('has a walkthrough of four steps, each with a picture that follows the theme', () => {
    const [walkthrough, ...more] = manifest.contributes.walkthroughs;
    assert.equal(more.length, 0);
    assert.equal(walkthrough?.steps.length, 4);
    for (const { media } of walkthrough.steps) {
      const picture = read(media.svg);
      assert.match(picture, /var\(--vscode-editor-background/u);
      // VS Code's page lets no style of the picture through: only attributes of their own paint.
      assert.doesNotMatch(picture, /\bstyle\s*=|<style/u);
      assert.doesNotMatch(picture.replace(/var\([^)]*\)/gu, ''), /#[0-9a-f]{3,8}\b/iu);
      // High contrast has no such backgrounds, and any other would hide what is on them.
      assert.doesNotMatch(picture, /(?:Selection|secondary)Background,(?!transparent)/u);
      assert.match(media.altText, /^%/u);
    }
  });

  test('binds no key that types a letter on any keyboard', () => {
    // On many keyboards AltGr is ctrl+alt: only as the second half of a chord does it type nothing.
    for (const { key } of manifest.contributes.keybindings) {
      assert.doesNotMatch(key, /^ctrl\+alt\+\w$/u);
    }
  });
});

suite('words', () => {
  test('of the manifest are all in package.nls.json, and none is left over', () => {
    const nls = JSON.parse(read('package.nls.json')) as Record<string, string>;
    const used = [...read('package.json').matchAll(/"%([\w.]+)%"/gu)].map((match) => match[1]);
    assert.deepEqual([...new Set(used)].sort(), Object.keys(nls).sort());
  });

  // UPDATE_L10N=1 writes the bundle anew.
  test('of the code are exactly those in the bundle that translators get', () => {
    const used = code.flatMap(({ text }) =>
      [...text.matchAll(/\bt\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/gu)].map((match) =>
        (match[1] ?? match[2] ?? '').replaceAll("\\'", "'"),
      ),
    );
    const wanted = Object.fromEntries([...new Set(used)].sort().map((words) => [words, words]));
    const path = `${manifest.l10n}/bundle.l10n.json`;
    if (process.env['UPDATE_L10N']) {
      writeFileSync(join(repositoryRoot, path), `${JSON.stringify(wanted, null, 2)}\n`);
    }
    assert.deepEqual(JSON.parse(read(path)), wanted);
    assert.ok(used.length > 100);
  });

  test('exist for every error code', () => {
    const declared = read('src/core/errors.ts').match(/^ {2}([A-Z][A-Z_0-9]+):/gmu) ?? [];
    const words = read('src/ui/errorWords.ts') + read('src/ui/remoteErrorWords.ts');
    const worded = words.match(/^ {2,4}([A-Z][A-Z_0-9]+):/gmu) ?? [];
    const names = (lines: string[]): string[] => lines.map((line) => line.trim()).sort();
    assert.deepEqual(names(worded), names(declared));
  });

  test('have no icon in them where a screen reader would read its name', () => {
    const iconic = code.filter(({ text }) => /\b(?:label|description): `\$\(/u.test(text));
    assert.deepEqual(iconic, []);
  });

  test('go through the prompts, which escape them', () => {
    const past = code.filter(
      ({ path, text }) =>
        path !== 'src/ui/prompts.ts' && /\.show(?:Information|Warning|Error)Message\(/u.test(text),
    );
    assert.deepEqual(
      past.map(({ path }) => path),
      [],
    );
  });

  test('are never put together from pieces at the place of a translation', () => {
    const pieced = code.filter(({ text }) => /\bt\(\s*`/u.test(text)).map(({ path }) => path);
    assert.deepEqual(pieced, []);
  });
});
