#!/bin/sh
# Makes an image that knows nothing of sessions ready for them, as root: the user of a session, the directory of the
# content, and Jupyter, in an environment of its own that sees the packages of the image's Python. What is there is kept.
# Usage: prepare.sh UV CONSTRAINTS
set -e
uv=$1
constraints=$2

grep -q '^[^:]*:[^:]*:1000:' /etc/group || echo 'jovyan:x:1000:' >> /etc/group
grep -q '^[^:]*:[^:]*:1000:' /etc/passwd || echo 'jovyan:x:1000:1000::/home/jovyan:/bin/sh' >> /etc/passwd
mkdir -p /home/jovyan
chown 1000:1000 /home/jovyan

if command -v jupyter-lab > /dev/null || command -v jupyter-notebook > /dev/null; then
  exit 0
fi
python=$(command -v python3) || {
  echo 'jupyter: the image has neither Jupyter nor python3;'
  exit 1
}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' || {
  echo 'jupyter: the image has no Jupyter, and its python3 is older than 3.9;'
  exit 1
}
"$uv" --version > /dev/null 2>&1 || {
  echo 'jupyter: the image has no Jupyter, and programs for glibc do not run in it;'
  exit 1
}
"$uv" venv --no-config --system-site-packages --python "$python" /srv/slipway/jupyter
"$uv" pip install --no-config --python /srv/slipway/jupyter/bin/python --constraint "$constraints" \
  jupyterlab notebook ipykernel
