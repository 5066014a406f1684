import { Type } from 'typebox';
import { count, publicAddress, section, text } from './fields.ts';

export const Build = section(
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
    perRepository: count(1, 'How many of them may be of one repository. 0: any number.', { minimum: 0 }),
    environmentMaxAgeDays: count(
      0,
      'Environments whose versions are not fixed are installed anew for builds after so many days. 0: never.',
      { minimum: 0 },
    ),
    indexUrl: text(
      '',
      'A Python package index to use instead of the default one; it may have credentials, which builds can read.',
    ),
    packageCache: Type.String({
      default: 'slipway',
      pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
      description:
        'Name of the caches of downloaded packages on the engine. Installations of one engine that name the same share them.',
    }),
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
