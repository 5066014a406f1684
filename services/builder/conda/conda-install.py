"""Installs a conda environment with py-rattler: conda-install.py REQUEST PREFIX CACHE

REQUEST is a JSON file. Either it says what is wanted, and the packages are chosen here: channels (addresses, the first
wins), specs (text and line of each), python (x.y, taken where the specs allow it) and perhaps asOf (yyyy-mm-dd: nothing
that is newer). Or it has packages: addresses with checksums, which are installed as they are, and the platform they are
for. `file` is where an author wrote it.
What cannot be done is said in one line, `conda: …; channels: …`, and ends the program with status 3.
"""

import asyncio
import hashlib
import json
import os
import re
import shutil
import sys
from datetime import datetime
from pathlib import Path

from rattler import Gateway, MatchSpec, PackageRecord, RepoDataRecord, Subdir, VirtualPackage, install, solve
from rattler.exceptions import GatewayError, InstallerError, InvalidMatchSpecError, SolverError
from rattler.package import BuildString

OTHER_PLATFORMS = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64"]

# What every environment is to have where its channels offer it: pip as with conda, and the kernel of notebooks.
WELCOME = ["pip", "ipykernel"]

# What an environment with packages of R is to have as well.
WELCOME_WITH_R = ["r-base", "r-irkernel"]

# Problems that are shown; a list of another platform has hundreds.
MAX_PROBLEMS = 8


class Refused(Exception):
    """Why the environment cannot be made."""


def split(address):
    """An address and its checksum: digits of md5 or sha256, or nothing."""
    url, _, fragment = address.partition("#")
    return url, fragment.removeprefix("sha256:")


def parse(text):
    try:
        return MatchSpec(split(text)[0] if re.match(r"https?://(?!.*::)", text) else text)
    except InvalidMatchSpecError as error:
        raise Refused(f"{text} is not a package specification: {error}") from error


def set_checksum(record, digits):
    """Lets the installation verify what it downloads."""
    if len(digits) == 64:
        record.sha256 = bytes.fromhex(digits)
    elif digits:
        record.md5 = bytes.fromhex(digits)


async def find(gateway, channels, platforms, spec):
    """The records that satisfy a specification, without what they depend on."""
    found = await gateway.query(channels, platforms, [spec], recursive=False)
    return [record for of_channel in found for record in of_channel if spec.matches(record)]


async def explain_absent(gateway, channels, platforms, text):
    """Why nothing satisfies a specification: it is for other platforms, or there is no such package."""
    others = [other for other in OTHER_PLATFORMS if other not in platforms]
    elsewhere = sorted({record.subdir for record in await find(gateway, channels, others, parse(text))})
    if not elsewhere:
        return f"no channel has the package {text}"
    named = re.fullmatch(r"([^=\s]+(?:=|\s+)[^=\s]+)(?:=|\s+)[^=\s]+", text.strip())
    if named and await find(gateway, channels, platforms, parse(named[1])):
        return f"{text} names a build for {', '.join(elsewhere)}, write {named[1]}"
    return f"{text} exists only for {', '.join(elsewhere)}"


async def check(gateway, channels, platforms, request):
    """Names each line that no package satisfies, and why."""
    problems = []
    for one in request["specs"]:
        if not await find(gateway, channels, platforms, parse(one["text"])):
            why = await explain_absent(gateway, channels, platforms, one["text"])
            problems.append(f"{request['file']}, line {one['line']}: {why}")
    if problems:
        more = f". And {len(problems) - MAX_PROBLEMS} lines more" if len(problems) > MAX_PROBLEMS else ""
        raise Refused(f"cannot be had: {'. '.join(problems[:MAX_PROBLEMS])}{more}")


def end_of_day(day):
    """The last moment of a day (yyyy-mm-dd); packages of which the channel does not say when they were made are left out too."""
    return datetime.fromisoformat(f"{day}T23:59:59+00:00") if day else None


