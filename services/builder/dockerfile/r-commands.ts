import type { RStep } from '../../contracts/build-plan.ts';
import { aptMounts, type AptOptions, aptCommand } from './apt-commands.ts';
import { BASE_IMAGE, BUILD_CONTEXT, MOUNTS } from './image-layout.ts';
import { SHARE_WITH_GROUP } from './install-commands.ts';
import { certificateMounts, exportCertificates, type NetworkOptions } from './network-access.ts';
import { renderExport, renderRun, type Mount } from './run-instruction.ts';
import { shellQuote } from './shell-quote.ts';
import { markStep } from './step-kind.ts';

/** R with what compiles packages, and the kernel; the same for every repository. */
const PACKAGES = ['r-base-core', 'r-base-dev', 'r-cran-irkernel'];

/** What restores locks: not every Debian release has it. */
const RENV = `$(apt-cache --names-only search '^r-cran-renv$' | cut -d ' ' -f 1)`;

/** Where packages go that Debian does not have, as in repo2docker. */
const LIBRARY = '/srv/rlibs';

/**
 * renv would start by the profile that it puts into repositories, with a library of its own. Told not to, it reads the
 * user's profile instead, which here is that same one, and so on: the home directory is that of the content.
 */
const WITHOUT_RENV = 'RENV_CONFIG_AUTOLOADER_ENABLED=FALSE RENV_CONFIG_USER_PROFILE=FALSE';

/** Not the R that a conda environment may have in front of it on the path. */
const RSCRIPT = '/usr/bin/Rscript';

const programs: Mount = { type: 'bind', source: BUILD_CONTEXT.r, target: MOUNTS.r };

/** Our programs see neither the profile nor the environment file that a repository may have in the home directory. */
const runProgram = (name: string, ...words: readonly string[]): string =>
  [`${RSCRIPT} --no-init-file --no-environ ${MOUNTS.r}/${name}`, ...words.map(shellQuote)].join(' ');

const renderR = (version: string, options: AptOptions): string =>
  renderRun(aptMounts(options), [
    markStep('r'),
    renderExport({ DEBIAN_FRONTEND: 'noninteractive' }),
    `${aptCommand(options)} update`,
    `${aptCommand(options)} install --yes --no-install-recommends ${PACKAGES.join(' ')} ${RENV}`,
    `{ ${RSCRIPT} -e ${shellQuote(`quit(status = !startsWith(format(getRversion()), "${version}."))`)} || { echo "r: this image has another R than ${version}"; false; }; }`,
    `install -d -o 1000 -g 0 -m 2775 ${LIBRARY}`,
  ]);

/** Sessions use the same repository, so that what is installed later fits. */
const renderRepository = (repository: string): string =>
  renderRun(
    [],
    [
      `printf '%s\\n' ${shellQuote(`local({ r <- getOption("repos"); r["CRAN"] <- ${JSON.stringify(repository)}; options(repos = r) })`)} >> /etc/R/Rprofile.site`,
    ],
  );

/** What Debian has of the packages; those of the Bioconductor project have another prefix there. */
const renderDebian = (packages: RStep['packages'], options: AptOptions): string =>
  renderRun(aptMounts(options), [
    markStep('r-packages'),
    renderExport({ DEBIAN_FRONTEND: 'noninteractive' }),
    `${aptCommand(options)} update`,
    `found="$(for name in ${packages.map(({ name }) => shellQuote(name.toLowerCase())).join(' ')}; do for kind in cran bioc; do apt-cache show --no-all-versions "r-$kind-$name" 2> /dev/null | sed -n 's/^Package: //p'; done; done)"`,
    `${aptCommand(options)} -o APT::Cmd::Pattern-Only=true install --yes --no-install-recommends -- $found`,
  ]);

const runAsUser = (kind: 'r-packages' | 'install-r' | 'r-package', network: NetworkOptions, run: UserRun): string =>
  renderRun(
    [...run.mounts, ...certificateMounts(network)],
    [markStep(kind), SHARE_WITH_GROUP, ...exportCertificates(network), ...run.commands],
  );

type UserRun = { readonly mounts: readonly Mount[]; readonly commands: readonly string[] };

const staged: Mount = { type: 'bind', source: BUILD_CONTEXT.staged, target: MOUNTS.staged };

/** R itself, with Debian's packages, as root; then what Debian does not have, and locks, as the user. */
export const renderRInstall = (step: RStep, options: AptOptions): readonly string[] => {
  const { version, repository, prefersDebian, packages, lock } = step;
  const install = { mounts: [programs], commands: [runProgram('install-packages.R', `${MOUNTS.r}/packages`)] };
  const restore = { mounts: [programs, staged], commands: [runProgram('restore-lock.R', `${MOUNTS.staged}/${lock}`)] };
  return [
    'USER root',
    renderR(version, options),
    ...(repository === '' ? [] : [renderRepository(repository)]),
    `ENV R_LIBS_USER=${LIBRARY} ${WITHOUT_RENV}`,
    ...(packages.length > 0 && prefersDebian ? [renderDebian(packages, options)] : []),
    `USER ${BASE_IMAGE.user}`,
    ...(lock === undefined ? [] : [runAsUser('r-packages', options, restore)]),
    ...(packages.length === 0 ? [] : [runAsUser('r-packages', options, install)]),
  ];
};

/** install.R fails when it ends with an error, and when a package that it asked for is not there at its end. */
export const renderInstallR = (file: string, network: NetworkOptions): string => {
  const script = shellQuote(`./${file}`);
  const commands = [
    'cd "$REPO_DIR"',
    'asked="$(mktemp)"',
    `${RSCRIPT} ${MOUNTS.r}/run-script.R ${script} "$asked"`,
    `${RSCRIPT} ${MOUNTS.r}/check-packages.R "$asked"`,
    'rm -f "$asked"',
  ];
  return runAsUser('install-r', network, { mounts: [programs], commands });
};

/** Installs the repository itself, which is a package of R. */
export const renderRPackage = (network: NetworkOptions): string =>
  runAsUser('r-package', network, { mounts: [], commands: ['/usr/bin/R CMD INSTALL "$REPO_DIR"'] });
