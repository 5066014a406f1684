/**
 * A read-only view of a repository at a commit, all that detection may look at. Names are compared exactly, from
 * the listing, whatever the file system of the host does with case. Paths use `/` and have no leading slash.
 */
export interface RepositoryFiles {
  /** What is at `path`; symbolic links that stay inside of the repository are resolved, others are `undefined`. */
  kindOf(path: string): 'file' | 'directory' | undefined;
  /** The names in a directory, sorted; empty when it is not a directory. '' is the top. */
  list(directory: string): readonly string[];
  /** The bytes of a file of at most `maxBytes`, else 1 MiB. Throws SlipwayError DETECT_FILE_UNREADABLE beyond that. */
  read(path: string, maxBytes?: number): Uint8Array;
}
