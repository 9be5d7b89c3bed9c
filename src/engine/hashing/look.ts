import type { LinkEntry, ManifestEntry, RelPath } from '../../core/tree';
import type { FileTable } from './fileTable';

/** What one complete look at the folder found: enough to tell next time, by stats alone, what changed. */
export interface Look {
  files: FileTable;
  dirs: FileTable;
  /** Ignore files that had a say. */
  guards: FileTable;
  links: LinkEntry[];
  /** The exclude rules and the size cap that it was made under. */
  rulesKey: string;
  /** Nothing was skipped: what is not in the tables does not exist. */
  clean: boolean;
  /** The snapshot that `before` is told against; '' when there is none. */
  snapshot: string;
  /**
   * What that snapshot has at every path that is, or may be, another way now; null: nothing. A path is
   * noted before its row changes, so that work that is cut short forgets nothing. Of a folder only
   * type, mode and path are set.
   */
  before: Map<RelPath, ManifestEntry | null>;
  /** The links that the checkpoint of that snapshot has. */
  linksBefore: LinkEntry[];
}
