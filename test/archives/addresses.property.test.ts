import fc from 'fast-check';
import { posix } from 'node:path';
import { describe, it } from 'vitest';
import { parseChecksum, parseTime } from '../../services/archives/archive-record.ts';
import { listCkanFiles } from '../../services/archives/ckan-resources.ts';
import { parseCkanAddress } from '../../services/archives/ckan.ts';
import { parseDataverseAddress } from '../../services/archives/dataverse.ts';
import { parseDoi } from '../../services/archives/doi.ts';
import { parseFigshareAddress } from '../../services/archives/figshare.ts';
import { parseHydroshareAddress } from '../../services/archives/hydroshare.ts';
import { parseZenodoAddress } from '../../services/archives/zenodo.ts';

const RUNS = { numRuns: 10_000 };
const HOST = 'archive.example';
const settings = {
  doiUrl: 'https://doi.org',
  zenodoUrls: [`https://${HOST}`],
  figshareApiUrl: `https://${HOST}/v2`,
  figshareHosts: [HOST],
  hydroshareUrl: `https://${HOST}`,
};

const part = fc.constantFrom(
  'records',
  'record',
  'doi',
  '10.5281',
  'zenodo.1',
  'articles',
  'dataset',
  'history',
  'resource',
  'api',
  'access',

  'datafile',
  'citation',
  'dataset.xhtml',
  'file.xhtml',
  '123',
  '9782777',
  'a'.repeat(32),
  '..',
  '%2e%2e',
  '%2F',
  '',
  '@',
);
const path = fc.array(fc.oneof(part, fc.string({ maxLength: 8 })), { maxLength: 6 }).map((parts) => parts.join('/'));
const query = fc.constantFrom(
  '',
  '?persistentId=doi:10.1/x',
  '?persistentId=doi:10.1/../x&version=2.0',
  '?activity_id=../x',
  '?fileId=7',
);
const address = fc
  .tuple(path, query)
  .map(([path, query]) => `https://${HOST}/${path}${query}`)
  .filter((text) => URL.canParse(text))
  .map((text) => new URL(text));

describe('any text', () => {
  it('is read as an address of an archive or left to others, and never asks another host', () => {
    const isSafe = (url: URL): boolean => {
      const zenodo = parseZenodoAddress(url, settings);
      const hydroshare = parseHydroshareAddress(url, settings);
      const figshare = parseFigshareAddress(url, settings);
      const ckan = parseCkanAddress(url);
      const ids = [zenodo?.id, hydroshare?.id, figshare?.id, figshare?.version];
      const origins = [
        zenodo?.origin,
        hydroshare?.origin,
        figshare?.apiUrl,
        ckan?.base,
        parseDataverseAddress(url)?.origin,
      ];
      return (
        ids.every((id) => id === undefined || /^[A-Za-z0-9-]+$/.test(id)) &&
        origins.every((origin) => origin === undefined || new URL(origin).host === HOST)
      );
    };
    fc.assert(fc.property(address, isSafe), RUNS);
  });

  it('is a DOI, a checksum, a time, or none', () => {
    const text = fc.oneof(
      fc.string(),
      path.map((path) => `https://doi.org/10.5281/${path}`),
      fc.string({
        unit: fc.constantFrom('0', '1', 'a', 'f', 'm', 'd', '5', 's', 'h', ':', '-', '256', 'md5:', 'a'.repeat(32)),
      }),
    );
    const isSafe = (text: string): boolean => {
      const time = parseTime(text);
      const hex = parseChecksum(text)?.hex;
      return (
        /^10\.\d/.test(parseDoi(text) ?? '10.1') &&
        (time === undefined || Number.isInteger(time)) &&
        /^[0-9a-f]*$/.test(hex ?? '')
      );
    };
    fc.assert(fc.property(text, isSafe), RUNS);
  });

  it('case 73: as the address of a CKAN resource gives a name of its own that is no path', () => {
    const resource = fc.record({
      id: fc.constantFrom('id-1', 'id-2'),
      url: fc.oneof(
        path.map((path) => `https://${HOST}/${path}`),
        fc.string(),
        fc.constant(null),
      ),
      state: fc.constantFrom('active', 'draft', null),
    });
    const isSafe = (resources: { id: string; url: string | null; state: string | null }[]): boolean => {
      const { files, omitted } = listCkanFiles(resources, `https://${HOST}`);
      const names = files.map(({ name }) => name);
      return (
        new Set(names).size === names.length &&
        names.every((name) => name !== '' && name !== '..' && posix.basename(name) === name) &&
        files.length + omitted.length === resources.length
      );
    };
    fc.assert(fc.property(fc.array(resource, { maxLength: 6 }), isSafe), RUNS);
  });
});
