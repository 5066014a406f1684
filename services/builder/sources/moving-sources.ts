/**
 * What requirements may name by something that moves: a branch, a file on a server, an archive. Promises: every host
 * passes the address guard; SOURCE_UNREACHABLE is thrown where nothing answers, SOURCE_REFUSED for a host that may
 * not be asked, SOURCE_NOT_FOUND where there is nothing at the address, SOURCE_TOO_LARGE for a text beyond 1 MiB.
 */
export interface MovingSources {
  /** The commit that a branch, a tag or HEAD of a Git repository names now; undefined when it has no such ref. */
  findCommit(repository: URL, ref: string, signal: AbortSignal): Promise<string | undefined>;
  readFile(address: URL, signal: AbortSignal): Promise<Uint8Array>;
  /** What the server says the version of a file is (its ETag, else its date and size); undefined when it does not say. */
  findVersion(address: URL, signal: AbortSignal): Promise<string | undefined>;
}
