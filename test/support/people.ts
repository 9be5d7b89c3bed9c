import { join } from 'node:path';
import {
  promoteSnapshot,
  type PromoteRequest,
  type Promotion,
} from '../../src/app/promoteSnapshot';
import { Repository } from '../../src/app/repository';
import type { CallContext, CheckpointInfo, Engine } from '../../src/core/engine';
import type { PermanentStore } from '../../src/core/permanentStore';
import { quietControl, type EngineEnv } from '../../src/engine/context';
import { createMethods, type MethodTable } from '../../src/engine/engine';
import { fileTree, type TreeSpec } from './fileTree';
import { rules } from './restoreRepo';
import { tempDir } from './tempDir';
import { testEnv } from './directEngine';

/** Somebody with a folder of their own. */
export interface Person {
  root: string;
  env: EngineEnv;
  methods: MethodTable;
  repository: Repository;
  write(spec: TreeSpec): void;
  take(message?: string): CheckpointInfo;
}

/** The engine without threads, behind the port. Cancellation is looked at before each call. */
export function asEngine(methods: MethodTable, root: string): Engine {
  const calls = Object.entries(methods).map(([name, method]) => [
    name,
    async (params: object, context: CallContext = {}) => {
      await new Promise((resolve) => setImmediate(resolve));
      const run = method as (params: object, control: typeof quietControl) => unknown;
      const signal = context.signal ?? quietControl.signal;
      const progress = (step: Parameters<NonNullable<CallContext['onProgress']>>[0]): void =>
        context.onProgress?.(step);
      return run(params, { signal, progress });
    },
  ]);
  return {
    ...(Object.fromEntries(calls) as Engine),
    location: { root },
    close: () => Promise.resolve(),
  };
}

/** A person with these files, who has taken no snapshot yet. */
export function person(author: string, spec: TreeSpec = {}, env: Partial<EngineEnv> = {}): Person {
  const root = join(tempDir(), author);
  fileTree(root, spec);
  const own = testEnv({ author: `${author}@test`, ...env });
  const methods = createMethods(own, { root });
  const repository = new Repository({
    engine: asEngine(methods, root),
    name: author,
    settings: () => ({ rules, maxFileSize: 0 }),
  });
  return {
    ...{ root, env: own, methods, repository },
    write: (more) => void fileTree(root, more),
    take: (message = '') =>
      methods.take({ trigger: 'manual', message, rules }, quietControl).checkpoint,
  };
}

/** Promotes a person's HEAD to `team` as `main`, or as is said. */
export function promote(
  who: Person,
  store: PermanentStore,
  of: Partial<PromoteRequest> = {},
): Promise<Promotion> {
  const target = { name: 'team', store };
  return promoteSnapshot(who.repository, target, { rev: 'HEAD', name: 'main', ...of });
}
