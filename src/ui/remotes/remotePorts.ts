import type { OpenStore, PermanentStore } from '../../core/permanentStore';
import type { Remote, StoredKeys } from '../../core/remote';

/** Where keys are kept that a person entered. VS Code's `SecretStorage` fits. */
export interface SecretMemory {
  get(key: string): Thenable<string | undefined>;
  store(key: string, value: string): Thenable<void>;
  delete(key: string): Thenable<void>;
  /** All keys; older versions of VS Code cannot tell. */
  keys?(): Thenable<string[]>;
}

/** What the user interface needs to work with permanent stores; the composition root has it. */
export interface RemotePorts {
  openStore: OpenStore;
  /** Opens the Git store of the repository that a folder is in. @throws GIT_UNAVAILABLE */
  openGit(root: string): Promise<PermanentStore>;
  /** Whether it can be opened. */
  isGitAvailable(root: string): Promise<boolean>;
  /** Whether anything was promoted to it, here or by who pushed that. */
  hasGitPromotions(root: string): Promise<boolean>;
  /** What the environment variable SNAPDIR_STORE says; undefined where it is not set. */
  storeVariable(): string | undefined;
  /** The names of the profiles in ~/.aws. */
  profiles(): Promise<string[]>;
  keys: KeyMemory;
  /** Letters, digits and hyphens, new each time. */
  newNonce(): string;
}

/** Keys by the remote that they are for. They never leave it: another endpoint or bucket is another place. */
export interface KeyMemory {
  get(remote: Remote): Promise<StoredKeys | undefined>;
  set(remote: Remote, keys: StoredKeys): Promise<void>;
  /**
   * Forgets all that was entered for a store of this name, whatever endpoint and bucket it had then: settings may
   * have been edited since, or be broken.
   * @param remote what its settings say now, where they can be used
   * @returns whether there were any
   */
  forget(store: string, remote?: Remote): Promise<boolean>;
  /** The names of the stores that keys were entered for, as far as they are known, sorted. */
  stores(): Promise<string[]>;
}
