import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Target } from '../app/transfer/target';
import { SnapdirError } from '../core/errors';
import type { OpenStore, PermanentStore } from '../core/permanentStore';
import { parseRemote, parseRemoteUrl, type Remote, type RemotePlace } from '../core/remote';
import { chooseStorage, GIT_STORE } from '../core/storageMode';
import { UsageError } from './usageError';

type Fields = Readonly<Record<string, unknown>>;

/** The stores by their names, and which one is meant where none is named. */
interface Remotes {
  remotes: Record<string, unknown>;
  default?: string;
}

/** What the book is made of; the composition root has it. */
export interface RemotePlaces {
  /** Each is unchecked: what a person wrote there. */
  read(): Remotes;
  /** Reads and writes them again, so that nothing that somebody else adds at the same time is lost. */
  change(change: (text: Remotes) => Remotes): void;
  openStore: OpenStore;
  openGit(root: string): Promise<PermanentStore>;
  hasGitPromotions(root: string): Promise<boolean>;
  env: Readonly<Record<string, string | undefined>>;
}

/** A configured store. */
export interface NamedRemote {
  remote: Remote;
  isDefault: boolean;
}

/** A store whose settings cannot be used, and why. */
export interface BrokenRemote {
  name: string;
  error: unknown;
}
/** Which folders of `file:` stores are made where they are missing. */
export type Making = 'never' | 'new' | 'always';

const URL_LIKE = /^[a-z0-9]+:/;

/** The stores that the person configured for the command, and how to open one. */
export class RemoteBook {
  private readonly places: RemotePlaces;

  constructor(places: RemotePlaces) {
    this.places = places;
  }

  /** All, sorted by name. @throws PARSE */
  list(): { stores: NamedRemote[]; broken: BrokenRemote[] } {
    const { remotes, default: chosen } = this.places.read();
    const [stores, broken]: [NamedRemote[], BrokenRemote[]] = [[], []];
    for (const name of Object.keys(remotes).sort()) {
      try {
        const remote = parseRemote(name, fieldsOf(name, remotes[name]));
        stores.push({ remote, isDefault: name === chosen });
      } catch (error) {
        broken.push({ name, error });
      }
    }
    return { stores, broken };
  }

  /** Whether the Git store, which needs no settings, has promotions for a folder. */
  hasGit(root: string): Promise<boolean> {
    return this.places.hasGitPromotions(root);
  }

  /** What they are called, also those whose settings cannot be used. @throws PARSE */
  names(): string[] {
    return Object.keys(this.places.read().remotes).sort();
  }

  /** Adds or replaces one. @throws INVALID_NAME, REMOTE_URL_INVALID, REMOTE_ENDPOINT_INVALID, … */
  add(name: string, fields: Fields, asDefault: boolean): Remote {
    if (name === GIT_STORE) {
      throw new SnapdirError('INVALID_NAME', { name, reason: 'store-git' });
    }
    const remote = parseRemote(name, fields);
    this.places.change(({ remotes, default: chosen }) => {
      const next = asDefault ? name : chosen;
      return {
        remotes: { ...remotes, [name]: { ...fields } },
        ...(next === undefined ? {} : { default: next }),
      };
    });
    return remote;
  }

  /** Forgets one; what it holds stays. @throws STORE_NAME_UNKNOWN */
  remove(name: string): void {
    this.places.change(({ remotes, default: chosen }) => {
      if (!Object.hasOwn(remotes, name)) {
        throw new SnapdirError('STORE_NAME_UNKNOWN', { name, known: Object.keys(remotes).sort() });
      }
      const rest = { ...remotes };
      delete rest[name];
      const kept = chosen === undefined || chosen === name ? {} : { default: chosen };
      return { remotes: rest, ...kept };
    });
  }

  /**
   * Opens the store that was named (its name, a URL or `git`), else the one that is meant where none was.
   * @param making whether a folder that is missing is made: never where somebody reads; `new`: one that was named by its URL
   *   and is nobody's store yet
   * @throws STORE_NAME_UNKNOWN, GIT_UNAVAILABLE, REMOTE_…
   */
  async open(asked: string | undefined, root: string, making: Making = 'never'): Promise<Target> {
    if (asked === '') {
      // A variable that is not set, most likely: no store that nobody named takes its place.
      throw new UsageError('Which store? The name given is empty.');
    }
    const { remotes, default: chosen } = this.places.read();
    const variable = this.places.env['SNAPDIR_STORE'];
    const meant = chooseStorage({
      ...(asked === undefined ? {} : { asked }),
      ...(variable === undefined ? {} : { variable }),
      ...(chosen === undefined ? {} : { defaultName: chosen }),
      configured: Object.keys(remotes).sort(),
      isGit: isInGit(root),
    });
    if (meant === undefined) {
      throw new UsageError(
        'Which store? Name one (--to or --from NAME, a URL or "git"); "snapdir remote add NAME URL" adds one.',
      );
    }
    if (meant === GIT_STORE) {
      return { name: GIT_STORE, store: await this.places.openGit(root) };
    }
    const fields = Object.hasOwn(remotes, meant) ? fieldsOf(meant, remotes[meant]) : undefined;
    if (fields === undefined && !URL_LIKE.test(meant)) {
      const known = Object.keys(remotes).sort();
      throw new SnapdirError('STORE_NAME_UNKNOWN', { name: meant, known });
    }
    const remote =
      fields === undefined
        ? parseRemote('url', { url: meant, ...regionIn(meant, this.places.env) })
        : parseRemote(meant, fields);
    const isNew = (): boolean => meant === asked && fields === undefined && !this.has(remote);
    const make = making === 'always' || (making === 'new' && isNew());
    const missing = remote.place.kind === 'file' && !existsSync(remote.place.path);
    const store = await this.places.openStore(remote, { make });
    const name = fields === undefined ? null : meant;
    return { name, store, readOnly: remote.readOnly, made: make && missing };
  }

  /** Whether a store in that place is configured. */
  private has({ place }: Remote): boolean {
    const { remotes } = this.places.read();
    return Object.entries(remotes).some(([name, value]) => {
      try {
        return isAt(fieldsOf(name, value)['url'], place);
      } catch {
        return false; // Spoilt: it is nowhere.
      }
    });
  }
}

function isAt(url: unknown, place: RemotePlace): boolean {
  try {
    const at = typeof url === 'string' ? parseRemoteUrl(url) : undefined;
    return at?.kind === 'file' && place.kind === 'file' && at.path === place.path;
  } catch {
    return false;
  }
}

/** A bucket of B2 that is named by its URL alone has its region where snapdir's own tools look for it. */
function regionIn(url: string, env: RemotePlaces['env']): { region?: string } {
  const region = env['SNAPDIR_B2_REGION'] || env['AWS_REGION'];
  return url.startsWith('b2:') && region ? { region } : {};
}

/** What is said of one store. @throws INVALID_ARGUMENT */
function fieldsOf(name: string, value: unknown): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return { ...value };
  }
  const reason = { is: 'no-object' } as const;
  throw new SnapdirError('INVALID_ARGUMENT', { argument: `remotes.${name}`, reason });
}

/** A folder of a repository, or a worktree's file. */
function isInGit(root: string): boolean {
  for (let at = root; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) {
      return true;
    }
    if (dirname(at) === at) {
      return false;
    }
  }
}
