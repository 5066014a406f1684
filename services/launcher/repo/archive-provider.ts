import { createArchiveClient } from '../../archives/archive-client.ts';
import { toRepository, type ArchiveRecord } from '../../archives/archive-record.ts';
import type { ArchiveSettings } from '../../archives/archive-settings.ts';
import { parseDoi } from '../../archives/doi.ts';
import { findRecord } from '../../archives/find-record.ts';
import { parseHydroshareId } from '../../archives/hydroshare.ts';
import type { ProviderDisplay } from '../../contracts/repository.ts';
import { SlipwayError } from '../../contracts/slipway-error.ts';
import type { GuardedRequest } from '../../platform/guarded-request.ts';
import { ARCHIVE_DISPLAYS } from './archive-displays.ts';
import { decodeSpec } from './decode-spec.ts';
import type { RepoProvider } from './repo-provider.ts';

export type ArchiveProviderParts = {
  readonly settings: ArchiveSettings;
  readonly request: GuardedRequest;
  readonly timeoutMs?: number;
};

const TIMEOUT_MS = 20_000;

const refuse = ({ displayName, repo }: ProviderDisplay): never => {
  throw new SlipwayError('REPO_SPEC_INVALID', {
    message: `The link does not name a ${displayName}.`,
    hint: `It should look like ${repo.placeholder}${repo.urlEncode ? ', percent-encoded' : ''}.`,
  });
};

/** A DOI, or a web address without credentials; Hydroshare's ids stand alone. Throws REPO_SPEC_INVALID. */
const readText = (spec: string, display: ProviderDisplay, { hydroshareUrl }: ArchiveSettings): string => {
  const text = decodeSpec(spec);
  const id = display.id === ARCHIVE_DISPLAYS.hydroshare.id ? parseHydroshareId(text) : undefined;
  if (id !== undefined) return new URL(`/resource/${id}`, hydroshareUrl).href;
  const url = URL.parse(text);
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return parseDoi(text) ?? (isPlain ? text : refuse(display));
};

/** A DOI is written as it is, as links have it; an address is one part of the path. */
const encodeSpec = (spec: string): string =>
  parseDoi(spec) === spec ? spec.split('/').map(encodeURIComponent).join('/') : encodeURIComponent(spec);

const explain = (error: unknown, isLate: boolean): unknown => {
  if (isLate)
    return new SlipwayError('REPO_UNREACHABLE', { message: 'The archive did not answer in time.', cause: error });
  if (!(error instanceof SlipwayError) || error.code !== 'FETCH_FAILED') return error;
  return new SlipwayError('REPO_UNREACHABLE', { message: error.message, cause: error });
};

const createArchiveProvider = (display: ProviderDisplay, parts: ArchiveProviderParts): RepoProvider => {
  const { settings, request, timeoutMs = TIMEOUT_MS } = parts;
  const find = async (spec: string, signal: AbortSignal): Promise<ArchiveRecord> => {
    const text = readText(spec, display, settings);
    return (await findRecord(text, settings, createArchiveClient(request, signal))) ?? refuse(display);
  };
  return {
    display,
    resolve: async (spec, signal) => {
      const limit = AbortSignal.timeout(timeoutMs);
      try {
        const repository = toRepository(await find(spec, AbortSignal.any([signal, limit])));
        return { ...repository, persistentSpec: encodeSpec(repository.persistentSpec) };
      } catch (error) {
        signal.throwIfAborted();
        throw explain(error, limit.aborted);
      }
    },
  };
};

/**
 * The archives of research data: a DOI, or the address of a record. Whichever of them a link names, the DOI decides
 * where the record is.
 */
export const createArchiveProviders = (parts: ArchiveProviderParts): readonly RepoProvider[] =>
  Object.values(ARCHIVE_DISPLAYS).map((display) => createArchiveProvider(display, parts));
