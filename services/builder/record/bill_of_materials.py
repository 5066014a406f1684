"""Renders what is installed as a software bill of materials: CycloneDX 1.6, as JSON."""

from urllib.parse import quote


def package_url(kind, name, version, qualifiers=()):
    """A purl (package-url/purl-spec) with its qualifiers in the order of their names."""
    pairs = "&".join(f"{key}={quote(value, safe=':/')}" for key, value in sorted(qualifiers) if value)
    return f"pkg:{kind}/{quote(name, safe='/')}@{quote(version, safe=':')}{'?' + pairs if pairs else ''}"


def component(purl, package, licences, extra=()):
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package["name"],
        "version": package["version"],
        "purl": purl,
        **({"licenses": licences} if licences else {}),
        **dict(extra),
    }


def named(licences):
    return [{"license": {"name": name}} for name in licences]


def debian_component(package, release, licences):
    qualifiers = [("arch", package["architecture"]), ("distro", release)]
    return component(package_url("deb", f"debian/{package['name']}", package["version"], qualifiers), package, named(licences))


def python_component(package):
    origin, licence = package["origin"], package["licence"]
    qualifiers = []
    if "git" in origin:
        qualifiers = [("vcs_url", f"git+{origin['git']}@{origin['commit']}")]
    elif "archive" in origin:
        qualifiers = [("download_url", origin["archive"])]
    licences = [{"expression": licence["expression"]}] if "expression" in licence else named(licence["names"])
    digest = package.get("sha256")
    hashes = [("hashes", [{"alg": "SHA-256", "content": digest}])] if digest else []
    return component(package_url("pypi", package["name"], package["version"], qualifiers), package, licences, hashes)


def conda_component(record):
    qualifiers = [(key, str(record.get(key) or "").rstrip("/").split("/")[-1]) for key in ("build", "channel", "subdir")]
    purl = package_url("conda", record["name"], record["version"], qualifiers)
    digest = record.get("sha256")
    hashes = [("hashes", [{"alg": "SHA-256", "content": digest}])] if digest else []
    return component(purl, record, named([record["license"]] if record.get("license") else []), hashes)


def r_component(package):
    licences = named([package["licence"]] if package["licence"] else [])
    return component(package_url("cran", package["name"], package["version"]), package, licences)


def render(subject, components):
    """The document: the same packages give the same bytes, so it has no serial number and no time."""
    by_reference = {one["bom-ref"]: one for one in components}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {"type": "container", "bom-ref": "image", "name": subject["name"], "version": subject["version"]},
            "tools": {"components": [{"type": "application", "name": "slipway"}]},
        },
        "components": [by_reference[reference] for reference in sorted(by_reference)],
    }
