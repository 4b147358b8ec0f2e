"""Numbers of several workers: the dead answer nothing any more, but their counts stay."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from service.security import telemetry

WORKER = """
import os
from prometheus_client import Counter, Gauge
Counter("hazardmap_requests", "Requests", ["route"]).labels("/x").inc(3)
Gauge("hazardmap_requests_in_flight", "In flight", multiprocess_mode="livesum").inc()
os.kill(os.getpid(), 9)
"""


def test_a_killed_worker_answers_nothing_but_its_counts_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    surroundings = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    died = subprocess.run([sys.executable, "-c", WORKER], env=surroundings, check=False)
    assert died.returncode == -9
    assert len(list(tmp_path.glob("gauge_livesum_*.db"))) == 1

    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    told = telemetry.exposition().decode()

    assert 'hazardmap_requests_total{route="/x"} 3.0' in told
    assert "in_flight 1.0" not in told
    assert not list(tmp_path.glob("gauge_livesum_*.db"))
