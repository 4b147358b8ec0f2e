"""Boundaries, places, operations and statistics by the same door."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from geodata.districts import copies
from geodata.errors import Conflict, InvalidInput
from geodata.intake.layers import shares
from geodata.schemas import OPERATIONS
from tests.conftest import make_country

pytestmark = pytest.mark.usefixtures("read_here")


def test_boundaries_become_the_current_edition_and_only_once(take, held, tmp_path) -> None:
    path = tmp_path / "new.geojson"
    frame = make_country().iloc[:2][["district_id", "name", "geometry"]].reset_index(drop=True)
    frame.to_file(path)
    options = {"edition": "XX-2", "id_column": "district_id", "name_column": "name"}
    assert take(path, kind="boundaries", dry_run=True, **options).written == 0
    assert take(path, kind="boundaries", **options).counts["taken"] == 2
    assert held.snapshot().edition == "XX-2"
    assert take(path, kind="boundaries", **options).counts["unchanged"] == 2
    other = make_country().iloc[:3][["district_id", "name", "geometry"]].reset_index(drop=True)
    other.to_file(path)
    with pytest.raises(Conflict, match="own name"):
        take(path, kind="boundaries", **options)


def test_boundaries_of_very_many_vertices_bring_their_lighter_copies(take, held, tmp_path) -> None:
    angle = np.linspace(0, 2 * np.pi, 55_000, endpoint=False)
    shore = shapely.Polygon(np.column_stack([20 + 0.4 * np.cos(angle), -5 + 0.4 * np.sin(angle)]))
    path, told = tmp_path / "coast.fgb", []
    gpd.GeoDataFrame({"id": ["YY-1"], "name": ["Far"]}, geometry=[shore], crs=4326).to_file(path)
    options = {"edition": "YY", "id_column": "id", "name_column": "name"}
    take(path, kind="boundaries", dry_run=True, **options)
    assert not (tmp_path / "register" / copies.FOLDER).exists()
    take(path, kind="boundaries", progress=lambda *step: told.append(step), **options)
    assert len(list((tmp_path / "register" / copies.FOLDER).iterdir())) == 1
    stages, done, of = zip(*told, strict=True)
    assert set(stages) == {"make lighter"}
    assert list(done) == sorted(done)
    assert done[-1] == of[-1] > done[0]
    kept = held.snapshot().districts.geometry.array
    assert shapely.get_num_coordinates(kept).tolist() == [55_001]


def test_loading_the_right_country_places_what_was_unplaced(take, write, held, tmp_path) -> None:
    text = "id,date,lat,lon\n1,2021-02-04,5.5,20.2\n"
    assert take(write(text)).unplaced_count == 1
    path = tmp_path / "far.geojson"
    gpd.GeoDataFrame(
        {"id": ["YY-1"], "name": ["Far"]}, geometry=[box(20, 5, 21, 6)], crs=4326
    ).to_file(path)
    options = {"edition": "YY", "id_column": "id", "name_column": "name"}
    would = take(path, kind="boundaries", dry_run=True, **options)
    assert "1 of 1 incidents that are in no district would be placed in it." in would.notes
    report = take(path, kind="boundaries", **options)
    assert "1 of 1 incidents that were in no district are placed in it." in report.notes
    for told in (would, report):
        assert told.notes[-1].endswith("Incidents in a district: 0 of 1 before, 1 after.")
        states = told.as_json()["boundaries"]
        assert [states[at]["incidents_placed"] for at in ("before", "after")] == [0, 1]
    assert held.snapshot().incidents["placed_by"].tolist() == ["point"]
    assert take(write(text)).counts["unchanged"] == 1
    assert held.snapshot().incidents["district_id"].tolist() == ["YY-1"]


def test_places_are_taken_updated_and_found(take, write, held) -> None:
    text = "place_id,name,kind,lat,lon,district_id\np1,Zorbakənd,village,40.15,47.05,XX-A\n,,,,,\n"
    report = take(write(text, "places.csv"), kind="places")
    assert report.counts["taken"] == 1
    assert held.snapshot().gazetteer.find("Zorbakend").place_id == "p1"
    assert take(write(text, "places.csv"), kind="places").counts["unchanged"] == 1
    assert (
        take(write(text.replace("village", "town"), "places.csv"), kind="places").counts["updated"]
        == 1
    )


def test_operations_keep_their_area_and_finds(take, held, tmp_path) -> None:
    path = tmp_path / "ops.gpkg"
    gpd.GeoDataFrame(
        {"operation_id": ["op1"], "kind": ["clearance"], "status": ["completed"], "actual_start": ["2021-02-04"],  # noqa: E501
         "devices_found": ["at_mine:12;uxo:3"], "districts": ["XX-A;XX-B"]},
        geometry=[box(47, 40.1, 47.01, 40.11)], crs=4326,
    ).to_crs(32638).to_file(path)  # fmt: skip
    assert take(path, kind="operations").counts["taken"] == 1
    operation = held.get("operation", "op1")
    assert operation.devices_found == {"at_mine": 12, "uxo": 3}
    assert operation.districts == ("XX-A", "XX-B")
    shape = held.snapshot().operations.geometry.iloc[0]
    assert shape.bounds == pytest.approx((47, 40.1, 47.01, 40.11), abs=1e-4)
    assert take(path, kind="operations").counts["unchanged"] == 1


def test_statistics_are_taken_and_bad_codes_refused_with_the_field(take, write, held) -> None:
    text = "statistic_id,metric,group,outcome,value,as_of,issuer\ns1,people killed,civilian,killed,6,2020-12-22,Ministry\ns2,people,aliens,killed,6,,\n"  # noqa: E501
    report = take(write(text), kind="statistics")
    assert (report.counts["taken"], report.counts["refused"]) == (1, 1)
    assert report.refused[0]["errors"][0]["field"] == "group"
    assert held.get("statistic", "s1").value == 6


def test_all_or_nothing_holds_for_them_too(take, write, held) -> None:
    text = "statistic_id,metric,value\ns1,people,6\ns2,people,-6\n"
    before = held.revision
    assert take(write(text), kind="statistics", all_or_nothing=True).written == 0
    assert held.revision == before


def test_dangerous_boundary_files_are_refused(take, tmp_path) -> None:
    path = tmp_path / "b.geojson"
    path.write_text('<OGRVRTDataSource><OGRVRTLayer name="x"/></OGRVRTDataSource>')
    with pytest.raises(InvalidInput):
        take(path, kind="boundaries")


OTHERS = {
    "operations": "operation_id,kind,status,note{h}\no1,clearance,planned,here{c}\n",
    "statistics": "statistic_id,metric,value,note{h}\ns1,people,7,there{c}\n",
    "places": "place_id,name,lat,lon{h}\np1,Zorbakənd,40.15,47.05{c}\n",
}


@pytest.mark.parametrize("kind", OTHERS)
def test_who_may_see_a_record_is_taken_from_its_column_or_the_choice(
    take, write, held, kind
) -> None:
    plain = OTHERS[kind].format(h="", c="")
    marked = OTHERS[kind].format(h=",sensitivity", c=",Restricted")
    unknown = OTHERS[kind].format(h=",sensitivity", c=",perhaps")

    def seen() -> list[str]:
        return held.snapshot().frame(kind)["sensitivity"].tolist()

    report = take(write(unknown), kind)
    assert report.counts["taken"] == 1
    assert report.unknown_values == {("sensitivity", "perhaps"): 1}
    assert seen() == ["restricted"]
    assert take(write(plain), kind, sensitivity="restricted").counts["unchanged"] == 1
    assert seen() == ["restricted"]
    # A file without the column publishes nothing.
    assert take(write(plain), kind).counts["unchanged"] == 1
    public = OTHERS[kind].format(h=",sensitivity", c=",public")
    assert take(write(public), kind).counts["updated"] == 1
    assert seen() == ["public"]
    assert take(write(marked), kind).counts["updated"] == 1
    assert seen() == ["restricted"]
    assert take(write(plain), kind).counts["unchanged"] == 1


def test_boundaries_cannot_be_restricted(take, tmp_path) -> None:
    path = tmp_path / "new.geojson"
    make_country()[["district_id", "name", "geometry"]].reset_index(drop=True).to_file(path)
    with pytest.raises(InvalidInput, match="restricted"):
        take(path, kind="boundaries", edition="XX-2", sensitivity="restricted")


def ring(x: float, y: float, *more: tuple[float, float]) -> str:
    points = more or ((x, y), (x + 0.01, y), (x + 0.01, y + 0.01), (x, y + 0.01))
    return str([[list(p) for p in (*points, points[0])]])


def areas(tmp_path, rows) -> object:
    """Write polygons with their properties as GeoJSON."""
    features = ",".join(
        f'{{"type": "Feature", "properties": {json.dumps(properties)}, '
        f'"geometry": {{"type": "Polygon", "coordinates": {shape}}}}}'
        for properties, shape in rows
    )
    path = tmp_path / "areas.geojson"
    path.write_text(f'{{"type": "FeatureCollection", "features": [{features}]}}')
    return path


@pytest.mark.parametrize("column", ["hazardous_area", "Type"])
@pytest.mark.parametrize(
    ("word", "code"),
    [("cha", "cha"), ("SHA", "sha"), ("Confirmed Hazardous Area", "cha"),
     ("Zone soupçonnée dangereuse", "sha")],
)  # fmt: skip
def test_a_hazardous_area_needs_nothing_but_its_polygon_and_kind(
    take, held, tmp_path, column, word, code
) -> None:
    path = areas(
        tmp_path, [({"IMSMA_ID": "HA-1", column: word, "Status": "Open"}, ring(47.02, 40.12))]
    )
    report = take(path, kind="operations")
    operation = held.get("operation", "HA-1")
    assert (operation.hazardous_area, operation.kind, operation.status) == (
        code,
        "survey",
        "completed",
    )
    assert operation.districts == ("XX-A",)
    assert operation.area_planned_m2 == pytest.approx(948_000, rel=0.01)
    assert operation.note == "Status in the source: Open."
    assert report.unknown_values == {("status", "Open"): 1}
    assert any("kind is not stated" in text for text in report.warnings)


def test_an_area_over_a_border_lies_in_both_districts_by_its_shares(take, held, tmp_path) -> None:
    take(
        areas(tmp_path, [({"id": "HA-2", "type": "CHA"}, ring(47.0975, 40.12))]), kind="operations"
    )
    operation = held.get("operation", "HA-2")
    assert operation.districts == ("XX-B", "XX-A")
    assert operation.note == "Its area lies in XX-B 75%, XX-A 25%."


def test_ids_of_any_characters_are_taken_and_stay_apart(take, held, tmp_path) -> None:
    some = [({"id": name, "type": "CHA"}, ring(47.02, 40.12)) for name in ("HA/1", "HA#1", "HA-1")]
    for _ in range(2):
        report = take(areas(tmp_path, some), kind="operations")
    assert report.counts["unchanged"] == 3
    ids = sorted(held.snapshot().operations["operation_id"])
    assert ids[0] == "HA-1"
    assert len(set(ids)) == 3
    assert all(name.startswith("HA-1") for name in ids)


def test_a_shape_in_no_district_is_taken_and_that_is_said(take, tmp_path) -> None:
    report = take(areas(tmp_path, [({"id": "S", "type": "SHA"}, ring(-40, 17))]), kind="operations")
    assert report.counts["taken"] == 1
    assert any("lies in no district" in text for text in report.warnings)


def test_a_shape_that_crosses_itself_is_refused_with_the_reason(take, tmp_path) -> None:
    bow = ring(0, 0, (47.02, 40.12), (47.03, 40.13), (47.03, 40.12), (47.02, 40.13))
    report = take(areas(tmp_path, [({"id": "HA-3", "type": "CHA"}, bow)]), kind="operations")
    assert report.counts["refused"] == 1
    assert "crosses itself" in report.refused[0]["errors"][0]["reason"]


@pytest.mark.parametrize("status", OPERATIONS.by_name["ground_status"].codes)
def test_a_code_is_taken_though_it_sounds_like_an_empty_cell(take, write, held, status) -> None:
    take(write(f"id,kind,status,ground_status\nO-1,survey,completed,{status}\n"), kind="operations")
    assert held.get("operation", "O-1").ground_status == status


@pytest.mark.parametrize(
    ("shape", "found"),
    [
        (shapely.LineString([(47.05, 40.15), (47.15, 40.15)]), {"XX-A": 0.5, "XX-B": 0.5}),
        (shapely.LineString([(47.02, 40.15), (47.12, 40.15)]), {"XX-A": 0.8, "XX-B": 0.2}),
        (shapely.MultiPoint([(47.05, 40.15), (47.15, 40.15), (47.16, 40.15), (47.17, 40.15)]),
         {"XX-B": 0.75, "XX-A": 0.25}),
        (shapely.Point(47.1, 40.15), {"XX-A": 1.0}),
        (shapely.LineString([(10, 10), (11, 10)]), {}),
    ],
)  # fmt: skip
def test_a_line_or_several_points_over_a_border_lie_in_both_districts(shape, found) -> None:
    told = shares(shape.wkt, make_country())
    assert dict(told) == pytest.approx(found, abs=1e-3)
    assert [name for name, _ in told] == list(found)


@pytest.mark.parametrize("text", ["XX-A:0.5;XX-B:0.5", "XX-A; XX-B", "Aghali;Boyuk"])
def test_districts_of_an_operation_are_read_by_id_or_name_with_shares_or_without(
    take, write, held, text
) -> None:
    take(write(f"id,kind,status,districts\nO-1,clearance,planned,{text}\n"), kind="operations")
    assert held.get("operation", "O-1").districts == ("XX-A", "XX-B")


def test_a_district_of_an_operation_that_is_not_known_is_reported(take, write) -> None:
    text = "id,kind,status,districts\nO-1,clearance,planned,Zorblax\n"
    report = take(write(text), kind="operations")
    assert report.unknown_values == {("districts", "Zorblax"): 1}


def test_the_order_of_days_and_months_of_an_operation_is_its_columns(take, write, held) -> None:
    rows = "O-1,clearance,planned,02/04/2021\nO-2,clearance,planned,02/25/2021\n"
    take(write("id,kind,status,start date\n" + rows), kind="operations")
    assert str(held.get("operation", "O-1").actual_start) == "2021-02-04"


def test_a_kind_of_hazardous_area_that_is_not_known_is_refused_by_name(take, write) -> None:
    text = "ha_localid,type,areasize\nH1,C.H.A.,10\nH2,confirmed,10\nH3,zorblax,10\n"
    report = take(write(text, "areas.csv"), kind="operations")
    assert (report.counts["taken"], report.counts["refused"]) == (2, 1)
    assert "'zorblax' is no kind of hazardous area" in report.refused[0]["errors"][0]["reason"]
    assert any("no shape" in text for text in report.warnings)
