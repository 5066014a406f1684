"""Makes the Python of a conda environment the kernel of Jupyter's notebooks: register-kernel.py PREFIX

An environment without a Python leaves the kernel of the base, with the environment on its path.
The server stays that of the base. Its commands are linked in front of those that the environment may bring, and the
kernel gets the variables that the environment's activation scripts set.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ACTIVATE = 'for script in "$CONDA_PREFIX"/etc/conda/activate.d/*.sh; do [ -e "$script" ] && . "$script"; done; env -0'


def read_variables(prefix):
    """The variables that activation sets or changes, with $ as Jupyter wants it written."""
    before = {**os.environ, "CONDA_PREFIX": str(prefix), "PATH": f"{prefix}/bin:{os.environ['PATH']}"}
    printed = subprocess.run(["bash", "-c", ACTIVATE], env=before, stdout=subprocess.PIPE, text=True).stdout
    after = dict(line.split("=", 1) for line in printed.split("\0") if "=" in line)
    own = {"PATH", "PWD", "SHLVL", "_"}
    return {name: value.replace("$", "$$") for name, value in after.items() if name not in own and before.get(name) != value}


def write_kernel(server, conda, prefix):
    kernel = conda / "share/jupyter/kernels/python3"
    shutil.copytree(server / "share/jupyter/kernels/python3", kernel, dirs_exist_ok=True)
    python = Path(prefix) / "bin/python"
    spec = {
        "argv": [str(python if python.exists() else server / "bin/python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "metadata": {"debugger": True},
        "env": {**read_variables(prefix), "CONDA_PREFIX": str(prefix), "PATH": f"{prefix}/bin:${{PATH}}"},
    }
    (kernel / "kernel.json").write_text(json.dumps(spec, indent=1))


def main(prefix):
    server, conda = Path(os.environ["NB_PYTHON_PREFIX"]), Path(os.environ["CONDA_DIR"])
    write_kernel(server, conda, prefix)
    (conda / "bin").mkdir(exist_ok=True)
    for command in (server / "bin").glob("jupyter*"):
        (conda / "bin" / command.name).symlink_to(command)


if __name__ == "__main__":
    main(*sys.argv[1:])
