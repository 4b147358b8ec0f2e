"""One door for every file: what it is, told by its content, and the table inside."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import IO, Self

from geodata.errors import InvalidInput
from geodata.intake.files.archives import check_prolog, check_xml, open_archive
from geodata.intake.files.delimited import open_delimited
from geodata.intake.files.vector import open_parquet, open_vector
from geodata.intake.files.workbook import open_workbook
from geodata.intake.limits import DEFAULT_LIMITS, Limits
from geodata.intake.table import Table

_HEAD = 8_192
_DATA_SUFFIXES = (".shp", ".geojson", ".json", ".gpkg", ".fgb", ".csv", ".xlsx", ".kml", ".tab")
_POINTING = (".vrt", ".ovf", ".xml", ".gml", ".zip")
_PLAIN_VECTOR = (".tab", ".mif", ".gpx", ".shp")


class Source:
    """A file held open for reading: use it as a context, so that what it unpacked goes away.

    Attributes
    ----------
    path
        The file.
    table
        Its table.
    """

    def __init__(self, path: Path, table: Table, folder: AbstractContextManager[object]) -> None:
        self.path = path
        self.table = table
        self._folder = folder

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
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        return _from_archive(path, limits, encoding, layer)
    if head.startswith(b"PAR1"):
        table = open_parquet(path, limits)
    elif _is_vector(path, head):
        table = open_vector(path, str(path.resolve()), limits, layer=layer, shapes=shapes)
    else:
        table = open_delimited(path, limits, encoding=encoding)
    return Source(path, table, nullcontext())


def examine(path: Path, *, limits: Limits = DEFAULT_LIMITS) -> None:
    """Refuse a file that is dangerous to open: for readers of their own (boundaries).

    Raises
    ------
    InvalidInput
        As `open_source` would.
    """
    head = _head(path)
    if head.startswith(b"PK\x03\x04"):
        with open_archive(path, limits) as archive:
            check_xml(archive)
            nested = [n for n in archive.namelist() if n.lower().endswith(_POINTING)]
        if nested:
            raise InvalidInput(
                f"{path.name} holds {nested[0]}, which can point at other files.",
                code="bad-archive",
            )
    elif not head.startswith(b"PAR1"):
        _is_vector(path, head)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
    except OSError as reason:
        raise InvalidInput(
            f"{path} cannot be opened: {reason.strerror or reason}.", code="no-such-file"
        ) from None
    if not head.strip():
        raise InvalidInput(f"{path.name} is empty.", code="empty-file")
    return head


def _is_vector(path: Path, head: bytes) -> bool:
    if head.startswith((b"SQLite format 3\x00", b"fgb")):
        return True
    if head.startswith(b"\x00\x00\x27\x0a"):
        return True
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\x1e \t\r\n")
    if text.startswith(b"{"):
        return True
    if text.startswith(b"<"):
        _check_markup(path, text)
        return True
    if head.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x1f\x8b")):
        raise InvalidInput(
            f"{path.name} is of a kind that is not read (old .xls, PDF, picture or gzip). "
            "Save the table as XLSX or CSV.",
            code="unsupported-media-type",
        )
    return path.suffix.lower() in _PLAIN_VECTOR


def _check_markup(path: Path, text: bytes) -> None:
    start = text.lower()
    kml = b"<kml" in start
    if not (kml or b"<gpx" in start):
        raise InvalidInput(
            f"{path.name} is XML of a kind that is not read (KML and GPX are). Such files can "
            "point at other files. Save it as GeoPackage, GeoJSON or CSV.",
            code="unsupported-media-type",
        )
    with path.open("rb") as stream:
        check_prolog(stream, path.name)


def _from_archive(path: Path, limits: Limits, encoding: str | None, layer: str | None) -> Source:
    with open_archive(path, limits) as archive:
        names = archive.namelist()
        if "[Content_Types].xml" in names:
            table = open_workbook(path, limits, sheet=layer)
            return Source(path, table, nullcontext())
        check_xml(archive)
        found = [n for n in names if n.lower().endswith(_DATA_SUFFIXES) and "__MACOSX" not in n]
        if len(found) != 1:
            listed = ", ".join(found[:10]) or "none"
            raise InvalidInput(
                f"{path.name} should hold one data file; it holds {listed}. Import them singly.",
                code="bad-archive",
            )
        folder = TemporaryDirectory(prefix="hazardmap-")
        try:
            stem = found[0].rsplit(".", 1)[0]
            for name in names:
                if name == found[0] or name.rsplit(".", 1)[0] == stem:
                    with archive.open(name) as member:
                        _unpack(member, Path(folder.name) / _flat(name))
            inner = open_source(
                Path(folder.name) / _flat(found[0]), limits=limits, encoding=encoding, layer=layer
            )
        except BaseException:
            folder.cleanup()
            raise
    return Source(path, inner.table, folder)


def _flat(name: str) -> str:
    # Only the suffix of a member's name is used: nothing of the archive chooses a path.
    return "data" + Path(name.replace("\\", "/")).suffix.lower()


def _unpack(member: IO[bytes], target: Path) -> None:
    try:
        with target.open("wb") as stream:
            while block := member.read(1 << 20):
                stream.write(block)
    except Exception as reason:  # zipfile and zlib raise what the damage provokes
        raise InvalidInput(f"The archive is damaged ({reason}).", code="bad-archive") from reason
