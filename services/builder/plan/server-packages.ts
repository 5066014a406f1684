/** What the server of sessions is made of: another version of one of them may keep it from starting. */
const SERVER_PACKAGES = new Set([
  'ipykernel',
  'jupyter',
  'jupyter-client',
  'jupyter-core',
  'jupyter-events',
  'jupyter-server',
  'jupyter-server-proxy',
  'jupyterlab',
  'jupyterlab-server',
  'nbclient',
  'nbconvert',
  'nbformat',
  'notebook',
  'notebook-shim',
  'pyzmq',
  'tornado',
  'traitlets',
]);

/** Whether a requirement names a package that the server runs on. */
export const isServerPackage = (requirement: string): boolean => {
  const [name = ''] = /^[\w.-]+/.exec(requirement) ?? [];
  return SERVER_PACKAGES.has(name.toLowerCase().replaceAll(/[-_.]+/g, '-'));
};
