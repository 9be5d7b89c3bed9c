// The stages of `npm test`, in the order in which they run: what fails fastest comes first. Those with the same
// `beside` that follow each other need one core each, so two of them run at the same time; windows mostly wait, so
// three of them do (`lanes`).
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { root } from './prepare.mjs';

const BUILT = join(root, 'out', 'test');
const SUPPORT = join(root, 'test', 'support');
const MOCHA = join(root, 'node_modules', 'mocha', 'bin', 'mocha.js');
/** Folders under test/ that are not plain Mocha stages: they need more than Node, or are no tests. */
const OTHERS = ['integration', 'ui', 'package', 'bench', 'support', 'harness', 'fixtures'];
/** What takes longer than five on a busy machine. */
const MINUTES = { unit: 15, contract: 10, cli: 15, crash: 25, reliability: 20 };
/** What a stage talks to. */
const STAGE_SERVERS = {
  contract: [
    'ceph',
    ...(process.env.SNAPDIR_TEST_SWIFT ? ['swift'] : []),
    ...(process.env.SNAPDIR_TEST_MOTO ? ['moto'] : []),
  ],
  ui: ['ceph'],
};
/**
 * In this order two cores end at about the same time: what takes long is not left to the end. A folder that is not
 * named comes last.
 */
const ORDER = ['golden', 'architecture', 'app', 'unit', 'reliability', 'crash', 'cli', 'contract'];
/**
 * What one version of VS Code is enough for: permanent stores, repair and paging are the engine's, and what is shown of
 * them is shown by views that the other suites meet in both versions. SNAPDIR_TEST_EVERY_VERSION=1 runs them in both.
 */
const ONE_VERSION = [
  'remotes',
  'gitStore',
  'multiRootStores',
  'outside',
  'repair',
  'longTimeline',
  'walks',
];
/** So many stages share the files of a folder. */
const SHARED_BY = { reliability: 4, ui: 4 };

/** The built test files of a stage. */
export function testFiles(folder) {
  const dir = join(BUILT, folder);
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.cjs'))
    .sort()
    .map((file) => join(dir, file));
}

function nodeFolders() {
  const found = existsSync(join(root, 'test'))
    ? readdirSync(join(root, 'test'), { withFileTypes: true })
    : [];
  const names = found.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const more = names.filter((name) => !ORDER.includes(name) && !OTHERS.includes(name)).sort();
  return [...ORDER, ...more];
}

/** The arguments that make Node run Mocha over files, with the summary that `runStage` reads. */
export function mochaArguments(files, { grep, timeout }) {
  return [
    ...[MOCHA, '--reporter', join(SUPPORT, 'summaryReporter.cjs')],
    ...['--ui', 'tdd'],
    ...['--timeout', String(timeout), '--forbid-only'],
    ...(grep ? ['--grep', grep] : []),
    ...files,
  ];
}

const versionsToTry = () => (process.env.VSCODE_EXECUTABLE ? ['desktop'] : ['newest', 'lowest']);

function staticStages() {
  return ['typecheck', 'lint', 'layers', 'format:check'].map((script) => ({
    ...{ group: 'static', name: `static: ${script}`, minutes: 5, script, beside: 'no window' },
  }));
}

/** The files of a folder in as many shares as stages have them, with the name of each. */
function sharesOf(folder, files) {
  const shares = SHARED_BY[folder] ?? 1;
  return Array.from({ length: shares }, (_, share) => ({
    name: shares === 1 ? folder : `${folder}, ${share + 1} of ${shares}`,
    files: files.filter((_file, at) => at % shares === share),
  }));
}

function nodeStages(grep) {
  return nodeFolders().flatMap((folder) =>
    sharesOf(folder, testFiles(folder)).map(({ name, files }) =>
      nodeStage(folder, name, files, grep),
    ),
  );
}

function nodeStage(folder, name, files, grep) {
  const args = mochaArguments(files, { grep, timeout: 20_000 });
  // The engine's threads then fail when they post a message that is too large.
  const env = { SNAPDIR_CHECK_MESSAGES: '1' };
  const minutes = MINUTES[folder] ?? 5;
  const more = { tools: folder === 'reliability', servers: STAGE_SERVERS[folder] };
  return {
    ...{ group: folder, name, files, args, env, minutes, counts: true, beside: 'no window' },
    ...more,
  };
}

function integrationStages(grep) {
  const args = [join(root, 'scripts', 'testing', 'integration.mjs')];
  const files = testFiles('integration');
  return versionsToTry().map((version) => ({
    ...{ group: 'integration', name: `integration, ${version} VS Code`, files, args, minutes: 15 },
    ...{ beside: 'integration', counts: true, version, browser: version !== 'desktop' },
    env: { SNAPDIR_VSCODE_VERSION: version, SNAPDIR_TEST_GREP: grep ?? '' },
  }));
}

function uiFiles(version) {
  const all = version === 'newest' || process.env.SNAPDIR_TEST_EVERY_VERSION === '1';
  const once = (file) => ONE_VERSION.includes(basename(file, '.test.cjs'));
  return testFiles('ui').filter((file) => all || !once(file));
}

function uiStages(grep) {
  return ['newest', 'lowest'].flatMap((version) =>
    sharesOf('ui', uiFiles(version)).map(({ name, files }) => ({
      ...{ group: 'ui', name: `${name}, ${version} VS Code`, files, minutes: 30 },
      // Real clicks meet a window that draws when it likes: a fault fails three times, a wobble does not.
      args: [...mochaArguments(files, { grep, timeout: 90_000 }), '--retries', '2'],
      ...{
        counts: true,
        beside: 'ui',
        lanes: 3,
        version,
        browser: true,
        servers: STAGE_SERVERS.ui,
      },
      env: { SNAPDIR_VSCODE_VERSION: version },
    })),
  );
}

function packageStages(grep) {
  const files = testFiles('package');
  const args = mochaArguments(files, { grep, timeout: 120_000 });
  return [
    { group: 'package', name: 'package: build the .vsix', script: 'package', minutes: 5 },
    { group: 'package', name: 'package', files, args, minutes: 5, counts: true },
  ];
}

/** All stages. With `grep`, only those that have tests with titles to look through. */
export function allStages(grep) {
  const stages = [
    ...(grep ? [] : staticStages()),
    ...nodeStages(grep),
    ...integrationStages(grep),
    ...uiStages(grep),
    ...packageStages(grep),
  ];
  return stages.map((stage) => (stage.script ? { ...stage, ...npmRun(stage.script) } : stage));
}

function npmRun(script) {
  const npmScript = process.env.npm_execpath;
  const args = ['run', '--silent', script];
  return npmScript ? { args: [npmScript, ...args] } : { command: 'npm', args };
}
