"""Any boundary file: what is taken, what is mended, what is refused."""

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from shapely import MultiPolygon, Point, Polygon, box

from geodata.districts import grid_of, inspect_boundaries, load_districts
from geodata.errors import InvalidInput
from geodata.schemas import CRS84, DISTRICTS
from geodata.untrusted.limits import Limits
from geodata.untrusted.sandbox import read_layer
from tests import needs

pytestmark = pytest.mark.usefixtures("read_here")

OCHA = {"adm1_pcode": ["ZZ01", "ZZ02"], "adm1_name": ["One", "Two"]}


def frame(shapes: list, columns: dict | None = None, crs: str | None = CRS84) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.DataFrame(columns or OCHA), geometry=shapes, crs=crs)


def two() -> gpd.GeoDataFrame:
    return frame([box(47.0, 40.0, 47.1, 40.1), box(47.1, 40.0, 47.2, 40.1)])


def saved(data: gpd.GeoDataFrame, path: Path) -> Path:
    if path.suffix == ".parquet":
        data.to_parquet(path)
    elif path.suffix == ".zip":
        data.to_file(path.with_suffix(".shp"))
        with zipfile.ZipFile(path, "w") as archive:
            for part in path.parent.glob(path.stem + ".*"):
                if part.suffix != ".zip":
                    archive.write(part, part.name)
    else:
        data.to_file(path)
    return path


def problems(path: Path, **options: object) -> list[str]:
    return [c.problem for c in inspect_boundaries(path, **options).issues]


# Each system in a file that says it in words and in one that says it by its number, each format
# in metres, and one in degrees of either order.
@pytest.mark.apart
@pytest.mark.parametrize(
    ("name", "crs"),
    [
        *((f"a.{form}", "EPSG:32638") for form in ("gpkg", "fgb", "zip", "shp", "parquet")),
        *((f"a.{form}", CRS84) for form in ("geojson", "shp", "parquet")),
        *((f"a.{form}", "EPSG:4326") for form in ("geojson", "gpkg", "fgb")),
        *((f"a.{form}", "EPSG:3857") for form in ("gpkg", "shp")),
    ],
)
def test_each_format_in_each_crs_gives_the_same_districts(
    tmp_path: Path, name: str, crs: str
) -> None:
    if name == "a.geojson" and crs in ("EPSG:32638", "EPSG:3857"):
        data = two()
    else:
        data = two().to_crs(crs)
    loaded = load_districts(saved(data, tmp_path / name))
    assert list(loaded["district_id"]) == ["ZZ01", "ZZ02"]
    assert list(loaded.columns) == [*DISTRICTS.names, "geometry"]
    assert loaded.crs == CRS84
    assert set(loaded.geom_type) == {"MultiPolygon"}
    expected = two().geometry.to_numpy()
    assert shapely.hausdorff_distance(loaded.geometry.to_numpy(), expected).max() < 1e-7
    assert loaded["area_km2"].to_numpy() == pytest.approx([94.7, 94.7], abs=0.2)


@pytest.mark.parametrize(
    ("columns", "level", "ids", "names"),
    [
        (OCHA, None, ["ZZ01", "ZZ02"], ["One", "Two"]),
        (
            {"ADM2_PCODE": ["P1", "P2"], "ADM2_EN": ["One", "Two"], "ADM2_RU": ["Один", "Два"]},
            2, ["P1", "P2"], ["One", "Two"],
        ),
        ({"admin1Pcode": ["P1", "P2"], "admin1Name_en": ["One", "Two"]}, 1,
         ["P1", "P2"], ["One", "Two"]),
        (
            {"shapeName": ["One", "Two"], "shapeISO": ["ZZ-1", "ZZ-2"], "shapeID": ["x1", "x2"]},
            None, ["ZZ-1", "ZZ-2"], ["One", "Two"],
        ),
        ({"shapeName": ["One", "Two"], "shapeISO": ["", ""], "shapeID": ["x1", "x2"]},
         None, ["x1", "x2"], ["One", "Two"]),
        ({"district_id": ["a", "b"], "name": ["One", "Two"]}, None, ["a", "b"], ["One", "Two"]),
    ],
)  # fmt: skip
def test_each_family_of_columns_is_known(
    tmp_path: Path, columns: dict, level: int | None, ids: list, names: list
) -> None:
    shapes = list(two().geometry)
    path = saved(frame(shapes, columns), tmp_path / "a.gpkg")
    loaded = load_districts(path, level=level)
    assert list(loaded["district_id"]) == ids
    assert list(loaded["name"]) == names


