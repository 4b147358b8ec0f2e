"""The founding articles' incidents, statistics and operations, bundled with the package."""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import orjson

from geodata.model import Incident, Operation, Statistic


@dataclass(frozen=True, slots=True)
class Founding:
    """What a new register starts with, beside boundaries and places."""

    incidents: tuple[Incident, ...]
    statistics: tuple[Statistic, ...]
    operations: tuple[Operation, ...]


@lru_cache(maxsize=1)
def founding() -> Founding:
    """Read the bundled records.

    Five incidents (three people killed, eleven injured), the published statistics, which no sum of
    incidents includes, and the operations.
    """
    raw = orjson.loads(resources.files("geodata").joinpath("data/founding.json").read_bytes())
    # Reports are written once and named by their id in the file.
    reports = {report["report_id"]: report for report in raw["reports"]}
    for incident in raw["incidents"]:
        incident["reports"] = [reports[r["report_id"]] | r for r in incident["reports"]]
    for record in raw["statistics"] + raw["operations"]:
        record["report"] = reports[record["report"]["report_id"]] | record["report"]
    return Founding(
        tuple(Incident.model_validate(one) for one in raw["incidents"]),
        tuple(Statistic.model_validate(one) for one in raw["statistics"]),
        tuple(Operation.model_validate(one) for one in raw["operations"]),
    )
