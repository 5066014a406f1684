import { createHash } from 'node:crypto';
import type { ResolvedRepository } from '../contracts/repository.ts';
import { SlipwayError } from '../contracts/slipway-error.ts';

export type Checksum = { readonly algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512'; readonly hex: string };

/** A file as an archive describes it; the name is the archive's word, with `/`, and is not to be trusted. */
export type RecordFile = {
  readonly name: string;
  readonly url: URL;
  /** Bytes; undefined where the archive does not know them, and then nothing can be verified but the checksum. */
  readonly size?: number | undefined;
  readonly checksum?: Checksum | undefined;
};

/** One version of what an archive has under one identifier. */
export type ArchiveRecord = {
  readonly provider: string;
  /** How people call it: `Zenodo record 3242074`. */
  readonly title: string;
  /** One name for the record, whichever address reaches it: host/path. */
  readonly canonical: string;
  /** Names the version; with `canonical` it stands for a commit. */
  readonly version: string;
  /** The page of this version. */
  readonly url: string;
  readonly persistentSpec: string;
  /** Seconds since 1970; undefined where the archive does not say. */
  readonly releasedAt: number | undefined;
  readonly files: readonly RecordFile[];
  /** A sentence for each file that is part of the record and cannot be fetched. */
  readonly omitted: readonly string[];
  /** Whether a record of one file that is a zip or tar means what is in it. */
  readonly isUnpacked: boolean;
};

const DIGITS: Readonly<Record<number, Checksum['algorithm']>> = { 32: 'md5', 40: 'sha1', 64: 'sha256', 128: 'sha512' };

/** Reads `md5:…`, `sha256:…` or bare hex digits, whose number tells the algorithm; undefined for anything else. */
export const parseChecksum = (text: string | null | undefined): Checksum | undefined => {
  const [, prefix, digits = ''] =
    /^(?:(md5|sha-?1|sha-?256|sha-?512):)?([0-9a-f]+)$/.exec(text?.toLowerCase() ?? '') ?? [];
  const algorithm = DIGITS[digits.length];
  const isConsistent = prefix === undefined || prefix.replace('-', '') === algorithm;
  return algorithm !== undefined && isConsistent ? { algorithm, hex: digits } : undefined;
};

/** The address of a file, which may be relative to `base`. Throws FETCH_FAILED for what is no address. */
export const parseFileUrl = (address: string, base?: URL): URL => {
  if (URL.canParse(address, base)) return new URL(address, base);
  throw new SlipwayError('FETCH_FAILED', { message: `The archive gives ${JSON.stringify(address)} as an address.` });
};

/** A list that does not end within the pages that are read of it. */
export const makeListError = (what: string): SlipwayError =>
  new SlipwayError('FETCH_TOO_LARGE', { message: `The list of ${what} has too many pages.` });

/** Seconds since 1970 of an ISO time; one without a zone is UTC, as archives mean it. */
export const parseTime = (text: string | null | undefined): number | undefined => {
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(text ?? '') || !text?.includes('T') ? (text ?? '') : `${text}Z`;
  const milliseconds = Date.parse(zoned);
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
};

/** What a build names: a published version never changes, so a hash of its name stands for a commit. */
export const toRepository = ({
  provider,
  canonical,
  version,
  url,
  persistentSpec,
}: ArchiveRecord): ResolvedRepository => ({
  provider,
  canonical,
  commit: createHash('sha1').update(`${canonical} ${version}`).digest('hex'),
  cloneUrl: url,
  repoUrl: url,
  refUrl: url,
  persistentSpec,
  record: { version },
});
