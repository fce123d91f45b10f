"""Libraries of the pages, copied from npm: `python3 deploy/vendor.py`, after a version in vendored.json was changed.

For each package the archive must be the one that npm names (`integrity`, SHA-512), and each file the one
that was looked at (`sha256`); a new version is taken with --update, which writes both down. Files are copied as they
are, and gzipped where their name here says so. Needs npm; nothing that runs or is tested needs this script.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "deploy" / "vendored.json"


def main() -> None:
    update = sys.argv[1:] == ["--update"]
    packages = json.loads(LIST.read_text("utf-8"))
    for package in packages:
        with tempfile.TemporaryDirectory() as folder:
            name = f"{package['name']}@{package['version']}"
            packed = subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True)
            archive = Path(folder) / packed.stdout.decode().split()[-1]
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            _compare(package, "integrity", f"sha512-{digest}", name, update)
            with tarfile.open(archive) as members:
                for file in package["files"]:
                    member = members.extractfile(f"package/{file['from']}")
                    assert member  # noqa: S101  # it is a file
                    content = member.read()
                    _compare(file, "sha256", hashlib.sha256(content).hexdigest(), f"{name}: {file['from']}", update)
                    _write(ROOT / file["to"], content)
    LIST.write_text(json.dumps(packages, indent=2) + "\n", "utf-8")


def _compare(entry: dict[str, str], key: str, found: str, name: str, update: bool) -> None:
    if update:
        entry[key] = found
    elif entry.get(key) != found:
        sys.exit(f"{name}: {key} is {found}, not {entry.get(key)}; look at what changed, then give --update")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)


if __name__ == "__main__":
    main()
