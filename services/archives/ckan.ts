import { Type, type Static } from 'typebox';
import { makeStatusError, type ArchiveClient } from './archive-client.ts';
import { parseTime, type ArchiveRecord } from './archive-record.ts';
import { listCkanFiles, CkanResource } from './ckan-resources.ts';
import { decodePart } from './decode-part.ts';
import { readJson } from './read-json.ts';

/** A dataset; `base` is what comes in front of `/dataset/`, and with an activity it is the dataset of that time. */
export type CkanAddress = { readonly base: string; readonly dataset: string; readonly activity: string | undefined };

/** Hosts that have repositories of people and groups, one of whom may be called `dataset`. */
const FORGES = new Set(['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org', 'gist.github.com']);

const PATH = /^(.*?)\/dataset\/([^/]+)(?:\/(?:history\/([^/]+)|resource\/[^/]+))?\/*$/;

/** Reads `…/dataset/ID`, with `/history/ACTIVITY` or `?activity_id=ACTIVITY`, on any host that is no forge. */
export const parseCkanAddress = (url: URL): CkanAddress | undefined => {
  const [, prefix, dataset, history] = PATH.exec(url.pathname) ?? [];
  if (prefix === undefined || dataset === undefined) return undefined;
  if (FORGES.has(url.host) || url.pathname.endsWith('.git') || !/^https?:$/.test(url.protocol)) return undefined;
  return {
    base: `${url.origin}${prefix}`,
    dataset,
    activity: history ?? url.searchParams.get('activity_id') ?? undefined,
  };
};

const Package = Type.Object({
  metadata_modified: Type.String(),
  resources: Type.Array(CkanResource),
});
const Answer = Type.Object({ success: Type.Boolean(), result: Type.Optional(Package) });

const makeApiUrl = ({ base, dataset, activity }: CkanAddress): URL =>
  activity === undefined
    ? new URL(`${base}/api/3/action/package_show?id=${encodeURIComponent(decodePart(dataset))}`)
    : new URL(`${base}/api/3/action/activity_data_show?id=${encodeURIComponent(activity)}&object_type=package`);

/** An address of this shape may be that of a Git repository; only a CKAN answers like a CKAN, errors included. */
const ask = async (address: CkanAddress, client: ArchiveClient): Promise<Static<typeof Package> | undefined> => {
  const asked = { url: makeApiUrl(address), what: `dataset ${address.dataset}` };
  const response = await client.get(asked.url);
  const status = response.statusCode ?? 0;
  const answer = await readJson(response, Answer, asked.url.host).catch(() => undefined);
  if (status === 200 && answer?.success === true) return answer.result;
  if (answer?.success === false || status === 429 || status >= 500) throw makeStatusError(status, asked);
  return undefined;
};

/** The dataset and its files; undefined where no CKAN answers. Its version is the time of its last change. */
export const findCkanRecord = async (
  address: CkanAddress,
  client: ArchiveClient,
): Promise<ArchiveRecord | undefined> => {
  const found = await ask(address, client);
  if (found === undefined) return undefined;
  const { base, dataset, activity } = address;
  const modified = parseTime(found.metadata_modified);
  const url = `${base}/dataset/${dataset}${activity === undefined ? '' : `?activity_id=${encodeURIComponent(activity)}`}`;
  return {
    provider: 'ckan',
    title: `dataset ${dataset} of ${new URL(base).host}`,
    canonical: `${base.replace(/^https?:\/\//, '')}/dataset/${dataset}`,
    version: `${dataset}.v${modified ?? 0}`,
    url,
    persistentSpec: url,
    releasedAt: modified,
    ...listCkanFiles(found.resources, base),
    isUnpacked: true,
  };
};
