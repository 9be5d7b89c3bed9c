import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliFolder, type CliResult } from '../../support/cli';
import { fileTree } from '../../support/fileTree';
import { tempDir } from '../../support/tempDir';

/** Made-up secrets that must turn up nowhere. */
export class Canaries {
  readonly all: string[] = [];

  /** Letters and digits, as tokens have them. */
  make(length: number): string {
    const digits = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz0123456789';
    const random = [...randomBytes(length - 2)].map((byte) => digits[byte % digits.length]);
    const canary = `${random.join('')}7q`;
    this.all.push(canary);
    return canary;
  }

  upper(length: number): string {
    const canary = this.make(length).toUpperCase();
    this.all[this.all.length - 1] = canary;
    return canary;
  }

  /** Those that are in there, as they are or in base64. */
  in(text: string): string[] {
    return this.all.filter(
      (canary) =>
        text.includes(canary) || text.includes(Buffer.from(canary).toString('base64').slice(0, -4)),
    );
  }
}

/** Forty, by name and by content. */
export function inFiles(canaries: Canaries): Record<string, string> {
  const files: Record<string, string> = {};
  for (let n = 0; n < 4; n++) {
    const one = (length: number): string => canaries.make(length);
    files[`a${n}/.env`] = `NAME=${one(12)}\n`;
    files[`a${n}/id_rsa`] = one(40);
    files[`a${n}/store.p12`] = one(40);
    files[`a${n}/src/github.ts`] = `const t = 'ghp_${one(36)}';\n`;
    files[`a${n}/src/aws.ts`] = `const id = 'AKIA${canaries.upper(16)}';\n`;
    files[`a${n}/src/gitlab.py`] = `T = "glpat-${one(20)}"\n`;
    files[`a${n}/deploy.pem.txt`] = `-----BEGIN PRIVATE KEY-----\n${one(64)}\n`;
    files[`a${n}/.npmrc`] = `//r.example/:_authToken=${one(36)}\n`;
    files[`a${n}/config.yml`] = `api_key: "${one(32)}"\n`;
    files[`a${n}/url.txt`] = `postgres://app:${one(24)}@db.internal/x\n`;
  }
  return files;
}

/** Twenty, in settings that a person may have got wrong. */
function inSettings(canaries: Canaries): string[][] {
  const sets: string[][] = [];
  for (let n = 0; n < 5; n++) {
    const one = (): string => canaries.make(24);
    sets.push(['remote', 'add', `a${n}`, `s3://AKIDEXAMPLE:${one()}@bucket/x`]);
    sets.push(['remote', 'add', `b${n}`, 's3://bucket/x', '--endpoint', `https://u:${one()}@h`]);
    sets.push(['remote', 'add', `c${n}`, `s3://bucket/x?secret=${one()}`]);
    sets.push(['promote', 'HEAD', 'main', '--to', `https://u:${one()}@host/x`]);
  }
  return sets;
}

/** Twenty in a file of profiles, each of which is tried; the environment has twenty more. */
function inKeys(canaries: Canaries): { env: Record<string, string>; profiles: string[] } {
  const profiles = Array.from({ length: 7 }, (_, n) => `p${n}`);
  const text = profiles.map((name) => {
    const [id, secret, token] = [canaries.upper(20), canaries.make(40), canaries.make(60)];
    return `[${name}]\naws_access_key_id=${id}\naws_secret_access_key=${secret}\naws_session_token=${token}\n`;
  });
  const file = join(tempDir(), 'credentials');
  writeFileSync(file, text.join('\n'));
  const others = Array.from({ length: 17 }, (_, n) => [`APP_TOKEN_${n}`, canaries.make(32)]);
  const env = {
    ...(Object.fromEntries(others) as Record<string, string>),
    AWS_ACCESS_KEY_ID: canaries.upper(20),
    AWS_SECRET_ACCESS_KEY: canaries.make(40),
    AWS_SHARED_CREDENTIALS_FILE: file,
  };
  return { env, profiles };
}

