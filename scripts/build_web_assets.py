"""Bundle the map of the review desk: web/review/map/ into web/review/static/.

Needs Node 20 and npm. What is built is committed, so that nobody who installs the program needs
either; `review-map.json` beside it says from which sources it was built, and a test compares.

    .venv/bin/python scripts/build_web_assets.py
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "web" / "review" / "map"
BUILT = ROOT / "web" / "review" / "static"
BUNDLE, LICENCES, RECORD = "review-map.js", "review-map.licences.txt", "review-map.json"
ESBUILD = [
    "npx", "--no-install", "esbuild", "review-map.js", "--bundle", "--minify", "--format=iife",
    "--target=es2022", "--legal-comments=none", "--log-level=warning",
]  # fmt: skip


def main() -> None:
    """Install what the lock file names, bundle it, gather the licences, record the digests."""
    metafile = SOURCES / "node_modules" / "metafile.json"
    subprocess.run(["npm", "ci", "--ignore-scripts"], cwd=SOURCES, check=True)
    command = [*ESBUILD, f"--outfile={BUILT / BUNDLE}", f"--metafile={metafile}"]
    subprocess.run(command, cwd=SOURCES, check=True)
    (BUILT / LICENCES).write_text(licences(bundled_packages(metafile)), encoding="utf-8")
    text = json.dumps(record(), indent=1, sort_keys=True)
    (BUILT / RECORD).write_text(f"{text}\n", encoding="utf-8")


def record() -> dict[str, object]:
    """SHA-256 of every source and of the bundle, as they are now."""
    sources = sorted(p for p in SOURCES.iterdir() if p.suffix in (".js", ".json"))
    return {
        "command": " ".join(ESBUILD),
        "sources": {path.name: _sha256(path) for path in sources},
        "bundle_sha256": _sha256(BUILT / BUNDLE),
    }


def bundled_packages(metafile: Path) -> list[str]:
    """Names of the packages of which something is in the bundle."""
    (output,) = json.loads(metafile.read_text("utf-8"))["outputs"].values()
    used = (p for p, i in output["inputs"].items() if i["bytesInOutput"] and "node_modules/" in p)
    return sorted({_package_of(path.split("node_modules/")[-1]) for path in used})


def licences(packages: list[str]) -> str:
    """The licence texts of the packages, each under its name and version."""
    parts = [f"{BUNDLE} holds parts of the packages below, under their licences.\n"]
    for name in packages:
        folder = SOURCES / "node_modules" / name
        facts = json.loads((folder / "package.json").read_text("utf-8"))
        (text,) = [p for p in folder.iterdir() if p.stem.upper() in ("LICENSE", "LICENCE")]
        heading = f"{name} {facts['version']} ({facts['license']})"
        rule = "-" * len(heading)
        parts.append(f"\n{rule}\n{heading}\n{rule}\n\n{text.read_text('utf-8').strip()}\n")
    return "".join(parts)


def _package_of(path: str) -> str:
    words = path.split("/")
    return "/".join(words[:2]) if path.startswith("@") else words[0]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
