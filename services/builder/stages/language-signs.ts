import type { Sign } from './sign.ts';

/** How our programs for R, and R itself, say what they could not do. */
export const R_SIGNS: readonly Sign[] = [
  {
    shows: /r: no answer from (\S+);/,
    code: 'BUILD_INDEX_UNREACHABLE',
    message: ([, server]) => `The repository of R packages ${server} did not answer.`,
  },
  {
    shows: /r: no repository has (.*?); asked: (.*?);/,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, names, asked]) => `What DESCRIPTION needs is not in ${asked}: ${names}.`,
  },
  {
    shows: /r: not installed: (.*?);/,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, names]) => `Packages of R could not be installed: ${names?.slice(0, 400)}.`,
  },
  {
    shows: /r: (this image has another R than \S+)/,
    code: 'IMAGE_BASE_FAILED',
    message: ([, why]) => `The base image cannot be used: ${why}.`,
  },
  {
    shows: /ERROR: (.*?)(?: \* | The command| executor | process |$)/,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, why]) => `The R package of the repository could not be installed: ${why?.slice(0, 400)}.`,
  },
];

/** curl's statuses: 22 for an answer that is an error. */
export const JULIA_SIGNS: readonly Sign[] = [
  {
    shows: /julia: status 22 from (\S+);/,
    code: 'BUILD_PACKAGE_NOT_FOUND',
    message: ([, url]) => `There is no such release of Julia at ${url}.`,
  },
  {
    shows: /julia: status \d+ from (https?:\/\/[^/\s]+)/,
    code: 'BUILD_INDEX_UNREACHABLE',
    message: ([, server]) => `The server of Julia's releases ${server} did not answer.`,
  },
  {
    shows: /julia: wrong checksum of (\S+);/,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, file]) => `The download ${file} has another checksum than the mirror says.`,
  },
  {
    shows: /ERROR: (.*?)(?: Stacktrace:| The command| executor | process |$)/,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, why]) => `The packages of Julia could not be installed: ${why?.slice(0, 400)}.`,
  },
];

export const INSTALL_R_SIGNS: readonly Sign[] = [
  {
    shows: /r: not installed: (.*?);/,
    code: 'BUILD_INSTALL_R_FAILED',
    message: ([, names]) => `install.R asked for packages that could not be installed: ${names?.slice(0, 400)}.`,
  },
  {
    shows: /(Error(?: in .*?)? ?: .*?) (?:Calls: .*?)?(?:In addition: .*?)?Execution halted/,
    code: 'BUILD_INSTALL_R_FAILED',
    message: ([, why]) => `install.R ended with an error: ${why?.slice(0, 400)}`,
  },
  {
    shows: /exit code: (\d+)$/,
    code: 'BUILD_INSTALL_R_FAILED',
    message: ([, status]) => `The script install.R of the repository ended with exit code ${status}.`,
  },
];

export const NIX_SIGNS: readonly Sign[] = [
  {
    shows: /(?:unable to download|Couldn't resolve host).*?(https?:\/\/[^/\s']+)/,
    code: 'BUILD_INDEX_UNREACHABLE',
    message: ([, server]) => `The server ${server}, which the Nix file needs, did not answer.`,
  },
  {
    shows: /.*error: (.*?)(?: The command| executor | process |$)/,
    code: 'BUILD_INSTALL_FAILED',
    message: ([, why]) => `The Nix file of the repository cannot be built: ${why?.slice(0, 400)}.`,
  },
];

export const JUPYTER_SIGNS: readonly Sign[] = [
  {
    shows: /jupyter: (.*?);/,
    code: 'BUILD_JUPYTER_MISSING',
    message: ([, why]) => `Jupyter cannot be added: ${why}.`,
  },
];
