import { posix } from 'node:path';
import type { NixStep } from '../../contracts/build-plan.ts';
import { aptCommand, aptMounts, type AptOptions } from './apt-commands.ts';
import { BASE_IMAGE, BUILD_CONTEXT, NIX_START } from './image-layout.ts';
import { certificateMounts, certificateVariables, type NetworkOptions } from './network-access.ts';
import { renderExport, renderRun } from './run-instruction.ts';
import { shellQuote } from './shell-quote.ts';
import { markStep } from './step-kind.ts';

/** One user, who owns the store; what was fetched once is not looked for again, so that sessions start without network. */
const CONFIGURATION = ['build-users-group =', 'sandbox = false', 'tarball-ttl = 4294967295'];

/** Debian's Nix, as root; the same for every repository. */
export const renderNixInstall = (nix: NixStep, options: AptOptions): readonly string[] => [
  'USER root',
  renderRun(aptMounts(options), [
    markStep('nix'),
    renderExport({ DEBIAN_FRONTEND: 'noninteractive' }),
    `${aptCommand(options)} update`,
    `${aptCommand(options)} install --yes --no-install-recommends nix-bin`,
    'install -d -o 1000 -g 1000 /nix',
    `install -d /etc/nix && printf '%s\\n' ${CONFIGURATION.map(shellQuote).join(' ')} > /etc/nix/nix.conf`,
  ]),
  `COPY --chown=0:0 --chmod=755 ${BUILD_CONTEXT.nixStart} ${NIX_START}`,
  `ENV NIX_PATH=nixpkgs=${nix.nixpkgs} NIX_BUILD_SHELL=/bin/bash`,
];

/** Builds or fetches what the shell of the repository needs, so that sessions only enter it. */
export const renderNixShell = (file: string, network: NetworkOptions): string => {
  const variables = certificateVariables(network);
  return renderRun(certificateMounts(network), [
    markStep('nix-shell'),
    ...(Object.keys(variables).length === 0
      ? []
      : [renderExport({ ...variables, NIX_SSL_CERT_FILE: BASE_IMAGE.certificates })]),
    `cd ${BASE_IMAGE.repoDir}`,
    `nix-shell ${shellQuote(`./${file}`)} --run true`,
  ]);
};

/** Has every session start in that shell, behind the start script of the repository. */
export const nixVariables = ({ file }: NixStep, start: string | undefined): Readonly<Record<string, string>> => ({
  R2D_ENTRYPOINT: NIX_START,
  SLIPWAY_NIX_FILE: posix.join(BASE_IMAGE.repoDir, file),
  ...(start === undefined ? {} : { SLIPWAY_NIX_START: posix.join(BASE_IMAGE.repoDir, start) }),
});
