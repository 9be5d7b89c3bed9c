import { randomUUID } from 'node:crypto';
import { listRemote, type RemoteName } from '../../app/listRemote';
import { labelOf, type Target } from '../../app/transfer/target';
import { shortId } from '../../core/ids';
import { redactUrl, type Remote } from '../../core/remote';
import { GIT_STORE } from '../../core/storageMode';
import { probeReading, probeStore } from '../../core/storePieces';
import { defineCommand, type Call, type OptionValues } from '../command';
import { displayName } from '../escape';
import { exitCodes, type ExitCode } from '../exitCodes';
import { toFailure } from '../failure';
import { formatBytes, plural } from '../format';
import { FETCH_REFS, unreadableWords } from '../promotionErrorWords';
import { parseSettings } from '../remoteSettings';
import { UsageError } from '../usageError';
import { withTarget } from '../withTarget';

const SETTINGS = {
  endpoint: {
    type: 'string',
    value: 'URL',
    help: 'add: https://host[:port] of an S3 store that is not AWS',
  },
  region: { type: 'string', value: 'REGION', help: 'add: its region' },
  profile: { type: 'string', value: 'PROFILE', help: 'add: the profile of ~/.aws with its keys' },
  'ca-file': { type: 'string', value: 'FILE', help: 'add: certificates (PEM) to trust as well' },
  'path-style': { type: 'boolean', help: 'add: name the bucket in the path' },
  'read-only': { type: 'boolean', help: 'add: never write to it' },
  set: {
    type: 'string',
    multiple: true,
    value: 'KEY=VALUE',
    help: 'add: any other setting, as docs/remote-stores.md lists them',
  },
} as const;

/** `snapdir remote` */
export const remoteCommand = defineCommand({
  name: 'remote',
  synopsis: [
    'ls',
    'ls STORE',
    'add NAME URL [--endpoint URL] [--region R] [--profile P] [--set KEY=VALUE]… [--default]',
    'remove NAME',
    'test STORE',
  ],
  summary: 'permanent stores: list, add, remove, test; what a store holds',
  details: [
    'Stores are kept in your own Snapdir folder, never in the workspace, and without keys: those come',
    "from AWS's usual places (AWS_ACCESS_KEY_ID, ~/.aws, single sign-on). STORE is a name, a URL or",
    '"git", the repository that the folder is in: "git push origin \'refs/snapdir/*:refs/snapdir/*\'"',
    'shares what is promoted there.',
    'Settings: auth (chain, profile, anonymous), addressing (auto, path, virtual), conditionalWrites',
    '(auto, off), serverSideEncryption (none, AES256, aws:kms), kmsKeyId, storageClass, instanceMetadata',
    'and allowInsecure (true, false), concurrency (1-32), partSizeMiB (5-64), timeoutSeconds (1-600),',
    'maxAttempts (1-20), limitKiBps and the others. To change one, add the store again.',
    'The folder of a file:// store is made by "test" only, where it is missing: else its disk may be away.',
  ],
  options: {
    ...SETTINGS,
    default: { type: 'boolean', help: 'add: use it where no store is named' },
  },
  arguments: [1, 3],
  storeless: true,
  async run(call, values, [verb = '', name, url, ...more]) {
    const wanted = { ls: [0, 1], add: [2, 2], remove: [1, 1], test: [0, 1] }[verb];
    const count = [name, url, ...more].filter((one) => one !== undefined).length;
    if (wanted === undefined || count < wanted[0]! || count > wanted[1]!) {
      throw new UsageError(
        'Call it as "remote ls|add|remove|test"; "snapdir help remote" tells how.',
      );
    }
    switch (verb) {
      case 'add': {
        const fields = fieldsOf(call, url!, values);
        return added(call, call.remotes.add(name!, fields, values.default === true));
      }
      case 'remove':
        call.remotes.remove(name!);
        call.output.document({ removed: name });
        call.output.print(`Forgot ${displayName(name!)}. What it holds stays.`);
        return exitCodes.done;
      case 'test':
        return withTarget(call, name, (target) => test(call, target), 'always');
      default:
        return name === undefined
          ? listStores(call)
          : withTarget(call, name, (target) => listNames(call, target));
    }
  },
});

/** What the options say of a new store. @throws INVALID_ARGUMENT */
function fieldsOf(
  call: Call,
  url: string,
  values: OptionValues<typeof SETTINGS>,
): Record<string, unknown> {
  const { endpoint, region, profile, 'ca-file': ca, set = [] } = values;
  const named = {
    ...{ url, endpoint, region, profile, caFile: ca && call.absolute(ca) },
    addressing: values['path-style'] === true ? 'path' : undefined,
    readOnly: values['read-only'],
  };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  const more = parseSettings(set, (path) => call.absolute(path));
  const twice = given.find(([key]) => Object.hasOwn(more, key))?.[0];
  if (twice !== undefined) {
    throw new UsageError(`${twice} is given by an option and by --set. Leave one of them out.`);
  }
  return { ...Object.fromEntries(given), ...more };
}

