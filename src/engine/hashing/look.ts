import type { LinkEntry } from '../../core/tree';
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
  /** The snapshot whose manifest holds just this; '' when none was written. */
  snapshot: string;
}
