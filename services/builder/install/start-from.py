"""Says how an environment becomes another one: start-from.py BASE ANSWER LOCK SITE_PACKAGES DIRECTORY

BASE is the environment of the base. ANSWER is what uv says would change if what is wanted were installed there. LOCK is
that of the environment, SITE_PACKAGES its packages. DIRECTORY gets `pins`, constraints to exactly the wanted versions, and
`removed`, the names of what has to go. The byte code of what goes or changes is removed here: no list of a package has it.
Ends with status 1 where the result would not be what a build on the base gives, would hide too much, or where the
Python of the environment would run something of its packages when it starts.
"""

import csv
import json
import re
import sys
from pathlib import Path

# What later layers hide still takes its place.
MOST_HIDDEN_BYTES = 64 * 2**20


def normalise(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def refuse(reason):
    sys.exit(f"slipway: installing on the base instead: {reason}")


def read_wanted(answer):
    """Versions by name, beyond the base."""
    wanted = {}
    for line in answer.splitlines():
        change = re.match(r" [-+~] ", line)
        added = re.fullmatch(r" \+ ([\w.-]+)==([\w.+!-]+)", line)
        if change and not added:
            refuse("packages of the base would change, or come from elsewhere")
        if added:
            wanted[normalise(added[1])] = added[2]
    return wanted


def read_installed(lock):
    """Versions by name, beyond the base; all of them are files of an index."""
    of_base = {package["name"] for package in lock["base"]["python"]}
    for package in lock["python"]:
        if package["name"] in of_base or {"git", "archive", "local"} & set(package):
            refuse("the earlier environment has packages that are not of an index")
    return {package["name"]: package["version"] for package in lock["python"]}


def read_files(site_packages):
    """The files of each package with their sizes, by its name."""
    files = {}
    for record in site_packages.glob("*.dist-info/RECORD"):
        with record.open(newline="") as rows:
            name = normalise(record.parent.name.split("-")[0])
            files[name] = {row[0]: int(row[2] or 0) for row in csv.reader(rows) if len(row) == 3}
    return files


def read_starters(environment, site_packages):
    """What decides which program starts as Python, and what it runs before anything else."""
    links = {path.name: str(path.readlink()) for path in environment.glob("bin/python*") if path.is_symlink()}
    programs = sorted(path.name for path in environment.glob("bin/python*"))
    hooks = {path.name: path.read_bytes() for path in site_packages.glob("*.pth")}
    customised = sorted(path.name for name in ("sitecustomize", "usercustomize") for path in site_packages.glob(f"{name}*"))
    return links, programs, hooks, customised, (environment / "pyvenv.cfg").read_bytes()


def check_starters(base, site_packages):
    environment = site_packages.parents[2]
    of_base = base / site_packages.relative_to(environment)
    if read_starters(environment, site_packages) != read_starters(base, of_base):
        refuse("its packages change how Python starts")


def remove_bytecode(site_packages, paths):
    for path in paths:
        source = site_packages / path
        for compiled in source.parent.glob(f"__pycache__/{source.stem}.*.pyc") if path.endswith(".py") else ():
            compiled.unlink()


def check_hidden(files, hidden):
    """What goes must belong to nothing that stays, and must not be much."""
    if not hidden <= set(files):
        refuse("a package does not say which files it has")
    going = {path for name in hidden for path in files[name]}
    if any(going & set(files[name]) for name in set(files) - hidden):
        refuse("packages share files")
    if sum(sum(files[name].values()) for name in hidden) > MOST_HIDDEN_BYTES:
        refuse("too much of the earlier environment would be hidden")


def main(base, answer, lock, site_packages, directory):
    site_packages = Path(site_packages)
    check_starters(Path(base), site_packages)
    wanted = read_wanted(Path(answer).read_text())
    installed = read_installed(json.loads(Path(lock).read_text()))
    hidden = {name for name, version in installed.items() if wanted.get(name) != version}
    if hidden:
        files = read_files(site_packages)
        check_hidden(files, hidden)
        remove_bytecode(site_packages, [path for name in hidden for path in files[name]])
    removed = sorted(hidden - set(wanted))
    pins = [f"{name}=={version}\n" for name, version in sorted(wanted.items())]
    (Path(directory) / "pins").write_text("".join(pins))
    (Path(directory) / "removed").write_text("".join(f"{name}\n" for name in removed))


main(*sys.argv[1:])
