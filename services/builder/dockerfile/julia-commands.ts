import type { AfterStep, JuliaStep } from '../../contracts/build-plan.ts';
import { BASE_IMAGE } from './image-layout.ts';
import { certificateMounts, exportCertificates, type NetworkOptions } from './network-access.ts';
import { renderRun } from './run-instruction.ts';
import { shellQuote } from './shell-quote.ts';
import { markStep } from './step-kind.ts';

export type JuliaOptions = NetworkOptions & {
  /** The server of Julia's releases. */
  readonly juliaMirror: string;
};

/** The names are repo2docker's. */
const JULIA = '/srv/julia';
const DEPOT = `${JULIA}/pkg`;

/** Checksums are checked where the mirror has them (curl ends with 22 where it has not), as that of julialang.org does. */
const renderDownload = (version: string, { juliaMirror, ...network }: JuliaOptions): string => {
  const mirror = juliaMirror.replace(/\/$/, '');
  return renderRun(certificateMounts(network), [
    markStep('julia'),
    ...exportCertificates(network),
    'arch="$(uname -m)"',
    `file="julia-${version}-linux-$arch.tar.gz"`,
    `url="${mirror}/bin/linux/$(echo "$arch" | sed s/x86_64/x64/)/${version.replace(/\.\d+$/, '')}/$file"`,
    'cd "$(mktemp -d)"',
    '{ curl -fsSL --retry 3 -o "$file" "$url" || { echo "julia: status $? from $url;"; false; }; }',
    `sums="${mirror}/bin/checksums/julia-${version}.sha256"`,
    '{ curl -fsSL --retry 3 -o sums "$sums" || [ "$?" = 22 ] || { echo "julia: status 7 from $sums;"; false; }; }',
    '{ [ ! -e sums ] || grep "$file\\$" sums | sha256sum --check --quiet || { echo "julia: wrong checksum of $file;"; false; }; }',
    `install -d -o 1000 -g 1000 ${JULIA} ${DEPOT}`,
    `tar --extract --gzip --no-same-owner --strip-components 1 --directory ${JULIA} --file "$file"`,
    'rm -rf "$PWD"',
  ]);
};

const PKG = 'import Pkg; ';

/** Where a session finds the project, whose kernel the notebooks have. */
const projectOf = ({ directory }: JuliaStep): string =>
  directory === '' ? BASE_IMAGE.repoDir : `${BASE_IMAGE.repoDir}/${directory}`;

const installKernel = (step: JuliaStep): string => {
  const install = `using IJulia; installkernel("Julia", "--project=${projectOf(step)}")`;
  return `julia --project=@v#.# -e ${shellQuote(`${PKG}Pkg.add("IJulia"); ${install}`)}`;
};

/** Julia as root, then the kernel as the user: both are the same for all repositories with that version. */
export const renderJuliaInstall = (step: JuliaStep, options: JuliaOptions): readonly string[] => {
  const { version } = step;
  return [
    'USER root',
    renderDownload(version, options),
    `USER ${BASE_IMAGE.user}`,
    `ENV JULIA_PATH=${JULIA} JULIA_DEPOT_PATH=${DEPOT} JULIA_VERSION=${version}`,
    `ENV JUPYTER=$NB_PYTHON_PREFIX/bin/jupyter JUPYTER_DATA_DIR=$NB_PYTHON_PREFIX/share/jupyter PATH=$PATH:${JULIA}/bin`,
    renderRun(certificateMounts(options), [
      markStep('julia-packages'),
      ...exportCertificates(options),
      installKernel(step),
    ]),
    `ENV JULIA_PROJECT=${projectOf(step)}`,
  ];
};

type JuliaPackages = Extract<AfterStep, { kind: 'julia-packages' }>;

/** What fits is completed by what the project names and a manifest lacks; alone, instantiate refuses such a manifest. */
const COMPLETED = 'Pkg.instantiate(); Pkg.resolve(); Pkg.instantiate()';
const EXACTLY = 'Pkg.instantiate()';

/** Installs what the project names: what a manifest chose, else what fits; an exact installation leaves the manifest alone. */
export const renderJuliaPackages = ({ exact }: JuliaPackages, network: NetworkOptions): string =>
  renderRun(certificateMounts(network), [
    markStep('julia-packages'),
    ...exportCertificates(network),
    `cd ${BASE_IMAGE.repoDir}`,
    `julia -e ${shellQuote(`${PKG}${exact ? EXACTLY : COMPLETED}`)}`,
  ]);
