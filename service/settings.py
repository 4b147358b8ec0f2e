"""Settings of the service: environment ``HAZARDMAP_…`` or flags of the same name.

Read once at start and passed on; nothing else in the service reads the environment.
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from geodata.intervals import Observed, parse_source_days
from geodata.plausible import DateRange
from geodata.register import Register, open_register


class Settings(BaseSettings):
    """All settings, each with its default."""

    model_config = SettingsConfigDict(
        env_prefix="HAZARDMAP_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    data: Annotated[Path, Field(description="Data directory")] = Path("hazardmap-data")
    database_url: Annotated[
        str, Field(description="Empty = the SQLite file in the data directory; else PostgreSQL")
    ] = ""
    empty: Annotated[bool, Field(description="Leave out the bundled data in a new register")] = (
        False
    )
    public_url: Annotated[
        str, Field(description="Address that clients see, behind a proxy; empty = the request's")
    ] = ""
    basemap_url: Annotated[
        str, Field(description="Tile template (or WMS address) of a basemap; empty = none")
    ] = ""
    basemap_attribution: Annotated[str, Field(description="Attribution shown with the basemap")] = (
        ""
    )
    near: Annotated[
        str,
        Field(
            description="Vector files with commas between (roads.gpkg,front_line.geojson): each "
            "district's explanation says how near its incidents and its ground are to them"
        ),
    ] = ""
    max_limit: Annotated[int, Field(description="Most features in one answer", ge=1)] = 100_000
    max_body_mb: Annotated[float, Field(description="Largest request body in MiB", gt=0)] = 100.0
    max_rows: Annotated[int, Field(description="Most rows in one import", ge=1)] = 1_000_000
    earliest_date: Annotated[
        date, Field(description="First day that a record can mean", ge=date(1900, 1, 1))
    ] = date(1900, 1, 1)
    latest_date: Annotated[
        date | None, Field(description="Last day that a record can mean; empty = tomorrow")
    ] = None
    observed_from: Annotated[
        date | None,
        Field(
            description="First day on which incidents were recorded; empty = estimated from them"
        ),
    ] = None
    observed_to: Annotated[
        date | None, Field(description="Last day on which they were recorded; empty = still are")
    ] = None
    observed_sources: Annotated[
        str,
        Field(
            description="From when to when each source was kept, where they differ: "
            "Agency=2019-01-01/..;News=2021-02-01/2021-12-31"
        ),
    ] = ""
    rate_per_minute: Annotated[
        int, Field(description="Requests a minute for one key or address; 0 = no limit", ge=0)
    ] = 30_000
    max_connections: Annotated[
        int, Field(description="Most connections of one process at a time", ge=1)
    ] = 800
    max_connections_per_address: Annotated[
        int, Field(description="Most connections of one address at a time", ge=1)
    ] = 200
    max_requests: Annotated[
        int,
        Field(
            description="Most requests of one process under way at a time; more are told to "
            "come again (503)",
            ge=1,
        ),
    ] = 200
    apart_from: Annotated[
        int,
        Field(
            description="Incidents held from which on heavy answers (backtest, changes, map, "
            "atlas) are made in a process of their own and kept in the data directory",
            ge=0,
        ),
    ] = 5_000
    prepare: Annotated[
        bool,
        Field(
            description="Whether that process makes the ranking, on which they rest, and the map "
            "soon after the start, where they are not kept"
        ),
    ] = True
    worker_memory_mb: Annotated[
        int, Field(description="Most memory of that process in MB", ge=512)
    ] = 4_096
    trusted_proxies: Annotated[
        str,
        Field(
            description="Addresses or networks of proxies whose `X-Forwarded-*` is believed; "
            "empty = nobody's"
        ),
    ] = ""
    restricted_location: Annotated[
        Literal["district", "drop"],
        Field(
            description="What the public sees of a restricted incident: its district, or nothing"
        ),
    ] = "district"
    model_url: Annotated[
        str,
        Field(description="OpenAI-compatible address of a model that reads reports; empty = none"),
    ] = ""
    model_name: Annotated[str, Field(description="The model's name at that address")] = ""
    model_key: Annotated[str, Field(description="Key for that address; empty = none")] = ""
    model_timeout_s: Annotated[
        float, Field(description="Longest wait for the model, in seconds", gt=0)
    ] = 60.0
    webhooks: Annotated[
        str,
        Field(
            description="Addresses that are told of new and changed incidents, with commas "
            "between; empty = nobody is"
        ),
    ] = ""
    webhook_secret: Annotated[
        str,
        Field(
            description="Secret by which what they are told is signed; new,old while receivers "
            "change over"
        ),
    ] = ""
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(description="Least level logged")
    ] = "info"

    @property
    def observed(self) -> Observed | None:
        """The days of observation, where they are stated."""
        sources = parse_source_days(self.observed_sources, field="HAZARDMAP_OBSERVED_SOURCES")
        stated = Observed(self.observed_from, self.observed_to, sources)
        return stated if any(stated) else None

    def opened_register(self, *, empty: bool | None = None) -> Register:
        """Open the register that they name.

        Parameters
        ----------
        empty
            As the setting of this name, when the caller knows.
        """
        return open_register(
            self.data,
            url=self.database_url or None,
            empty=self.empty if empty is None else empty,
            dates=DateRange(self.earliest_date, self.latest_date),
            observed=self.observed,
        )