/** Everything below a folder as one text, but for what is the content of files. */
export function textOf(dir: string, leave: readonly string[] = []): string {
  const found: string[] = [];
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory() && !leave.includes(entry.name)) {
      found.push(textOf(path));
    } else if (entry.isFile()) {
      found.push(entry.name, readFileSync(path, 'latin1'));
    }
  }
  return found.join('\n');
}

/** A store to promote to. */
export interface Watched {
  url: string;
  /** What it takes to be let in. */
  env: Record<string, string>;
  /** Where a made-up key is tried; absent: nowhere. */
  keysAt?: { url: string; endpoint: string };
  /** Everything that the store holds, as one text. */
  read(): Promise<string>;
}

/** Plants canaries, promotes in every way that is to keep them here, and looks for them everywhere else. */
export async function letCanariesLoose(
  store: Watched,
): Promise<{ canaries: number; leaks: string[] }> {
  const canaries = new Canaries();
  const home = tempDir();
  const { url, keysAt } = store;
  const folder = cliFolder(inFiles(canaries), { ...store.env, SNAPDIR_HOME: home });
  fileTree(folder.dir, { 'plain.txt': 'nothing secret' });
  const leaks: string[] = [];
  const look = (where: string, text: string): void => {
    leaks.push(...canaries.in(text).map((canary) => `${canary.slice(0, 4)}… in ${where}`));
  };
  const said = (args: readonly string[], { stdout, stderr }: CliResult): void =>
    look(`what "${args.slice(0, 2).join(' ')}" says`, stdout + stderr);
  const run = async (...args: string[]): Promise<CliResult> => {
    const result = await folder.run(...args);
    said(args, result);
    return result;
  };
  await folder.ok('take', '--no-ignore');
  for (const json of [[], ['--json']]) {
    const refused = await run('promote', 'HEAD', 'main', '--to', url, '--manifest', ...json);
    assert.equal(refused.code, 3, refused.stderr);
  }
  look('the store after a refusal', await store.read());
  const left = ['promote', 'HEAD', 'main', '--to', url, '--manifest', '--leave-out-secrets'];
  assert.equal((await run(...left)).code, 0);
  await run('remote', 'ls', url, '--json');
  await run('list', '--json');
  for (const args of inSettings(canaries)) {
    assert.notEqual((await run(...args)).code, 0, args.join(' '));
  }
  if (keysAt !== undefined) {
    const { env, profiles } = inKeys(canaries);
    const other = cliFolder({ a: '1' }, { ...store.env, ...env, SNAPDIR_HOME: home });
    await other.ok('take');
    const args = ['promote', 'HEAD', 'main', '--to'];
    const byEnv = await other.run(...args, keysAt.url);
    said(args, byEnv);
    assert.match(byEnv.stderr, /key/i);
    for (const profile of profiles) {
      const settings = ['--endpoint', keysAt.endpoint, '--profile', profile];
      await other.ok('remote', 'add', profile, keysAt.url, ...settings);
      const refused = await other.run(...args, profile, '--json');
      assert.equal(refused.code, 3, refused.stdout);
      said(args, refused);
    }
    look('the other folder', textOf(other.dir));
  }
  look("the user's own folder", textOf(home));
  look('the store', await store.read());
  look('records and caches', textOf(join(folder.dir, '.snapdir'), ['.objects', '.manifests']));
  look('snapdir.json', readFileSync(join(folder.dir, 'snapdir.json'), 'utf8'));
  // What is looked for can be found: sent on purpose, it is there.
  assert.equal((await run('promote', 'HEAD', 'all', '--to', url, '--allow-secrets')).code, 0);
  assert.equal(canaries.in(await store.read()).length, 40, 'the search finds what is there');
  return { canaries: canaries.all.length, leaks };
}
