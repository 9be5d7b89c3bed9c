import { strict as assert } from 'node:assert';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SnapdirError, type ErrorCode } from '../../../../src/core/errors';
import type { EngineEnv } from '../../../../src/engine/context';
import { createMethods, type MethodTable } from '../../../../src/engine/engine';
import { readTree } from '../../../support/fileTree';
import { makeRepo, type Repo } from '../../../support/restoreRepo';
import { tempDir } from '../../../support/tempDir';
import type { TreeSpec } from '../../../support/fileTree';

/** A repository whose user has a home of their own. */
export interface HomeRepo extends Repo {
  home: string;
  engine: MethodTable;
  /** The same folder, as somebody else's engine sees it. */
  as(home: string): MethodTable;
}

export function makeHomeRepo(spec: TreeSpec, changes: Partial<EngineEnv> = {}): HomeRepo {
  const home = join(tempDir(), 'home');
  const repo = makeRepo(spec, { home, ...changes });
  const { env, root } = repo;
  const as = (other: string): MethodTable => createMethods({ ...env, home: other }, { root });
  return { ...repo, home, engine: as(home), as };
}

/** Files of a folder of the store that hold this text. */
export function fileWith(dir: string, text: string): string {
  const tree = readTree(dir);
  const name = Object.keys(tree).find((path) => tree[path]!.includes(text));
  assert.ok(name !== undefined, `${text} in ${dir}`);
  return join(dir, name);
}

export function files(dir: string): string[] {
  return Object.keys(readTree(dir)).filter((path) => !path.endsWith('/'));
}

/** Changes one bit in place. */
export function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  chmodSync(path, 0o600);
  writeFileSync(path, bytes);
}

/** Removes a stored file as a bad disk or a careless hand does. */
export function lose(path: string): void {
  rmSync(path);
}

export function fails(code: ErrorCode, run: () => unknown): void {
  assert.throws(run, (error) => {
    assert.ok(SnapdirError.is(error, code), String(error));
    return true;
  });
}
