import { Type } from 'typebox';
import { address, section, text } from './fields.ts';

export const Github = section(
  {
    host: text('github.com', 'The GitHub host of the gh provider.'),
    apiUrl: text('https://api.github.com', 'The address of its API.'),
    accessToken: text('', 'A token that raises the API limit; never sent anywhere else.'),
    gistHost: text('gist.github.com', 'The host of the gists of the gist provider.'),
    secretGists: Type.Boolean({
      default: false,
      description: 'Whether gists that are on no list may be launched; whoever has the id of one can read it.',
    }),
  },
  'The GitHub provider.',
);

export const Gitlab = section(
  {
    url: address('https://gitlab.com', 'The GitLab of the gl provider; one without a public address needs allowHosts.'),
    accessToken: text(
      '',
      'A token that raises the API limit; never sent anywhere else. It needs read_api and no access to private projects, which are not fetched.',
    ),
  },
  'The GitLab provider.',
);

export const SoftwareHeritage = section(
  { apiUrl: text('https://archive.softwareheritage.org/api/1', 'The address of its API.') },
  'Software Heritage, for content that is named by a SWHID.',
);

export const Archives = section(
  {
    doiUrl: address('https://doi.org', 'The resolver of DOIs.'),
    zenodoUrls: Type.Array(Type.String({ pattern: '^https?://[^/@\\s]+$' }), {
      default: ['https://zenodo.org', 'https://sandbox.zenodo.org', 'https://data.caltech.edu'],
      description: 'Zenodo, and other installations of InvenioRDM.',
    }),
    figshareApiUrl: address('https://api.figshare.com/v2', "The address of Figshare's API."),
    figshareHosts: Type.Array(Type.String({ pattern: '^[^/@\\s]+$' }), {
      default: ['figshare.com'],
      description: 'Hosts that show articles of Figshare, their sub-domains included.',
    }),
    hydroshareUrl: address('https://www.hydroshare.org', 'Hydroshare.'),
  },
  'Where archives of research data are; Dataverse and CKAN are found by their addresses.',
);
