import { Type, type Static } from 'typebox';

const text = (value: string, description: string) => Type.String({ default: value, description });
/** An address that instructions are written with, which images keep: one with credentials is refused. */
const publicAddress = (value: string, description: string) =>
  Type.String({ default: value, pattern: '^[^@\\s]*$', description });
const count = (value: number, description: string, bounds: { minimum?: number; maximum?: number } = { minimum: 1 }) =>
  Type.Integer({ default: value, description, ...bounds });
const section = <T extends Parameters<typeof Type.Object>[0]>(properties: T, description: string) =>
  Type.Object(properties, { additionalProperties: false, default: {}, description });
const port = (value: number, description: string) => count(value, description, { minimum: 0, maximum: 65_535 });

const OFFERED_PYTHON_MINOR = '^3\\.(9|1[0-5])$';

/** The Python versions that the Jupyter stack of the bases supports; 3.8 and older it does not. */
export const OFFERED_PYTHON = '^3\\.(9|1[0-5])(\\.\\d{1,2})?$';

const Build = section(
  {
    timeoutSeconds: count(1800, 'The longest a build may take.'),
    fetchTimeoutSeconds: count(300, 'The longest the download of a repository may take.'),
    maxRepositoryMib: count(2048, 'The largest repository, checked out.'),
    maxContextMib: count(2048, 'The most that is handed to one build: the content, without what .dockerignore names.'),
    maxImageMib: count(
      10_240,
      'The most that one build may add to its base; of a repository with a Dockerfile, the whole image. A larger image is removed again.',
    ),
    idleSeconds: count(900, 'A build is ended when its running step printed nothing for so long.'),
    logMib: count(4, 'The most that is kept of the log of one image; a longer log is cut with a line that says so.'),
    memoryMib: count(4096, 'Memory of one build step; see docs/operator/security.md for where this is in force.', {
      minimum: 64,
    }),
    cpus: Type.Number({
      default: 0,
      minimum: 0,
      description: 'CPU cores of one build step, where memoryMib is in force. 0: all that there are.',
    }),
    pids: count(4096, 'Processes and threads of one build step, where memoryMib is in force.', { minimum: 16 }),
    concurrency: count(1, 'How many builds run at the same time.'),
    environmentMaxAgeDays: count(
      0,
      'Environments whose versions are not fixed are installed anew for builds after so many days. 0: never.',
      { minimum: 0 },
    ),
    indexUrl: text(
      '',
      'A Python package index to use instead of the default one; it may have credentials, which builds can read.',
    ),
    condaChannels: Type.Array(Type.String({ pattern: '^[^@\\s]+$' }), {
      default: ['conda-forge'],
      description: 'The conda channels after those of a repository, and what defaults stands for; names or addresses.',
    }),
    condaMirror: publicAddress(
      'https://conda.anaconda.org',
      'The server of conda channels that are named without an address, and of files that locks name at the default one; no credentials.',
    ),
    rRepository: Type.String({
      default: 'https://packagemanager.posit.co/cran/{date}',
      pattern: '^(https?://[^@\\s"\\\\]+)?$',
      description:
        'A repository of R packages like CRAN, for what Debian does not have; {date} stands for the day that is asked for, or latest. No credentials. Empty: the one that Debian’s R has set.',
    }),
    juliaMirror: Type.String({
      default: 'https://julialang-s3.julialang.org',
      pattern: '^https?://[A-Za-z0-9._~:/-]+$',
      description: 'The server of Julia’s releases, with bin/linux/… and bin/checksums/… as julialang.org has them.',
    }),
    nixpkgs: Type.String({
      default: 'https://channels.nixos.org/nixos-25.11/nixexprs.tar.xz',
      pattern: '^https?://[A-Za-z0-9._~:/-]+$',
      description:
        'What <nixpkgs> stands for in default.nix: the address of an archive of Nix expressions. That of a channel moves; that of a commit or a release does not.',
    }),
    caBundle: text(
      '',
      'A file of certificate authorities that builds trust; default: SSL_CERT_FILE or NODE_EXTRA_CA_CERTS of the process.',
    ),
  },
  'How images are built.',
);

const Base = section(
  {
    from: text('bootstrap', 'An image to build on, or bootstrap: made from a Debian mirror with mmdebstrap.'),
    debianMirror: publicAddress(
      '',
      'The Debian mirror that a bootstrapped base is made from; default: the one that mmdebstrap chooses; no credentials.',
    ),
    pythons: Type.Array(Type.String({ pattern: OFFERED_PYTHON }), {
      default: [],
      description:
        'The Python versions that repositories may ask for, x.y, or x.y.z for exactly that; empty: those that Debian has (3.13, 3.11), with an image as base.from only defaultPython. Others are builds that uv installs.',
    }),
    defaultPython: Type.String({
      pattern: OFFERED_PYTHON_MINOR,
      default: '3.13',
      description:
        'The Python version of repositories that name none; with an image as base.from, the one that it has.',
    }),
    pythonMirror: publicAddress(
      '',
      'Where uv gets its builds of Python (UV_PYTHON_INSTALL_MIRROR); default: where uv gets them; no credentials.',
    ),
    pythonDownloads: publicAddress(
      '',
      'The address of a list of builds of Python instead of the one in uv (UV_PYTHON_DOWNLOADS_JSON_URL); no credentials.',
    ),
  },
  'The image that all environments build on.',
);

