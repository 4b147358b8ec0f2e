"""Size and time of the risk map by number of incidents: ``python benchmarks/maps.py``.

Processor time, since other work on the machine does not count; imports are left out.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from geodata.districts import load_districts
from geodata.risk import RiskParameters
from service.maps.page import render_page
from service.print.sheets import print_risk_map
from tests.maps.snapshots import FakeSnapshot, many_incidents


def main() -> None:
    """Print one line a size."""
    districts, bare = load_districts(), RiskParameters()
    render_page(FakeSnapshot(districts, many_incidents(districts, 10)), bare)
    for count in (0, 1_000, 10_000, 20_000, 50_000):
        snapshot = FakeSnapshot(districts, many_incidents(districts, count))
        start = time.process_time()
        html = render_page(snapshot, bare).html
        spent_s = time.process_time() - start
        print(f"html {count:>6} incidents  {spent_s:5.2f} s  {len(html.encode()) / 1e6:5.2f} MB")
    for kind in ("pdf", "png"):
        snapshot = FakeSnapshot(districts, many_incidents(districts, 100))
        start = time.process_time()
        size_mb = len(print_risk_map(snapshot, bare, kind=kind)) / 1e6
        print(f"{kind}  {time.process_time() - start:5.2f} s  {size_mb:5.2f} MB")


if __name__ == "__main__":
    main()
