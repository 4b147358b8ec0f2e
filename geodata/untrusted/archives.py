"""ZIP containers (XLSX, zipped shapefiles): looked over before anything unpacks them."""

import zipfile
from pathlib import Path, PurePosixPath
from typing import IO
from xml.parsers import expat

from geodata.errors import InvalidInput
from geodata.untrusted.limits import Limits
from geodata.wording import say

_FREE_BYTES = 16 * 1024**2
"""Below this sum an unpacked archive is harmless whatever its ratio."""


_SPATIAL = (".shp", ".geojson", ".json", ".gpkg", ".fgb", ".kml", ".tab", ".mif", ".parquet")
_TABLES = (".csv", ".xlsx")
_MOST_TABLES = 20


class _PrologEndedError(Exception):
    """The root element began: no document type can follow."""


def open_archive(path: Path, limits: Limits) -> zipfile.ZipFile:
    """Open a ZIP file after checking its directory.

    Open for reading. `zipfile` never unpacks more of a member than its directory states, so the
    bound holds even when the directory lies.

    Raises
    ------
    InvalidInput
        Damaged, encrypted, too large, expands too far, or a member's path leaves the
        archive.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as reason:
        raise InvalidInput(
            say(
                "{name} is not a readable ZIP container ({reason}). Save it again.",
                name=path.name,
                reason=reason,
            ),
            code="bad-archive",
        ) from None
    try:
        _check_directory(archive, path, limits)
    except InvalidInput:
        archive.close()
        raise
    return archive


def _check_directory(archive: zipfile.ZipFile, path: Path, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > limits.members:
        raise _bomb(path, say("it holds {members:,} members", members=len(members)))
    expanded = sum(member.file_size for member in members)
    packed = max(path.stat().st_size, 1)
    if expanded > limits.expanded_bytes:
        raise _bomb(path, say("it unpacks to {size:,.0f} MiB", size=expanded / 1024**2))
    if expanded > _FREE_BYTES and expanded / packed > limits.ratio:
        raise _bomb(path, say("it unpacks to {times:,.0f} times its size", times=expanded / packed))
    for member in members:
        if member.flag_bits & 1:
            raise InvalidInput(
                say("{name} is encrypted. Save it without a password.", name=path.name),
                code="bad-archive",
            )
        if not is_safe_name(member.filename):
            raise InvalidInput(
                say(
                    "{name} holds the path {filename!r}, which leaves the archive.",
                    name=path.name,
                    filename=member.filename[:80],
                ),
                code="bad-archive",
            )


def is_safe_name(name: str) -> bool:
    """Say whether a member's path stays inside the archive.

    Examples
    --------
    >>> is_safe_name("xl/workbook.xml"), is_safe_name("../etc/passwd")
    (True, False)
    """
    pure = PurePosixPath(name.replace("\\", "/"))
    drive = len(name) > 1 and name[1] == ":"
    return not (pure.is_absolute() or drive or ".." in pure.parts or "\x00" in name)


def check_xml(archive: zipfile.ZipFile) -> None:
    """Refuse a document type declaration in any XML member: no entity is ever expanded.

    Raises
    ------
    InvalidInput
        A member declares a DTD, or is no XML.
    """
    for member in archive.infolist():
        if member.filename.lower().endswith((".xml", ".rels", ".kml", ".vml")):
            with archive.open(member) as stream:
                check_prolog(stream, member.filename)


def check_prolog(stream: IO[bytes], name: str) -> None:
    """Read an XML document up to its root element and refuse a DTD.

    Raises
    ------
    InvalidInput
        A document type is declared, or the start is not well-formed.
    """
    parser = expat.ParserCreate()

    def _doctype(*_: object) -> None:
        raise InvalidInput(
            say(
                "{name} declares an XML document type; entities are not read. Save the file "
                "again with an office program.",
                name=name,
            ),
            code="xml-entities",
        )

    def _started(*_: object) -> None:
        raise _PrologEndedError

    parser.StartDoctypeDeclHandler = _doctype
    parser.StartElementHandler = _started
    try:
        while block := stream.read(65_536):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except _PrologEndedError:
        return
    except (expat.ExpatError, zipfile.BadZipFile, OSError, EOFError) as reason:
        raise InvalidInput(
            say("{name} is damaged ({reason}). Save the file again.", name=name, reason=reason),
            code="bad-archive",
        ) from None


def is_workbook(archive: zipfile.ZipFile) -> bool:
    """Say whether the container is an office document."""
    return "[Content_Types].xml" in archive.namelist()


def unpacked(path: Path, folder: Path, limits: Limits) -> Path:
    """Take the one data file out of an archive, with the files that belong to it.

    Nothing else is unpacked, and nothing of the archive chooses a path: the files are called
    ``data`` with their suffix.

    The data file. What it is its content has to tell; an archive it is not.

    Raises
    ------
    InvalidInput
        The archive is refused (see `open_archive`), or it does not hold one data file.
    """
    with open_archive(path, limits) as archive:
        check_xml(archive)
        names = _members(archive)
        chosen = _data_file(path, names)
        stem = chosen.rsplit(".", 1)[0]
        for name in names:
            if name == chosen or name.rsplit(".", 1)[0] == stem:
                with archive.open(name) as member:
                    _unpack(member, folder / _flat(name))
    data = folder / _flat(chosen)
    if zipfile.is_zipfile(data):
        with open_archive(data, limits) as inner:
            if not is_workbook(inner):
                raise InvalidInput(
                    say(
                        "{name} holds an archive in the archive. Unpack it and send what is "
                        "inside.",
                        name=path.name,
                    ),
                    code="bad-archive",
                )
    return data


def unpacked_tables(path: Path, folder: Path, limits: Limits) -> dict[str, Path]:
    """Take the text tables out of an archive that holds several and no other data.

    Name in the archive, without its folders and suffix, to the file; empty for any other archive,
    and where two tables have one name.

    Raises
    ------
    InvalidInput
        The archive is refused (see `open_archive`).
    """
    with open_archive(path, limits) as archive:
        names = _members(archive)
        found = [n for n in names if n.lower().endswith(".csv")]
        others = any(n.lower().endswith((*_SPATIAL, ".xlsx")) for n in names)
        called = [PurePosixPath(name.replace("\\", "/")).stem for name in found]
        if not 2 <= len(set(called)) == len(found) <= _MOST_TABLES or others:
            return {}
        tables: dict[str, Path] = {}
        for short, name in zip(called, found, strict=True):
            tables[short] = folder / f"table-{len(tables)}.csv"
            with archive.open(name) as member:
                _unpack(member, tables[short])
    return tables


def _members(archive: zipfile.ZipFile) -> list[str]:
    """Give the names of the files, without what a Mac writes beside them."""
    names = [m.filename for m in archive.infolist() if not m.is_dir()]
    return [name for name in names if "__MACOSX" not in name]


def _data_file(path: Path, names: list[str]) -> str:
    wanted = (*_SPATIAL, *_TABLES)
    found = [n for n in names if n.lower().endswith(wanted)]
    # Metadata in JSON or a table lies beside many a shapefile.
    for also in ((".json",), _TABLES):
        if any(not n.lower().endswith(also) for n in found):
            found = [n for n in found if not n.lower().endswith(also)]
    if len(found) != 1:
        listed = ", ".join(found[:10]) or "none"
        raise InvalidInput(
            say(
                "{name} has to hold one data set; it holds {listed}. Import them singly.",
                name=path.name,
                listed=listed,
            ),
            code="bad-archive",
        )
    return found[0]


def _flat(name: str) -> str:
    return "data" + Path(name.replace("\\", "/")).suffix.lower()


def _unpack(member: IO[bytes], target: Path) -> None:
    try:
        with target.open("wb") as stream:
            while block := member.read(1 << 20):
                stream.write(block)
    except Exception as reason:  # zipfile and zlib raise what the damage provokes
        raise InvalidInput(
            say("The archive is damaged ({reason}).", reason=reason), code="bad-archive"
        ) from reason


def _bomb(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        say(
            "{name} is refused: {why}, beyond the limit. Split the file or save it as CSV.",
            name=path.name,
            why=why,
        ),
        code="archive-too-large",
    )
