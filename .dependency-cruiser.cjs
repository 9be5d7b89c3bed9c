// The layer table: the one place that says which folder may import which. `npm run layers` enforces
// it; test/architecture plants violations and sees each one caught.
const layers = {
  base: [],
  core: ['base'],
  engine: ['core', 'base'],
  stores: ['core', 'base'],
  app: ['core', 'base'],
  ui: ['app', 'core', 'base'],
  cli: ['app', 'engine', 'stores', 'core', 'base'],
};
module.exports = {
  forbidden: [
    ...Object.entries(layers).map(([from, to]) => ({
      name: `layer-${from}`,
      severity: 'error',
      comment: `src/${from} may import only ${[from, ...to].join(', ')}`,
      from: { path: `^src/${from}/` },
      to: { path: '^src/', pathNot: `^src/(${[from, ...to].join('|')})/` },
    })),
    {
      name: 'engine-only-from-cli-main',
      severity: 'error',
      comment:
        'cli/main.ts is the composition root of the command, behind start.ts; its other files get ports',
      from: { path: '^src/cli/', pathNot: '^src/cli/(main|start)\\.ts$' },
      to: { path: '^src/(engine|stores)/' },
    },
    {
      name: 'vscode-only-in-ui',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(ui/|extension\\.ts$)' },
      to: { path: '^vscode$|node_modules/@types/vscode' },
    },
    {
      name: 'no-io-above-adapters',
      severity: 'error',
      comment:
        'base, core and app take ports; only the diff library is allowed, through core/lineDiff.ts',
      from: { path: '^src/(base|core|app)/' },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev'],
        pathNot: 'node_modules/(diff|@types/vscode)/',
      },
    },
    {
      name: 'one-door-per-package',
      severity: 'error',
      comment: 'each library has one file that imports it',
      from: {
        path: '^src/',
        pathNot:
          '^src/(core/lineDiff|engine/hashing/blake3|engine/worktree/excludes|stores/s3/sdk)\\.ts$',
      },
      to: { path: 'node_modules/(diff|blake3-wasm|ignore|picomatch|@aws-sdk|@smithy)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: {
        orphan: true,
        path: '^src/',
        pathNot: [
          '\\.d\\.ts$',
          '^src/(extension|cli/(main|start)|engine/worker/(main|helper)|stores/(bundle/compileThread|thread/main))\\.ts$',
        ],
      },
      to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: require('node:path').join(__dirname, 'tsconfig.json') },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
