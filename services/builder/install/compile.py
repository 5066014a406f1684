"""Compiles what was just installed and a session may import: compile.py SINCE STORE SITE_PACKAGES…

SINCE is a file that is older than what was installed. STORE, which may be empty, is a directory of byte code by what it was
made of: the place, the names and the text of a directory's sources, and the Python. Compiling is most of the time of an installation,
so what one installation compiled another takes from there. Test suites are about half of the files and are left out; a
file that does not compile is its package's matter.
"""

import hashlib
import importlib.util
import marshal
import os
import sys
import warnings

# What differs from one directory to the next is small enough for each process to get its share.
PROCESSES = os.cpu_count() or 1


def find_sources(site_packages, since):
    """The new sources of each directory, by name, with their status."""
    newest = os.stat(since).st_mtime_ns
    for directory, below, names in os.walk(site_packages):
        below[:] = [name for name in below if name not in ("tests", "__pycache__")]
        found = {name: os.stat(os.path.join(directory, name)) for name in names if name.endswith(".py")}
        new = {name: status for name, status in sorted(found.items()) if status.st_ctime_ns > newest}
        if new:
            yield directory, new


def read_sources(directory, names):
    for name in names:
        with open(os.path.join(directory, name), "rb") as file:
            yield name, file.read()


def make_key(directory, sources):
    digest = hashlib.sha256(importlib.util.MAGIC_NUMBER + sys.implementation.cache_tag.encode())
    for part in (os.fsencode(directory), *(part for name, text in sources for part in (os.fsencode(name), text))):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()


def compile_source(path, text):
    """The code as a file holds it; None where the source is not for this Python."""
    try:
        return marshal.dumps(compile(text, path, "exec", dont_inherit=True))
    except (SyntaxError, ValueError, RecursionError, OverflowError, MemoryError):
        return None


def load(path):
    try:
        with open(path, "rb") as file:
            return marshal.loads(file.read())
    except (OSError, EOFError, ValueError, TypeError):
        return None


def save(path, codes):
    """In one step, because others read the store at the same time; without one when it cannot be written."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(f"{path}.{os.getpid()}", "wb") as file:
            file.write(marshal.dumps(codes))
        os.replace(file.name, path)
    except OSError:
        pass


def provide_codes(directory, sources, store):
    if not store:
        return [compile_source(os.path.join(directory, name), text) for name, text in sources]
    key = make_key(directory, sources)
    path = os.path.join(store, key[:2], key[2:])
    codes = load(path)
    if codes is None:
        codes = [compile_source(os.path.join(directory, name), text) for name, text in sources]
        save(path, codes)
    return codes


def write_code(source, code, status):
    """As the interpreter's own files are: valid as long as the source has this time and size."""
    times = (0, int(status.st_mtime), status.st_size)
    header = importlib.util.MAGIC_NUMBER + b"".join((one & 0xFFFFFFFF).to_bytes(4, "little") for one in times)
    path = importlib.util.cache_from_source(source)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(header + code)


def compile_share(share, store):
    for directory, new in share:
        sources = list(read_sources(directory, new))
        for (name, _), code in zip(sources, provide_codes(directory, sources, store)):
            if code is not None:
                write_code(os.path.join(directory, name), code, new[name])


def main(since, store, *places):
    warnings.simplefilter("ignore")
    found = [one for place in sorted(set(map(os.path.realpath, places))) for one in find_sources(place, since)]
    work = sorted(found, key=lambda one: -sum(status.st_size for status in one[1].values()))
    for number in range(PROCESSES):
        if os.fork() == 0:
            try:
                compile_share(work[number::PROCESSES], store)
            finally:
                os._exit(0)
    for _ in range(PROCESSES):
        os.wait()


main(*sys.argv[1:])