def test_names_by_language_and_dates_are_kept(tmp_path: Path) -> None:
    columns = {
        "ADM1_PCODE": ["P1", "P2"], "ADM1_EN": ["One", "Two"], "ADM1_RU": ["Один", "Два"],
        "ADM1_AZ": ["Bir", "İki"], "validOn": ["2023-10-02"] * 2, "validTo": [None] * 2,
    }  # fmt: skip
    loaded = load_districts(saved(frame(list(two().geometry), columns), tmp_path / "a.gpkg"))
    assert list(loaded["name_ru"]) == ["Один", "Два"]
    assert list(loaded["name_az"]) == ["Bir", "İki"]
    assert list(loaded["pcode"]) == ["P1", "P2"]
    assert list(loaded["valid_from"]) == [pd.Timestamp("2023-10-02")] * 2
    assert loaded["valid_to"].isna().all()


def test_languages_stated_beside_the_names_are_used(tmp_path: Path) -> None:
    columns = {
        "adm1_pcode": ["P1", "P2"], "adm1_name": ["Bir", "İki"], "adm1_name1": ["One", "Two"],
        "lang": ["az", "az"], "lang1": ["en", "en"], "valid_on": ["2023-10-02"] * 2,
    }  # fmt: skip
    loaded = load_districts(saved(frame(list(two().geometry), columns), tmp_path / "a.gpkg"))
    assert list(loaded["name_az"]) == ["Bir", "İki"]
    assert list(loaded["name_en"]) == ["One", "Two"]
    assert list(loaded["valid_from"]) == [pd.Timestamp("2023-10-02")] * 2


def test_layers_of_points_before_the_polygons_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    frame([Point(47, 40), Point(48, 40)]).to_file(path, layer="zz_capitals")
    two().to_file(path, layer="zz_adm1")
    assert len(load_districts(path)) == 2
    assert read_layer(path, "gpkg", Limits(), areal=True).name == "zz_adm1"  # by the first reading


def test_the_reference_file_is_loaded_with_named_columns() -> None:
    path = needs.shared("reference", "azerbaijan", "districts.geojson")
    loaded = load_districts(path, id_column="iso_3166_2", name_column="name_az")
    assert len(loaded) == 77
    assert loaded.loc["AZ-AGM", "name"] == "Ağdam"
    bundled = load_districts()
    assert (loaded["area_km2"] - bundled["area_km2"]).abs().max() < 1e-3


def test_points_are_no_boundaries() -> None:
    path = needs.shared("reference", "events", "ucdp_ged231_CAF.fgb")
    with pytest.raises(InvalidInput, match="not a polygon"):
        load_districts(path, id_column="id", name_column="country")


def test_named_columns_come_first_and_numbers_become_text(tmp_path: Path) -> None:
    data = frame(list(two().geometry), {"code": [1.0, 2.0], "label": ["One", "Two"]})
    path = saved(data, tmp_path / "a.gpkg")
    loaded = load_districts(path, id_column="code", name_column="label")
    assert list(loaded["district_id"]) == ["1", "2"]


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = saved(two(), tmp_path / "a.gpkg")
    with pytest.raises(InvalidInput, match="there is no column 'code'") as caught:
        load_districts(path, id_column="code")
    assert caught.value.code == "bad-boundaries"


def test_unknown_columns_ask_for_names(tmp_path: Path) -> None:
    path = saved(frame(list(two().geometry), {"x": [1, 2]}), tmp_path / "a.gpkg")
    with pytest.raises(InvalidInput, match="name id_column"):
        load_districts(path)


def test_a_coarser_level_joins_its_units(tmp_path: Path) -> None:
    columns = {
        "adm2_pcode": ["ZZ0101", "ZZ0102"], "adm2_name": ["a", "b"],
        "adm1_pcode": ["ZZ01", "ZZ01"], "adm1_name": ["One", "One"],
    }  # fmt: skip
    path = saved(frame(list(two().geometry), columns), tmp_path / "a.gpkg")
    assert list(load_districts(path)["district_id"]) == ["ZZ0101", "ZZ0102"]
    joined = load_districts(path, level=1)
    assert list(joined["district_id"]) == ["ZZ01"]
    assert joined.geometry.iloc[0].bounds == (47.0, 40.0, 47.2, 40.1)
    assert any("joined" in p for p in problems(path, level=1))


