"""What a test needs from the machine: skip with the reason, or fail with REQUIRE_ALL=1."""

import os
import shutil
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # What Playwright switches off by a flag of this name, which counts once, and the suggestions
    # under the window's address: two pages of the browser's own for every context, which took
    # three quarters of the time to open one.
    (
        "--disable-features=AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,"
        "HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
        "ThirdPartyStoragePartitioning,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,"
        "PreconnectToSearch,WebUIOmniboxPopup,WebUIOmniboxAimPopup"
    ),
]
POSTGRES = Path("/usr/lib/postgresql/15/bin")


def _missing(reason: str) -> None:
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(f"REQUIRE_ALL=1, but {reason}")
    pytest.skip(reason)


def browser() -> str:
    """Path of Chromium."""
    if not Path(CHROMIUM).exists():
        _missing("Chromium is not installed")
    return CHROMIUM


def postgis() -> Path:
    """Folder of PostgreSQL's programs."""
    if not (POSTGRES / "initdb").exists():
        _missing("PostgreSQL 15 with PostGIS is not installed")
    return POSTGRES


def program(name: str) -> str:
    """Path of a program, e.g. ogr2ogr."""
    found = shutil.which(name)
    if found is None:
        _missing(f"{name} is not installed")
    return str(found)


def gdal() -> str:
    """Path of Debian's ogrinfo."""
    return program("ogrinfo")


def qgis() -> str:
    """Python of the system that can import qgis.core."""
    if not Path("/usr/lib/python3/dist-packages/qgis/core").exists():
        _missing("PyQGIS is not installed")
    return "/usr/bin/python3"


def shared(*parts: str) -> Path:
    """A reference file beside the checkout; its absence is no failure anywhere."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"reference file {'/'.join(parts)} is not beside the checkout")
    return path