async def choose(gateway, channels, platforms, request):
    """Solves for the preferred Python first, then for any that the other packages allow."""
    specs = [parse(one["text"]) for one in request["specs"]]
    names = {spec.name.normalized for spec in specs}
    await check(gateway, channels, platforms, request)
    uses_r = any(name.startswith("r-") for name in names)
    for welcome in map(parse, WELCOME + (WELCOME_WITH_R if uses_r else [])):
        if welcome.name.normalized not in names and await find(gateway, channels, platforms, welcome):
            specs.append(welcome)
    pythons = [[]] if "python" in names else [[parse(f"python={request['python']}")], [parse("python")]]
    problem = ""
    for python in pythons:
        try:
            return await solve(
                channels,
                specs + python,
                gateway=gateway,
                platforms=platforms,
                virtual_packages=VirtualPackage.detect(),
                exclude_newer=end_of_day(request.get("asOf")),
            )
        except SolverError as error:
            problem = error
    raise Refused(f"the packages cannot be installed together: {problem}")


def read_locked(request):
    """A record for each address of a lock; what else there is to know stands in the packages themselves."""
    here = str(Subdir.current())
    if here != request["platform"]:
        raise Refused(f"the packages of {request['file']} are for {request['platform']}, and this server is {here}")
    for address in request["packages"]:
        url, digits = split(address)
        channel, subdir, file = url.rsplit("/", 2)
        name, version, build = re.sub(r"\.(?:conda|tar\.bz2)$", "", file).rsplit("-", 2)
        package = PackageRecord(name.lower(), version, BuildString(build), 0, subdir, None, None)
        record = RepoDataRecord(package, file, url, channel)
        set_checksum(record, digits)
        yield record


def explain(error):
    """What a failed download means: a channel or a file that does not exist, another file, or no answer."""
    text = str(error)
    mismatch = re.search(r"hash mismatch when extracting (\S+) to", text)
    if mismatch:
        return f"not what the lock names: {mismatch[1]}"
    absent = re.search(r"could not find subdir '[^']*' in channel '([^']*)'", text)
    if absent:
        return f"there is no channel {absent[1]}"
    missing = re.search(r"404 Not Found\)? for url \((\S+?)\)", text)
    if missing:
        return f"there is no file {missing[1]}"
    server = re.search(r"url \((\w+://[^/)]+)", text)
    return f"no answer from {server[1]}: {error}" if server else f"the installation failed: {error}"


async def solve_request(request, cache):
    gateway = Gateway(cache_dir=cache / "repodata")
    records = await choose(gateway, request["channels"], [str(Subdir.current()), "noarch"], request)
    addresses = dict(split(one["text"]) for one in request["specs"] if "#" in one["text"])
    for record in records:
        set_checksum(record, addresses.get(record.url, ""))
    return records


def place_packages(records, cache):
    """Where packages are kept: what has no sha256 is not mistaken for a file of that name from elsewhere."""
    if all(record.sha256 for record in records):
        return cache / "packages"
    known = sorted(f"{record.url} {record.sha256 or record.md5}" for record in records)
    return cache / f"packages-{hashlib.sha256(repr(known).encode()).hexdigest()[:16]}"


async def make(request, prefix, cache):
    try:
        records = list(read_locked(request)) if "packages" in request else await solve_request(request, cache)
        for record in sorted(records, key=lambda one: one.name.normalized):
            print(f"{record.name.normalized} {record.version} {record.build} {record.channel}", flush=True)
        shutil.rmtree(prefix, ignore_errors=True)
        await install(records, target_prefix=prefix, cache_dir=place_packages(records, cache), show_progress=False)
    except (GatewayError, InstallerError) as error:
        raise Refused(explain(error)) from error


def main(request_file, prefix, cache):
    request = json.loads(Path(request_file).read_text())
    try:
        asyncio.run(make(request, Path(prefix), Path(cache)))
        return 0
    except Refused as refused:
        why = " ".join(str(refused).replace(";", ",").split())[:1500]
        print(f"conda: {why}; channels: {', '.join(request.get('channels', []))}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # py-rattler's threads crash an interpreter that ends in the usual way, in one run of twenty (py-rattler 0.28).
    os._exit(status)