def test_several_layers_need_a_name_or_a_level(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    two().to_file(path, layer="zz_adm1")
    two().to_file(path, layer="zz_adm2")
    with pytest.raises(InvalidInput, match="several layers"):
        load_districts(path)
    assert len(load_districts(path, layer="zz_adm2")) == 2
    assert len(load_districts(path, level=1)) == 2


def test_all_issues_come_at_once(tmp_path: Path) -> None:
    shapes = [
        box(47.0, 40.0, 47.1, 40.1),
        Polygon([(47.2, 40.0), (47.4, 40.2), (47.4, 40.0), (47.2, 40.2)]),
        Point(47.5, 40.0),
        box(47.05, 40.0, 47.15, 40.1),
        None,
    ]
    columns = {"adm1_pcode": ["A", "A", "", "B", "C"], "adm1_name": ["One", "", "T", "F", "E"]}
    path = saved(frame(shapes, columns), tmp_path / "a.gpkg")
    with pytest.raises(InvalidInput) as caught:
        load_districts(path)
    found = {(d["field"], d["row"]) for d in caught.value.details if d["severity"] == "error"}
    assert found == {
        ("geometry", 0), ("geometry", 1), ("geometry", 2), ("geometry", 4),
        ("adm1_pcode", 1), ("adm1_pcode", 2), ("adm1_name", 1),
    }  # fmt: skip


def test_a_tiny_self_crossing_is_mended_and_said(tmp_path: Path) -> None:
    spike = Polygon(
        [(47, 40), (47.1, 40), (47.1, 40.1), (47.05, 40.1), (47.0499, 40.10001), (47.0499, 40.0999),
         (47.05, 40.10001), (47, 40.1)]
    )  # fmt: skip
    assert not spike.is_valid
    path = saved(frame([spike, box(48, 40, 49, 41)]), tmp_path / "a.gpkg")
    report = inspect_boundaries(path)
    assert report.errors == []
    assert len([c for c in report.issues if "not valid" in c.problem]) == 1
    assert report.districts().geometry.is_valid.all()


def test_a_bow_tie_is_refused_because_its_area_is_unclear(tmp_path: Path) -> None:
    bow = Polygon([(47, 40), (47.1, 40.1), (47.1, 40), (47, 40.1)])
    path = saved(frame([bow, box(48, 40, 49, 41)]), tmp_path / "a.gpkg")
    assert ["cannot be mended" in c.problem for c in inspect_boundaries(path).errors] == [True]


def test_a_small_overlap_warns_and_a_large_one_refuses(tmp_path: Path) -> None:
    slight = [box(47.0, 40.0, 47.1, 40.1), box(47.0999, 40.0, 47.2, 40.1)]
    report = inspect_boundaries(saved(frame(slight), tmp_path / "a.gpkg"))
    assert [(c.severity, "overlaps" in c.problem) for c in report.issues[:1]] == [("warning", True)]
    large = [box(47.0, 40.0, 47.1, 40.1), box(47.05, 40.0, 47.2, 40.1)]
    report = inspect_boundaries(saved(frame(large), tmp_path / "b.gpkg"))
    assert report.frame is None
    assert "overlaps 'ZZ02'" in report.errors[0].problem


def test_a_gap_is_reported_with_its_place(tmp_path: Path) -> None:
    ring = box(47.0, 40.0, 47.3, 40.3).difference(box(47.1, 40.1, 47.2, 40.2))
    shapes = [ring.intersection(box(47, 40, 47.15, 41)), ring.intersection(box(47.15, 40, 48, 41))]
    report = inspect_boundaries(saved(frame(shapes), tmp_path / "a.gpkg"))
    gaps = [c for c in report.issues if "gap" in c.problem]
    assert [c.severity for c in gaps] == ["warning"]
    assert "ZZ01, ZZ02" in gaps[0].problem
    assert "94.6" in gaps[0].problem


def test_heights_clockwise_rings_and_single_polygons_are_mended_and_said(tmp_path: Path) -> None:
    shapes = [shapely.reverse(shapely.force_3d(shape, 5)) for shape in two().geometry]
    path = saved(frame(shapes), tmp_path / "a.gpkg")
    said = " ".join(problems(path))
    assert "2 polygons were promoted" in said
    assert "heights" in said
    assert "clockwise" in said
    loaded = load_districts(path)
    assert not loaded.has_z.any()
    rings = shapely.get_exterior_ring(shapely.get_parts(loaded.geometry.to_numpy()))
    assert shapely.is_ccw(rings).all()


@pytest.mark.filterwarnings("ignore:.crs. was not provided")
def test_a_missing_crs_is_assumed_only_for_degrees(tmp_path: Path) -> None:
    path = saved(two().set_crs(None, allow_override=True), tmp_path / "a.shp")
    assert any("taken as WGS 84" in p for p in problems(path))
    metres = saved(two().to_crs(32638).set_crs(None, allow_override=True), tmp_path / "b.shp")
    with pytest.raises(InvalidInput, match="names no coordinate system"):
        load_districts(metres)


def test_coordinates_outside_the_globe_are_refused(tmp_path: Path) -> None:
    shapes = [box(47, 40, 48, 95), box(48, 40, 49, 41)]
    report = inspect_boundaries(saved(frame(shapes), tmp_path / "a.gpkg"))
    assert ["outside ±180" in c.problem for c in report.errors] == [True]


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = saved(two().iloc[:0], tmp_path / "a.gpkg")
    with pytest.raises(InvalidInput, match="no rows"):
        load_districts(path)


def test_the_export_of_districts_is_loaded_again_as_it_was(tmp_path: Path) -> None:
    bundled = load_districts()
    path = tmp_path / "a.fgb"
    bundled.to_file(path)
    again = load_districts(path).set_index("district_id", drop=False).loc[bundled.index]
    for column in ("name", "name_az", "name_ru", "pcode", "population", "population_note"):
        pd.testing.assert_series_equal(again[column], bundled[column], check_names=False,
                                       check_index=False)  # fmt: skip
    assert shapely.equals(again.geometry.to_numpy(), bundled.geometry.to_numpy()).all()


def test_the_edition_label_is_kept(tmp_path: Path) -> None:
    from geodata.districts import edition_of

    loaded = load_districts(saved(two(), tmp_path / "a.gpkg"), edition="draft-7")
    assert edition_of(loaded).startswith("draft-7-")


def test_a_multipolygon_of_islands_stays_whole(tmp_path: Path) -> None:
    islands = MultiPolygon([box(47, 40, 47.1, 40.1), box(47.5, 40, 47.6, 40.1)])
    path = saved(frame([islands, box(48, 40, 48.1, 40.1)]), tmp_path / "a.gpkg")
    loaded = load_districts(path)
    assert [len(s.geoms) for s in loaded.geometry] == [2, 1]


@pytest.mark.parametrize(
    "shape",
    [
        Polygon([(179, -17), (-179, -17), (-179, -16), (179, -16)]),
        box(179, -17, 181, -16),
        MultiPolygon([box(179, -17, 180, -16), box(-180, -17, -179, -16)]),
    ],
    ids=["edge across the world", "longitudes to 360", "in two parts"],
)
def test_a_unit_over_the_180th_meridian_holds_its_own_points_and_no_others(
    tmp_path: Path, shape: shapely.Geometry
) -> None:
    path = saved(frame([shape, box(177, -17, 179, -16)]), tmp_path / "a.geojson")
    units = inspect_boundaries(path).districts()
    assert units["area_km2"].iloc[0] == pytest.approx(23_630, rel=1e-3)
    at = grid_of(units).locate([179.5, -179.5, 180, -180, 0, 178], [-16.5] * 6)
    assert at.tolist() == [0, 0, 0, 0, -1, 1]


def test_small_islands_beyond_the_coarse_outlines_are_their_countrys(tmp_path: Path) -> None:
    columns = {"code": ["A", "B"], "label": ["Vanua", "Rotuma"]}
    shapes = [box(178.2, -17.5, 179.2, -16.5), box(177.0, -12.51, 177.006, -12.505)]
    path = saved(frame(shapes, columns), tmp_path / "a.geojson")
    units = inspect_boundaries(path, id_column="code", name_column="label").districts()
    assert units["country"].tolist() == ["FJ", "FJ"]
