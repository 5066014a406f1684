"""Reads what is installed in an image: Debian's packages, Python distributions, conda packages, packages of R."""

import json
import re
import subprocess
from importlib import metadata
from pathlib import Path

DOCUMENTS = Path("/usr/share/doc")

# A licence text instead of the name of a licence.
LONGEST_LICENCE = 100


def normalise(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def debian_licences(package):
    """The licences that a machine-readable copyright file (DEP 5) names, sorted; none for another kind of file."""
    try:
        text = (DOCUMENTS / package / "copyright").read_text(errors="replace")
    except OSError:
        return []
    if not re.match(r"\s*Format: ?https?://www.debian.org/doc/packaging-manuals/copyright-format", text, re.I):
        return []
    names = {name.strip() for name in re.findall(r"^License: *(\S.*)$", text, re.M)}
    return sorted(name for name in names if len(name) <= LONGEST_LICENCE)


def read_debian():
    """Every installed Debian package, by name and architecture."""
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status} ${Package} ${Version} ${Architecture}\n"]
    lines = subprocess.run(query, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    rows = [line.split(" ") for line in lines]
    found = [
        {"name": name, "version": version, "architecture": architecture}
        for status, name, version, architecture in rows
        if status == "installed"
    ]
    return sorted(found, key=lambda one: (one["name"], one["architecture"]))


def python_licence(headers):
    """An expression where the package has one, else the name it gives or its classifiers."""
    expression = headers.get("License-Expression")
    if expression:
        return {"expression": expression.strip()}
    licence = (headers.get("License") or "").strip()
    if licence and len(licence) <= LONGEST_LICENCE and "\n" not in licence and licence.upper() != "UNKNOWN":
        return {"names": [licence]}
    classifiers = [one for one in headers.get_all("Classifier") or [] if one.startswith("License ::")]
    return {"names": sorted({one.split(" :: ")[-1] for one in classifiers})}


def python_origin(distribution):
    """Where a distribution that is not of an index came from: a commit, an archive, or a directory of the image."""
    try:
        direct = json.loads(distribution.read_text("direct_url.json") or "null")
    except ValueError:
        return {}
    if not direct:
        return {}
    url = direct.get("url", "")
    subdirectory = {"subdirectory": direct["subdirectory"]} if "subdirectory" in direct else {}
    if "vcs_info" in direct:
        return {"git": url, "commit": direct["vcs_info"].get("commit_id", ""), **subdirectory}
    if url.startswith("file:"):
        return {"local": True}
    return {"archive": url, **subdirectory}


def read_python(prefix):
    """Every Python distribution below a prefix, with its origin; of a name that is there twice the first counts."""
    paths = sorted(str(path) for path in Path(prefix).glob("lib/python3*/site-packages"))
    found = {}
    for distribution in metadata.distributions(path=paths):
        name = distribution.metadata["Name"]
        if name is None or normalise(name) in found:
            continue
        wheel = distribution.read_text("WHEEL") or ""
        found[normalise(name)] = {
            "name": normalise(name),
            "version": distribution.version,
            "origin": python_origin(distribution),
            "licence": python_licence(distribution.metadata),
            "tags": re.findall(r"^Tag: *(\S+)", wheel, re.M),
            "path": str(getattr(distribution, "_path", "")),
        }
    return [found[name] for name in sorted(found)]


def read_interpreter(prefix):
    """The version of the Python of a virtual environment; None for another kind of environment."""
    try:
        found = re.search(r"^version(?:_info)? *= *(\S+)", (Path(prefix) / "pyvenv.cfg").read_text(), re.M)
    except OSError:
        return None
    return found[1] if found else None


def read_conda(prefix):
    """Every conda package of an environment as its own record has it, by name."""
    records = []
    for path in sorted(Path(prefix).glob("conda-meta/*.json")):
        records.append(json.loads(path.read_text()))
    return sorted(records, key=lambda one: one["name"])


def read_r(library):
    """Every package of R in a library that is not Debian's or conda's, by name."""
    found = []
    for path in sorted(Path(library).glob("*/DESCRIPTION")):
        fields = dict(re.findall(r"^(\w+): *(\S.*)$", path.read_text(errors="replace"), re.M))
        if "Package" in fields and "Version" in fields:
            licence = fields.get("License", "")[:LONGEST_LICENCE].strip()
            found.append({"name": fields["Package"], "version": fields["Version"], "licence": licence})
    return sorted(found, key=lambda one: one["name"])


def owned_by_conda(prefix, records):
    """The places of the metadata of Python distributions that came with conda packages."""
    files = (file for record in records for file in record.get("files", []))
    return {str(Path(prefix) / file).rsplit("/", 1)[0] for file in files if ".dist-info/" in file or ".egg-info" in file}
