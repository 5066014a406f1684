import { SlipwayError } from '../contracts/slipway-error.ts';
import type { ArchiveClient } from './archive-client.ts';
import type { ArchiveRecord } from './archive-record.ts';
import type { ArchiveSettings } from './archive-settings.ts';
import { findCkanRecord, parseCkanAddress } from './ckan.ts';
import { findDataverseRecord, parseDataverseAddress } from './dataverse.ts';
import { findDoiTarget, parseDoi } from './doi.ts';
import { findFigshareRecord, parseFigshareAddress } from './figshare.ts';
import { findHydroshareRecord, parseHydroshareAddress } from './hydroshare.ts';
import { findZenodoRecord, parseZenodoAddress } from './zenodo.ts';

type Find = (client: ArchiveClient) => Promise<ArchiveRecord | undefined>;

/** Says what to ask for an address, or undefined when it is none of this archive; reading it asks nobody. */
type Archive = (url: URL, settings: ArchiveSettings) => Find | undefined;

const archive =
  <Address>(
    parse: (url: URL, settings: ArchiveSettings) => Address | undefined,
    find: (address: Address, client: ArchiveClient) => Promise<ArchiveRecord | undefined>,
  ): Archive =>
  (url, settings) => {
    const address = parse(url, settings);
    return address === undefined ? undefined : (client) => find(address, client);
  };

/** Those that know their hosts come before those that may be anywhere. */
const ARCHIVES: readonly Archive[] = [
  archive(parseZenodoAddress, findZenodoRecord),
  archive(parseFigshareAddress, findFigshareRecord),
  archive(parseHydroshareAddress, findHydroshareRecord),
  archive(parseDataverseAddress, findDataverseRecord),
  archive(parseCkanAddress, findCkanRecord),
];

const findByUrl = async (
  url: URL,
  settings: ArchiveSettings,
  client: ArchiveClient,
): Promise<ArchiveRecord | undefined> => {
  for (const parse of ARCHIVES) {
    const find = parse(url, settings);
    if (find !== undefined) return find(client);
  }
  return undefined;
};

const findByDoi = async (doi: string, settings: ArchiveSettings, client: ArchiveClient): Promise<ArchiveRecord> => {
  const target = await findDoiTarget(doi, settings.doiUrl, client);
  const record = await findByUrl(target, settings, client);
  if (record !== undefined) return record;
  throw new SlipwayError('REPO_SPEC_INVALID', {
    message: `The DOI ${doi} leads to ${target.host}, which is no archive that Slipway reads.`,
    hint: 'Zenodo, Figshare, Hydroshare, Dataverse and CKAN are read; for another repository give its address.',
  });
};

/**
 * Finds what a DOI or an address names in an archive; undefined for what is neither. Nobody is asked about an address
 * that no archive has. Throws REPO_ and FETCH_ errors.
 */
export const findRecord = async (
  text: string,
  settings: ArchiveSettings,
  client: ArchiveClient,
): Promise<ArchiveRecord | undefined> => {
  const doi = parseDoi(text);
  if (doi !== undefined) return findByDoi(doi, settings, client);
  return URL.canParse(text) ? findByUrl(new URL(text), settings, client) : undefined;
};
