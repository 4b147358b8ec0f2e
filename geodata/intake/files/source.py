"""One door for every file: what it is, told by its content, and the table inside."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import TracebackType
from typing import Self

from geodata.disk import scratch
from geodata.errors import InvalidInput
from geodata.intake.files.delimited import open_delimited
from geodata.intake.files.repeats import linked, with_victims
from geodata.intake.files.vector import open_vector
from geodata.intake.files.workbook import open_workbook, sheets_of
from geodata.intake.table import Table
from geodata.untrusted.archives import is_workbook, open_archive, unpacked
from geodata.untrusted.contents import VECTORS, kind_of
from geodata.untrusted.limits import DEFAULT_LIMITS, Limits

_MOST_SHEETS = 20


class Source:
    """A file held open for reading: use it as a context, so that what it unpacked goes away.

    Attributes
    ----------
    path
        The file.
    table
        Its table.
    """

    def __init__(
        self, path: Path, table: Table, folder: AbstractContextManager[object] | None = None
    ) -> None:
        self.path = path
        self.table = table
        self._folder = folder or nullcontext()

    def __enter__(self) -> Self:
        """Give the source."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what was unpacked."""
        self._folder.__exit__(kind, error, trace)


def open_source(
    path: Path | str,
    *,
    limits: Limits = DEFAULT_LIMITS,
    encoding: str | None = None,
    layer: str | None = None,
    shapes: bool = False,
) -> Source:
    """Open a file by what its content is, not by what its name says.

    Parameters
    ----------
    path
        CSV in any encoding, XLSX, GeoJSON, line-wise GeoJSON, GeoPackage, FlatGeobuf,
        (Geo)Parquet, KML, shapefile or MapInfo (zipped or not).
    limits
        Bounds of the file.
    encoding
        Of a text table; None finds it.
    layer
        Layer of a vector file or sheet of a workbook; None chooses and says which.
    shapes
        Give the whole geometries of a vector file too.

    Returns
    -------
    Source
        With its table; nothing but the first rows is read yet.

    Raises
    ------
    InvalidInput
        The file does not exist, is of no known kind, damaged, or beyond the limits. Formats
        that point at other files or addresses (VRT, GML with schemas, web services) are
        refused.
    """
    path = Path(path)
    kind = kind_of(path)
    if kind != "archive":
        return Source(path, _table(path, kind, limits, encoding, layer, shapes=shapes))
    with open_archive(path, limits) as archive:
        workbook = is_workbook(archive)
        if {"content.xml", "META-INF/manifest.xml"} <= set(archive.namelist()):
            raise InvalidInput(
                f"{path.name} is an OpenDocument file (.ods), which is not read. Save the table as "
                "XLSX or CSV.",
                code="unsupported-media-type",
            )
    if workbook:
        return Source(path, _workbook(path, limits, layer))
    folder = scratch("unpacked")
    try:
        inner = unpacked(path, Path(folder.name), limits)
        kind = kind_of(inner)
        table = (
            _workbook(inner, limits, layer)
            if kind == "archive"
            else _table(inner, kind, limits, encoding, layer, shapes=shapes)
        )
    except BaseException:
        folder.cleanup()
        raise
    return Source(path, table, folder)


def _workbook(path: Path, limits: Limits, sheet: str | None) -> Table:
    table = open_workbook(path, limits, sheet=sheet)
    if sheet is not None or not linked(table):
        return table
    names = sheets_of(path)[:_MOST_SHEETS]
    return with_victims(table, names, lambda name: open_workbook(path, limits, sheet=name))


def _table(
    path: Path,
    kind: str,
    limits: Limits,
    encoding: str | None,
    layer: str | None,
    *,
    shapes: bool,
) -> Table:
    if kind in VECTORS:
        return open_vector(path, kind, limits, layer=layer, shapes=shapes)
    return open_delimited(path, limits, encoding=encoding)
