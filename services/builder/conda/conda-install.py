"""Solves a conda environment and installs it with py-rattler: conda-install.py REQUEST PREFIX CACHE

REQUEST is a JSON file: channels (addresses, the first wins), specs, python (x.y, taken where the specs allow it) and
perhaps asOf (yyyy-mm-dd: nothing that is newer).
What cannot be done is said in one line, `conda: …; channels: …`, and ends the program with status 3.
"""

import asyncio
import json
import os
import re
import shutil
import sys
from datetime import datetime
from pathlib import Path

from rattler import Gateway, MatchSpec, Subdir, VirtualPackage, install, solve
from rattler.exceptions import GatewayError, InstallerError, InvalidMatchSpecError, SolverError

OTHER_PLATFORMS = ["linux-64", "linux-aarch64", "osx-64", "osx-arm64", "win-64"]

# What every environment is to have where its channels offer it: pip as with conda, and the kernel of notebooks.
WELCOME = ["pip", "ipykernel"]

# What an environment with packages of R is to have as well.
WELCOME_WITH_R = ["r-irkernel"]


class Refused(Exception):
    """Why the environment cannot be made."""


def parse(text):
    try:
        return MatchSpec(text)
    except InvalidMatchSpecError as error:
        raise Refused(f"{text} is not a package specification: {error}") from error


async def find(gateway, channels, platforms, spec):
    """The records that satisfy a specification, without what they depend on."""
    found = await gateway.query(channels, platforms, [spec], recursive=False)
    return [record for of_channel in found for record in of_channel if spec.matches(record)]


async def check(gateway, channels, platforms, specs):
    """Names the first specification that no package satisfies, and the platforms that have such a package."""
    for spec in specs:
        if await find(gateway, channels, platforms, spec):
            continue
        others = [other for other in OTHER_PLATFORMS if other not in platforms]
        elsewhere = sorted({record.subdir for record in await find(gateway, channels, others, spec)})
        raise Refused(f"no channel has {spec}" + (f", which exists only for {', '.join(elsewhere)}" if elsewhere else ""))


def end_of_day(day):
    """The last moment of a day (yyyy-mm-dd); packages of which the channel does not say when they were made are left out too."""
    return datetime.fromisoformat(f"{day}T23:59:59+00:00") if day else None


async def choose(gateway, channels, platforms, request):
    """Solves for the preferred Python first, then for any that the other packages allow."""
    specs = [parse(text) for text in request["specs"]]
    names = {spec.name.normalized for spec in specs}
    await check(gateway, channels, platforms, specs)
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


def explain(error):
    """What a failed download means: a channel that does not exist, or a server that does not answer."""
    absent = re.search(r"could not find subdir '[^']*' in channel '([^']*)'", str(error))
    if absent:
        return f"there is no channel {absent[1]}"
    server = re.search(r"url \((\w+://[^/)]+)", str(error))
    return f"no answer from {server[1]}: {error}" if server else f"the installation failed: {error}"


async def make(request, prefix, cache):
    channels, platforms = request["channels"], [str(Subdir.current()), "noarch"]
    try:
        gateway = Gateway(cache_dir=cache / "repodata")
        records = await choose(gateway, channels, platforms, request)
        for record in sorted(records, key=lambda one: one.name.normalized):
            print(f"{record.name.normalized} {record.version} {record.build} {record.channel}", flush=True)
        shutil.rmtree(prefix, ignore_errors=True)
        await install(records, target_prefix=prefix, cache_dir=cache / "packages", show_progress=False)
    except (GatewayError, InstallerError) as error:
        raise Refused(explain(error)) from error


def main(request_file, prefix, cache):
    request = json.loads(Path(request_file).read_text())
    try:
        asyncio.run(make(request, Path(prefix), Path(cache)))
        return 0
    except Refused as refused:
        why = " ".join(str(refused).replace(";", ",").split())[:1500]
        print(f"conda: {why}; channels: {', '.join(request['channels'])}", file=sys.stderr)
        return 3


if __name__ == "__main__":
    status = main(*sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # py-rattler's threads crash an interpreter that ends in the usual way, in one run of twenty (py-rattler 0.28).
    os._exit(status)
