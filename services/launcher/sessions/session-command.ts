/** The port that Jupyter listens on inside of its container. */
export const SESSION_PORT = 8888;

/**
 * Starts JupyterLab, or classic Notebook where an image has nothing newer. Every option goes to both families of
 * servers (ServerApp, and NotebookApp of the years before): each ignores what is not its own. The token comes by the
 * environment, because arguments can be read by everybody who may list processes or containers.
 */
const START_SCRIPT = `
base=$1 port=$2
set -- --ip=0.0.0.0 "--port=$port" --no-browser
for app in ServerApp NotebookApp; do
  set -- "$@" "--$app.base_url=$base" "--$app.port_retries=0" "--$app.allow_remote_access=True" \\
    "--$app.trust_xheaders=True" "--$app.allow_origin=*"
done
for program in jupyter-lab jupyter-notebook; do
  if command -v "$program" >/dev/null 2>&1; then exec "$program" "$@"; fi
done
echo 'There is neither jupyter-lab nor jupyter-notebook on the PATH of this image.' >&2
exit 127
`;

/** The command of a session, as an argument array: what differs between sessions is never part of the script. */
export const makeSessionCommand = (basePath: string): string[] => [
  'sh',
  '-c',
  START_SCRIPT,
  'slipway',
  basePath,
  String(SESSION_PORT),
];
