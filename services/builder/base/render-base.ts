import { REPO_DIR } from '../../contracts/image-files.ts';
import { BUILD_CONTEXT } from '../dockerfile/image-layout.ts';
import { recordCommand } from '../dockerfile/record-commands.ts';
import { checkPython, installPython, pythonProgram, type BasePythonInput } from './render-python.ts';

/** What a base is made of, beside the files that are copied in. */
export type BaseDockerfileInput = BasePythonInput & {
  /** The image to build on. */
  readonly from: string;
  /** Whether `from` has the system packages already, because it was made for this. */
  readonly hasPackages: boolean;
  /** Whether the context has a `ca.pem` that downloads must trust; it does not stay in the image. */
  readonly caBundle: boolean;
  /** Whether the context has an `index.sh` that names a package index; it does not stay in the image. */
  readonly index: boolean;
};

/** Debian packages of every base: what the installers need, and what notebooks and scripts count on. */
export const SYSTEM_PACKAGES: readonly string[] = [
  'bzip2',
  'ca-certificates',
  'curl',
  'gettext-base',
  'git',
  'less',
  'locales',
  'procps',
  'python3',
  'python3-venv',
  'unzip',
  'xz-utils',
];

/** Files of ours, beside the entry point, that the context of a base has at its top. */
export const COPIED_FILES: readonly string[] = [
  'base-requirements.txt',
  'jupyterlab-overrides.json',
  'slipway_session.json',
  'slipway_session.py',
];

const PREFIX = '/srv/conda/envs/notebook';
const CA_FILE = '/run/ca.pem';
const RECORD_FILES = '/run/slipway-record';
const INDEX_FILE = '/run/index.sh';

