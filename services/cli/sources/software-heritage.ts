import { createSoftwareHeritageApi } from '../../builder/fetch/archive/software-heritage-api.ts';
import { createSoftwareHeritageFetcher } from '../../builder/fetch/archive/software-heritage-fetcher.ts';
import { parseSwhid, renderSwhid } from '../../builder/fetch/archive/swhid.ts';
import { createAddressGuard } from '../../platform/address-guard.ts';
import { systemClock } from '../../platform/clock.ts';
import { createGuardedRequest } from '../../platform/guarded-request.ts';
import { readFetchLimits, type Source } from './source.ts';

const HOST = 'archive.softwareheritage.org';

/** An identifier of Software Heritage. */
export const resolveSwhid: Source = async (text, { settings }) => {
  const swhid = parseSwhid(text);
  if (swhid === undefined) return undefined;
  const persistentSpec = renderSwhid(swhid);
  const address = `https://${HOST}/${persistentSpec}`;
  const urls = { cloneUrl: address, repoUrl: address, refUrl: address };
  const request = createGuardedRequest(createAddressGuard(settings.allowHosts));
  return {
    repository: { provider: 'swh', canonical: `${HOST}/${swhid.kind}`, commit: swhid.hash, ...urls, persistentSpec },
    fetcher: createSoftwareHeritageFetcher({
      swhid,
      api: createSoftwareHeritageApi(request, settings.softwareHeritage.apiUrl),
      clock: systemClock,
      ...readFetchLimits(settings),
    }),
  };
};