const Sessions = section(
  {
    memoryMib: count(2048, 'Memory of one session; swap is never added.', { minimum: 64 }),
    cpus: Type.Number({ default: 1, exclusiveMinimum: 0, description: 'CPU cores of one session.' }),
    pids: count(1024, 'Processes and threads of one session.', { minimum: 16 }),
    logMib: count(2, 'Log kept of one session.'),
    startTimeoutSeconds: count(120, 'The longest until Jupyter answers.'),
    idleSeconds: count(1200, 'A session that nobody used for so long is ended.'),
    maxAgeSeconds: count(21_600, 'A session is ended after so long, whatever it does.'),
    reconcileSeconds: count(10, 'How often what runs is compared with what should run.'),
  },
  'The limits of a session.',
);

const Github = section(
  {
    host: text('github.com', 'The GitHub host of the gh provider.'),
    apiUrl: text('https://api.github.com', 'The address of its API.'),
    accessToken: text('', 'A token that raises the API limit; never sent anywhere else.'),
  },
  'The GitHub provider.',
);

const Registry = section(
  {
    url: Type.String({
      default: '',
      pattern: '^(https?://[A-Za-z0-9.:[\\]-]+(/[a-z0-9._/-]*)?)?$',
      description:
        'A registry that images are looked up in, pushed to and pulled from: http(s)://HOST[:PORT][/PATH]. Empty: none.',
    }),
    username: text('', 'The user that the registry knows.'),
    password: text('', 'The password or token of that user; sent to the registry and to nobody else.'),
    timeoutSeconds: count(600, 'The longest that one image may take to be pushed or pulled.'),
  },
  'Where images are kept beyond the engine.',
);

const SoftwareHeritage = section(
  { apiUrl: text('https://archive.softwareheritage.org/api/1', 'The address of its API.') },
  'Software Heritage, for content that is named by a SWHID.',
);

const address = (value: string, description: string) =>
  Type.String({ default: value, pattern: '^https?://[^@\\s]+$', description });

const Archives = section(
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

const percent = (description: string) => count(0, description, { minimum: 0, maximum: 100 });

const Images = section(
  {
    highPercent: percent(
      'When the disk of the engine is so full, images that were not used for longest are removed. 0: never.',
    ),
    lowPercent: percent('Removing images stops when the disk is less full than this. 0: the same as highPercent.'),
    checkSeconds: count(60, 'How often the disk of the engine is looked at.'),
  },
  'What is kept in the engine.',
);

/** Every setting, its default and its meaning; docs/reference/settings.md is generated from it. */
export const Settings = Type.Object(
  {
    host: text('127.0.0.1', 'The address that both listeners bind.'),
    port: port(8080, 'The control listener: pages and API. 0 takes any free port.'),
    sessionPort: port(8081, 'The session listener: nothing but sessions. 0 takes any free port.'),
    publicUrl: text(
      '',
      'The address of the control listener as browsers see it, behind a reverse proxy; default: from the request.',
    ),
    sessionUrl: text(
      '',
      'The address of the session listener as browsers see it; default: the host of the request and sessionPort.',
    ),
    data: text('.data', 'Directory of the database, the secret and the logs.'),
    allowHosts: Type.Array(Type.String({ pattern: '^[^/@\\s]+$' }), {
      default: [],
      description: 'HOST or HOST:PORT that repositories may be fetched from although the address is not public.',
    }),
    lookupTimeoutSeconds: count(20, 'The longest that a repository host may take to name the commit of a ref.'),
    dockerHost: text('', 'The container engine, as DOCKER_HOST; default: DOCKER_HOST, else the local socket.'),
    imagePrefix: Type.String({
      default: 'slipway/',
      pattern: '^[a-z0-9][a-z0-9._/-]*$',
      description: 'Goes in front of the names of all images that are built.',
    }),
    logLevel: Type.Union(
      ['debug', 'info', 'warn', 'error'].map((level) => Type.Literal(level)),
      {
        default: 'info',
        description: 'The least important log line to write.',
      },
    ),
    build: Build,
    base: Base,
    registry: Registry,
    images: Images,
    sessions: Sessions,
    github: Github,
    softwareHeritage: SoftwareHeritage,
    archives: Archives,
  },
  { additionalProperties: false },
);
export type Settings = Static<typeof Settings>;
