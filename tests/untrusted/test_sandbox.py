"""A stranger's vector file reads nothing of the server, calls nobody, ends at its limits."""

import json
import socket
import sqlite3
import struct
import threading
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geodata.districts import load_districts
from geodata.errors import InvalidInput
from geodata.intake import Limits, open_source
from geodata.schemas import CRS84
from geodata.untrusted import reader
from geodata.untrusted.contents import VECTORS, kind_of
from geodata.untrusted.sandbox import read_layer

SECRET = "the-session-secret"


def layer(rows: int = 2) -> gpd.GeoDataFrame:
    names = [f"n{i}" for i in range(rows)]
    shapes = [shapely.box(47 + i / 10, 40, 47.1 + i / 10, 40.1) for i in range(rows)]
    return gpd.GeoDataFrame({"adm1_pcode": names, "adm1_name": names}, geometry=shapes, crs=CRS84)


def vrt(secret: Path, driver: str = "CSV") -> str:
    return (
        f'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>{driver}:{secret}</SrcDataSource>'
        f"<SrcSQL>SELECT * FROM secret</SrcSQL></OGRVRTLayer></OGRVRTDataSource>"
    )


def nothing_read(path: Path) -> str:
    """Open a file as a table and as boundaries; give what was said."""
    said = []
    for how in (open_source, load_districts):
        with pytest.raises(InvalidInput) as caught:
            how(path)
        said.append(str(caught.value.message))
    assert SECRET not in "".join(said)
    return " ".join(said)


@pytest.mark.parametrize("suffix", [".shp", ".geojson", ".json", ".kml", ".gpkg", ".tab", ".fgb"])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_pointer_at_another_file_is_refused_under_any_name_at_any_depth(
    tmp_path: Path, suffix: str, depth: int
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(f"adm1_pcode,adm1_name\nA,{SECRET}\n")
    path = tmp_path / f"x{suffix}"
    path.write_text(vrt(secret))
    for level in range(depth):
        outer = tmp_path / f"{level}.zip"
        with zipfile.ZipFile(outer, "w") as archive:
            archive.write(path, f"x{suffix}")
        path = outer
    reason = "not followed"
    if depth == 2:
        # KML is looked into as XML wherever it is.
        reason = "not well-formed" if suffix == ".kml" else "an archive in the archive"
    assert reason in nothing_read(path)


@pytest.mark.parametrize(
    "head",
    [
        '!table\n!version 300\nDefinition Table\n  File "{0}"\n',
        '!table\n!version 100\nopen table "{0}" Hide\ncreate view x as select * from y\n',
        '!table\n!version 300\nDefinition Table\nbegin_metadata\n"\\IsSeamless" = "TRUE"',
    ],
)
def test_a_mapinfo_table_made_of_other_files_is_refused(tmp_path: Path, head: str) -> None:
    path = tmp_path / "x.tab"
    path.write_text(head.format(tmp_path / "secret.tab"))
    assert "not followed" in nothing_read(path)


def test_a_geopackage_whose_table_is_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    layer().to_file(path)
    database = sqlite3.connect(path)
    database.execute("PRAGMA writable_schema = 1")
    sql = f"CREATE VIRTUAL TABLE leak USING VirtualOGR('{tmp_path}/secret.csv')"
    database.execute("INSERT INTO sqlite_master VALUES ('table', 'leak', 'leak', 0, ?)", (sql,))
    database.commit()
    database.close()
    assert "outside the file" in nothing_read(path)


def test_a_shapefile_may_not_take_its_attributes_from_elsewhere(tmp_path: Path) -> None:
    """A member that is a link in an archive arrives as a file with the link's text."""
    folder = tmp_path / "made"
    folder.mkdir()
    layer().to_file(folder / "x.shp")
    (tmp_path / "secret.dbf").write_bytes((folder / "x.dbf").read_bytes())
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for end in (".shp", ".shx", ".prj"):
            archive.write(folder / f"x{end}", f"x{end}")
        link = zipfile.ZipInfo("x.dbf")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, str(tmp_path / "secret.dbf"))
    with pytest.raises(InvalidInput):
        load_districts(path)


@contextmanager
def listening():
    """Count who calls."""
    calls: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            calls.append(peer.recv(100))
            peer.close()

    threading.Thread(target=serve, daemon=True).start()
    yield listener.getsockname()[1], calls
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.mark.parametrize("crs_type", ["link", "url"])
def test_a_coordinate_system_told_by_a_link_is_refused_and_nobody_is_called(
    tmp_path: Path, crs_type: str
) -> None:
    path = tmp_path / "x.geojson"
    with listening() as (port, calls):
        member = "href" if crs_type == "link" else "url"
        address = f"http://127.0.0.1:{port}/x"
        made = json.loads(layer().to_json()) | {
            "crs": {"type": crs_type, "properties": {member: address, "type": "esriwkt"}}
        }
        path.write_text(json.dumps(made))
        assert "link, which is not followed" in nothing_read(path)
        # The same where the member hides from being looked for: the reader has no network.
        path.write_text(path.read_text().replace('"crs"', '"\\u0063rs"'))
        for how in (open_source, load_districts):
            with suppress(InvalidInput):
                how(path)
    assert not calls