/** All of its settings; none of them is secret. */
function shown(remote: Remote): object {
  const { transfer, ...rest } = remote;
  return { ...rest, ...transfer, place: undefined, url: redactUrl(remote.url) };
}

function added({ output }: Call, remote: Remote): ExitCode {
  output.document({ added: shown(remote) });
  const tries = remote.place.kind === 'file' ? 'tries it, and makes its folder' : 'tries it';
  output.print(
    `Added ${displayName(remote.name)}. "snapdir remote test ${displayName(remote.name)}" ${tries}.`,
  );
  return exitCodes.done;
}

/** The configured stores, and the folder's own repository where it has promotions: a clone needs no settings for those. */
async function listStores({ output, remotes, repository }: Call): Promise<ExitCode> {
  const { stores, broken } = remotes.list();
  const isGit = await remotes.hasGit(repository.root);
  const isOnly = stores.length === 0;
  const json: object[] = stores.map(({ remote, isDefault }) => ({
    ...shown(remote),
    default: isDefault,
  }));
  if (isGit) {
    json.push({ name: GIT_STORE, url: `git:${repository.root}`, default: isOnly });
  }
  const errors = broken.map(({ name, error }) => ({ name, error: toFailure(error) }));
  output.document({
    stores: json,
    broken: errors.map(({ name, error: { code, message } }) => ({
      name,
      error: { code, message },
    })),
  });
  for (const { remote, isDefault } of stores) {
    output.printQuiet(remote.name);
    const more = isDefault ? '  (default)' : '';
    output.print(`${displayName(remote.name)}  ${displayName(redactUrl(remote.url))}${more}`);
  }
  if (isGit) {
    output.printQuiet(GIT_STORE);
    output.print(`${GIT_STORE}  refs/snapdir of this folder's repository`);
  }
  for (const { name, error } of errors) {
    output.print(`${displayName(name)}  cannot be used: ${error.message}`);
  }
  if (!isGit && stores.length + broken.length === 0) {
    output.print('There are no stores. "snapdir remote add NAME URL" adds one.');
  }
  return exitCodes.done;
}

async function listNames({ repository, output, context }: Call, target: Target): Promise<ExitCode> {
  const { names, unreadable } = await listRemote(repository, target, context);
  output.document({ store: labelOf(target), names, unreadable });
  for (const one of names) {
    output.printQuiet(one.name);
    output.print(nameLine(one));
    for (const nonce of one.aside) {
      output.print(`  aside: ${displayName(one.name)}#${nonce}`);
    }
  }
  for (const { name, why } of unreadable) {
    output.print(`${displayName(name)}  cannot be read: ${unreadableWords(why)}`);
  }
  if (names.length + unreadable.length === 0) {
    const more = target.name === GIT_STORE ? ` ${FETCH_REFS}` : '';
    output.print(`${displayName(labelOf(target))} holds no promoted snapshots.${more}`);
  }
  return exitCodes.done;
}

function nameLine(one: RemoteName): string {
  const { name, snapshot, at, by, message, files, bytes, here } = one;
  const size =
    files === null || bytes === null ? '' : `  ${plural(files, 'file')}, ${formatBytes(bytes)}`;
  const words = message === '' ? '' : `  ${displayName(message.split('\n')[0]!.slice(0, 80))}`;
  const when = new Date(at).toISOString().slice(0, 19).replace('T', ' ');
  return `${displayName(name)}  ${shortId(snapshot)}  ${when}  ${displayName(by)}${size}  ${here ? 'here' : 'not here'}${words}`;
}

async function test({ output, clock, context }: Call, target: Target): Promise<ExitCode> {
  const signal = context.signal as AbortSignal | undefined;
  if (target.readOnly === true) {
    await probeReading(target.store, { signal });
    output.document({ store: labelOf(target), url: target.store.url, readOnly: true });
    output.print(
      `${displayName(labelOf(target))} can be read. Only that was tried: its settings say readOnly.`,
    );
    return exitCodes.done;
  }
  const probe = await probeStore(target.store, randomUUID(), () => clock.now(), { signal });
  const { conditional, writeMs } = probe;
  const { made = false } = target;
  output.document({ store: labelOf(target), url: target.store.url, ...probe, made });
  if (made) {
    output.print(`The folder of ${displayName(labelOf(target))} was not there, and was made.`);
  }
  output.print(
    `${displayName(labelOf(target))} works: a small write took ${Math.round(writeMs)} ms.`,
  );
  output.print(
    conditional
      ? 'It keeps conditions on writes: of two who promote one name at once, one wins.'
      : 'It keeps no conditions on writes: of two who promote one name at once the newer stands; who comes second is told.',
  );
  return exitCodes.done;
}
