"""Records what is installed in an image, as a lock and as a bill of materials: record.py REQUEST DIRECTORY [PYTHON]

REQUEST is a JSON file: recipe, subject (name and version of what the image is), options (lines that say which index
the packages come from), strict (whether it is an error that a hash cannot be had), and python and conda, the prefixes
that were installed into; conda may be null. DIRECTORY gets lock.json and sbom.json. A lock.json that is there and names
no base is that of the base, and becomes part of ours. PYTHON is one that is like the installed one: uv starts it to ask the
index, so it is given where nothing of what was installed may run, and nothing is built then either.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

sys.path.insert(0, os.path.dirname(__file__))

import bill_of_materials as bill
import installed_packages as installed


def requirement(package):
    """A package that has a file as a line of a requirements file, exactly as it is installed."""
    name, origin = package["name"], package["origin"]
    subdirectory = f"#subdirectory={origin['subdirectory']}" if "subdirectory" in origin else ""
    return f"{name} @ {origin['archive']}{subdirectory}" if "archive" in origin else f"{name}=={package['version']}"


def wheel_tags(file):
    """The tags that the name of a wheel stands for."""
    parts = file.removesuffix(".whl").split("-")[-3:]
    pythons, abis, platforms = (part.split(".") for part in parts)
    return {f"{python}-{abi}-{platform}" for python in pythons for abi in abis for platform in platforms}


def file_hash(package, found):
    """The hash of the file that a package was installed from: the wheel that fits, else the source."""
    for wheel in found.get("wheels", []):
        name = wheel.get("name") or wheel.get("url", "").split("/")[-1].split("#")[0]
        if wheel_tags(name) & set(package["tags"]):
            return wheel["hashes"].get("sha256")
    source = found.get("sdist") or found.get("archive") or {}
    return source.get("hashes", {}).get("sha256")


def ask_index(command, lines):
    """What uv answers; an index that does not answer is asked again. None when there is no answer."""
    for pause in (0, 1, 5):
        time.sleep(pause)
        run = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True)
        if run.returncode == 0:
            return tomllib.loads(run.stdout)
    return None


def add_hashes(packages, request, asked):
    """Asks the index, whose answers are still in the cache, for the hashes of the files of these versions."""
    wanted = [package for package in packages if not {"local", "git"} & set(package["origin"])]
    python, building = (asked, ["--no-build"]) if asked else (f"{request['python']}/bin/python", [])
    lines = "\n".join([*request["options"], *map(requirement, wanted), ""])
    command = ["uv", "pip", "compile", "--quiet", "--no-config", "--no-deps", "--no-header", "--format", "pylock.toml"]
    command += ["--index-strategy", "unsafe-best-match", "--prerelease", "allow", "--python", python, *building, "-"]
    if not wanted:
        return
    answer = ask_index(command, lines)
    if answer is None and request["strict"]:
        sys.exit("the hashes of the packages are not known")
    if answer is None:
        print("the hashes of the packages are not known: their index does not have all of them")
        return
    found = {installed.normalise(one["name"]): one for one in answer.get("packages", [])}
    for package in wanted:
        digest = file_hash(package, found.get(package["name"], {}))
        if digest:
            package["sha256"] = digest


def locked_python(package):
    digest = {"sha256": package["sha256"]} if "sha256" in package else {}
    return {"name": package["name"], "version": package["version"], **package["origin"], **digest}


def locked_conda(record):
    return {key: record[key] for key in ("name", "version", "build", "url", "sha256", "md5") if record.get(key)}


def read_earlier(path):
    """What a lock that is there says of the base, and of the Python packages that were installed on it."""
    if not path.exists():
        return None, []
    text = path.read_bytes()
    lock = json.loads(text)
    if "base" in lock:
        return lock["base"], lock["python"]
    key = hashlib.sha256(text).hexdigest()
    return {"key": key, "debian": lock["debian"], "python": lock["python"]}, []


def beyond(packages, known):
    return [package for package in packages if package not in known]


def known_hashes(packages, earlier):
    """Takes over the hashes of packages that are still as an earlier lock has them; gives the others."""
    by_name = {one["name"]: one for one in earlier}
    others = []
    for package in packages:
        known = by_name.get(package["name"])
        if known is None or {**locked_python(package), "sha256": known.get("sha256")} != {"sha256": None, **known}:
            others.append(package)
        elif "sha256" in known:
            package["sha256"] = known["sha256"]
    return others


def distribution_release():
    pairs = (line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    values = {key: value.strip('"') for key, value in pairs}
    return f"{values.get('ID', 'debian')}-{values.get('VERSION_ID', '')}".rstrip("-")


def platform():
    command = ["dpkg", "--print-architecture"]
    return f"linux/{subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()}"


def write(path, value):
    path.write_text(json.dumps(value, indent=1, sort_keys=True) + "\n")


def main(request_file, directory, asked=None):
    request = json.loads(Path(request_file).read_text())
    lock_file = Path(directory) / "lock.json"
    base, earlier = read_earlier(lock_file)
    of_base = base["python"] if base else []
    debian = installed.read_debian()
    conda = installed.read_conda(request["conda"]) if request["conda"] else []
    by_conda = installed.owned_by_conda(request["conda"], conda) if conda else set()
    r = installed.read_r(os.environ["R_LIBS_USER"]) if "R_LIBS_USER" in os.environ else []
    server = installed.read_python(os.environ["NB_PYTHON_PREFIX"])
    python = [one for one in installed.read_python(request["python"]) if one["path"] not in by_conda]
    below = of_base if request["conda"] is None else []
    add_hashes(known_hashes(python, [*below, *earlier]), request, asked)
    known_hashes(server, of_base)
    locked = [locked_python(package) for package in python]
    lock = {
        "version": 1,
        "recipe": request["recipe"],
        "platform": platform(),
        "interpreter": installed.read_interpreter(os.environ["NB_PYTHON_PREFIX"]),
        **({"base": base} if base else {}),
        "debian": beyond(debian, base["debian"] if base else []),
        "python": beyond(locked, below),
        **({"conda": [locked_conda(record) for record in conda]} if request["conda"] else {}),
    }
    if r:
        lock["r"] = [{"name": one["name"], "version": one["version"]} for one in r]
    release = distribution_release()
    components = [bill.debian_component(one, release, installed.debian_licences(one["name"])) for one in debian]
    components += [bill.python_component(one) for one in [*server, *python]]
    components += [bill.conda_component(one) for one in conda]
    components += [bill.r_component(one) for one in r]
    write(lock_file, lock)
    write(Path(directory) / "sbom.json", bill.render(request["subject"], components))


if __name__ == "__main__":
    main(*sys.argv[1:])