/** The names are repo2docker's, so that existing postBuild and start scripts find what they look for. */
const ENVIRONMENT: Readonly<Record<string, string>> = {
  LANG: 'en_US.UTF-8',
  LC_ALL: 'en_US.UTF-8',
  LANGUAGE: 'en_US.UTF-8',
  SHELL: '/bin/bash',
  APP_BASE: '/srv',
  NB_USER: 'jovyan',
  NB_UID: '1000',
  USER: 'jovyan',
  HOME: REPO_DIR,
  REPO_DIR,
  CONDA_DIR: '/srv/conda',
  NB_PYTHON_PREFIX: PREFIX,
  KERNEL_PYTHON_PREFIX: PREFIX,
  NB_ENVIRONMENT_FILE: '/srv/slipway/base-requirements.txt',
  NPM_DIR: '/srv/npm',
  NPM_CONFIG_GLOBALCONFIG: '/srv/npm/npmrc',
  PYTHONUNBUFFERED: '1',
  PATH: `${REPO_DIR}/.local/bin:${PREFIX}/bin:/srv/npm/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
};

const SERVE = ['jupyter', 'lab', '--ip=0.0.0.0', '--port=8888', '--no-browser'];

const run = (...commands: readonly string[]): string => `RUN ${commands.join(' \\\n && ')}`;

const renderPackages = ({ hasPackages, ...input }: BaseDockerfileInput): string[] => {
  const check = input.hasSystemPython ? [checkPython(input)] : [];
  if (hasPackages) return check.map((command) => run(command));
  const install = `DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends ${SYSTEM_PACKAGES.join(' ')}`;
  return [run('apt-get update', install, 'rm -rf /var/lib/apt/lists/*', ...check)];
};

/** A login shell, which is what JupyterLab opens as a terminal, keeps the image's PATH instead of Debian's. */
const KEEP_PATH = String.raw`sed -i 's/^\( *\)PATH=/\1: PATH=/' /etc/profile`;

const renderUser = (): string =>
  run(
    KEEP_PATH,
    "sed -i 's/^# *\\(en_US.UTF-8 UTF-8\\)/\\1/' /etc/locale.gen && locale-gen",
    '{ getent group 1000 > /dev/null || groupadd --gid 1000 jovyan; }',
    `useradd --uid 1000 --gid 1000 --home-dir ${REPO_DIR} --create-home --no-log-init --shell /bin/bash jovyan`,
    `chown -R 1000:0 ${REPO_DIR} && chmod -R g=u,o=rX ${REPO_DIR}`,
    // New directories in these have the group of the directory above them too.
    'install -d -o 1000 -g 0 -m 2775 /srv/conda /srv/conda/envs /srv/npm',
    "echo 'prefix = /srv/npm' > /srv/npm/npmrc && chown 1000:0 /srv/npm/npmrc",
    'install -d -o 1000 -g 0 -m 775 /srv/slipway',
  );

/** A RUN that reaches the network: what it is to trust and to ask is there for this instruction only. */
const runOnline = (
  { caBundle, index }: BaseDockerfileInput,
  { mounts = [], exports = [] }: { readonly mounts?: readonly string[]; readonly exports?: readonly string[] },
  commands: readonly string[],
): string => {
  const trust = caBundle ? [`SSL_CERT_FILE=${CA_FILE}`, `PIP_CERT=${CA_FILE}`] : [];
  const variables = [...exports, ...trust];
  const allMounts = [
    ...mounts,
    ...(caBundle ? [`type=bind,source=ca.pem,target=${CA_FILE}`] : []),
    ...(index ? [`type=bind,source=index.sh,target=${INDEX_FILE}`] : []),
  ];
  const flags = allMounts.map((mount) => `--mount=${mount} `).join('');
  const prepared = [
    ...(variables.length === 0 ? [] : [`export ${variables.join(' ')}`]),
    ...(index ? [`. ${INDEX_FILE}`] : []),
    ...commands,
  ];
  return run(...prepared).replace('RUN ', `RUN ${flags}\\\n    `);
};

/** Nothing, where the system has the Python that is wanted. */
const renderPython = (input: BaseDockerfileInput): string[] =>
  input.hasSystemPython ? [] : [runOnline(input, {}, [...installPython(input), checkPython(input)])];

/** Our extension of the server is a plain module: it belongs to no distribution that an installer could replace. */
const INSTALL_EXTENSION: readonly string[] = [
  `modules="$(${PREFIX}/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"`,
  'install -m 644 /srv/slipway/slipway_session.py "$modules"',
  `${PREFIX}/bin/python -m compileall -q "$modules/slipway_session.py"`,
  `install -D -m 644 /srv/slipway/slipway_session.json ${PREFIX}/etc/jupyter/jupyter_server_config.d/slipway_session.json`,
];

const renderJupyter = (input: BaseDockerfileInput): string => {
  const cache = '/tmp/package-cache';
  const exports = ['UV_LINK_MODE=copy', `UV_CACHE_DIR=${cache}/uv`, `PIP_CACHE_DIR=${cache}/pip`];
  const mounts = [
    `type=cache,id=slipway-base,target=${cache},uid=1000,gid=1000`,
    `type=bind,source=${BUILD_CONTEXT.record},target=${RECORD_FILES}`,
  ];
  return runOnline(input, { mounts, exports }, [
    'umask 0002',
    `${pythonProgram(input)} -m venv ${PREFIX}`,
    `pip install --quiet --disable-pip-version-check "$(grep '^uv==' /srv/slipway/base-requirements.txt)"`,
    `uv pip install --compile-bytecode --python ${PREFIX}/bin/python --requirements /srv/slipway/base-requirements.txt`,
    `install -D -m 644 /srv/slipway/jupyterlab-overrides.json ${PREFIX}/share/jupyter/lab/settings/overrides.json`,
    ...INSTALL_EXTENSION,
    `test -f ${PREFIX}/share/jupyter/kernels/python3/kernel.json`,
    'node --version',
    recordCommand(RECORD_FILES),
  ]);
};

/**
 * The Dockerfile of a base image. Its context holds slipway-entrypoint, COPIED_FILES, the files of makeRecordFiles and,
 * where wanted, ca.pem and index.sh.
 */
export const renderBaseDockerfile = (input: BaseDockerfileInput): string =>
  [
    `FROM ${input.from}`,
    'USER root',
    ...renderPackages(input),
    renderUser(),
    ...Object.entries(ENVIRONMENT).map(([name, value]) => `ENV ${name}=${value}`),
    'COPY --chown=0:0 --chmod=755 slipway-entrypoint /usr/local/bin/slipway-entrypoint',
    `COPY --chown=0:0 --chmod=644 ${COPIED_FILES.join(' ')} /srv/slipway/`,
    ...renderPython(input),
    'USER jovyan',
    `WORKDIR ${REPO_DIR}`,
    renderJupyter(input),
    'EXPOSE 8888',
    'ENTRYPOINT ["/usr/local/bin/slipway-entrypoint"]',
    `CMD ${JSON.stringify(SERVE)}`,
    '',
  ].join('\n');
