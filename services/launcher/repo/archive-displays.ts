import type { ProviderDisplay } from '../../contracts/repository.ts';

const DOI = '10\\.\\d+\\/(.)+';

const makeDoiDisplay = (id: string, displayName: string, placeholder: string): ProviderDisplay => ({
  displayName,
  id,
  spec: { validateRegex: DOI },
  repo: { label: displayName, placeholder, urlEncode: false },
  ref: { enabled: false },
});

const makeEncodedDisplay = (id: string, displayName: string, placeholder: string): ProviderDisplay => ({
  ...makeDoiDisplay(id, displayName, placeholder),
  spec: { validateRegex: '[^/]+' },
  repo: { label: displayName, placeholder, urlEncode: true },
});

/** How pages ask for a record of each archive. */
export const ARCHIVE_DISPLAYS = {
  zenodo: makeDoiDisplay('zenodo', 'Zenodo DOI', '10.5281/zenodo.3242074'),
  figshare: makeDoiDisplay('figshare', 'Figshare DOI', '10.6084/m9.figshare.9782777.v1'),
  hydroshare: makeEncodedDisplay('hydroshare', 'Hydroshare resource', '8f7c2f0341ef4180b0dbe97f59130756'),
  dataverse: makeDoiDisplay('dataverse', 'Dataverse DOI', '10.7910/DVN/TJCLKP'),
  ckan: makeEncodedDisplay('ckan', 'CKAN dataset', 'https://demo.ckan.org/dataset/my-sample-dataset-001'),
} as const satisfies Record<string, ProviderDisplay>;