def test_the_reader_has_only_the_drivers_of_the_kind_and_no_network(tmp_path: Path) -> None:
    """Whatever driver a future GDAL brings, it is not there to open a stranger's file."""
    named = {driver for kind in VECTORS.values() for driver in kind.drivers}
    assert named <= set(pyogrio.list_drivers())
    assert not named & {"OGR_VRT", "GML", "WFS", "OAPIF", "CSV", "SQLite", "HTTP", "LVBAG"}
    path = tmp_path / "x.gpkg"
    layer().to_file(path)
    with pytest.raises(InvalidInput):
        read_layer(path, "fgb", Limits())


def test_the_reader_sees_no_other_file(tmp_path: Path, monkeypatch) -> None:
    """The confinement itself: a reader that tries to open the secret is refused by the system."""
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    path = tmp_path / "x.gpkg"
    layer().to_file(path)
    script = tmp_path / "reader.py"
    text = Path(reader.__file__).read_text()
    spy = f"""
def _layer(job, sink):
    import socket
    try:
        found = open({str(secret)!r}).read()
    except OSError as reason:
        found = type(reason).__name__
    try:
        socket.create_connection(("127.0.0.1", 9), 1)
    except OSError as reason:
        found += " " + str(reason)
    raise _RefusedError(found)

if __name__"""
    script.write_text(text.replace("if __name__", spy.lstrip("\n"), 1))
    monkeypatch.setattr(reader, "__file__", str(script))
    with pytest.raises(InvalidInput) as caught:
        read_layer(path, "gpkg", Limits())
    said = caught.value.message
    if reader.landlock_version() >= 1:
        assert SECRET not in said
        assert "PermissionError" in said
    if reader.landlock_version() >= 4:
        assert "Permission denied" in said or "unreachable" in said


def test_a_file_that_costs_too_much_memory_ends_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.fgb"
    layer().to_file(path)
    with pytest.raises(InvalidInput):
        read_layer(path, "fgb", Limits(memory_bytes=200 * 2**20))


def test_a_file_that_takes_too_long_ends_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    layer().to_file(path)
    database = sqlite3.connect(path)
    database.execute(
        "CREATE VIEW slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS fid FROM n WHERE i < 0"
    )
    database.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
        "VALUES ('slow', 'attributes', 'slow')"
    )
    database.commit()
    database.close()
    with pytest.raises(InvalidInput) as caught:
        read_layer(path, "gpkg", Limits(seconds=1), layer="slow")
    assert caught.value.code == "file-too-costly"


def test_a_geopackage_copied_while_a_program_held_it_open_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.gpkg"
    layer().to_file(path)
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.close()
    assert struct.unpack("BB", path.read_bytes()[18:20]) == (2, 2)
    path.chmod(0o444)
    assert len(load_districts(path)) == 2


def test_names_that_gdal_would_take_for_an_address_are_only_names(tmp_path: Path) -> None:
    for name in ("vsicurl.geojson", "a!b.geojson", "x.zip", "http:x.geojson", "[a]*.shp"):
        path, made = tmp_path / name, tmp_path / "made"
        made.mkdir()
        shape = path.suffix == ".shp"
        layer().to_file(made / ("m.shp" if shape else "m.geojson"))
        for part in made.iterdir():
            part.rename(path.with_suffix(part.suffix) if shape else path)
        made.rmdir()
        assert len(load_districts(path)) == 2, name


@pytest.mark.parametrize("kind", sorted(VECTORS))
def test_kinds_are_told_by_content(tmp_path: Path, kind: str) -> None:
    form = VECTORS[kind]
    made = tmp_path / f"made{form.suffixes[0]}"
    points = layer().set_geometry(layer().representative_point())
    if kind == "parquet":
        points.to_parquet(made)
    elif kind == "gpx":
        made.write_text('<?xml version="1.0"?><gpx version="1.1"><wpt lat="40" lon="47"/></gpx>')
    elif kind == "mif":
        pyogrio.write_dataframe(points, made, driver="MapInfo File", FORMAT="MIF")
    else:
        points.to_file(made, driver=form.drivers[-1] if kind == "kml" else form.drivers[0])
    assert kind_of(made) == kind
    assert next(read_layer(made, kind, Limits()).batches()).num_rows > 0
