"""UCDP, ACLED, HXL, own exports and vector files, by files made for the purpose."""

import csv
from pathlib import Path

import geopandas as gpd
import pytest
from shapely import Point, box

from geodata import schemas
from geodata.errors import InvalidInput
from geodata.formats import write as export
from tests import needs

pytestmark = pytest.mark.usefixtures("read_here")

UCDP = (
    "id,relid,year,type_of_violence,dyad_name,side_a,side_b,source_article,source_office,source_date,"
    "source_headline,source_original,where_prec,where_coordinates,where_description,adm_1,adm_2,"
    "latitude,longitude,country,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,"
    "deaths_civilians,deaths_unknown,low,best,high\n"
)


def ucdp(
    n: int, where: int = 1, deaths: str = "0,2,0,0,2,2,3", headline: str = "Clash", clarity: int = 1
) -> str:
    return (
        f'{n}.0,r,2021,1,A - B,A,B,"Office,2021-02-05,x",Office,2021-02-05,{headline},police,{where},Town,'  # noqa: E501
        f"near Town,Aghali,,40.15,47.05,,{clarity},1,2021-02-04,2021-02-04,{deaths}\n"
    )


def one(held):
    (name,) = held.snapshot().incidents.index
    return held.get("incident", name)


def test_ucdp_deaths_keep_their_sides_and_injured_are_unknown(take, write, held) -> None:
    report = take(write(UCDP + ucdp(1, deaths="1,2,0,0,3,3,4")), scope="all")
    incident = one(held)
    assert report.plan["format"] == "ucdp"
    assert incident.incident_id == "UCDP-1"
    assert [(c.group, c.affiliation, c.best) for c in incident.casualties] == [
        ("military", "A", 1), ("military", "B", 2), ("civilian", None, 0),
    ]  # fmt: skip
    assert incident.count("injured") is None
    assert "low 3, best 3, high 4" in (incident.note or "")


def test_a_catalogue_of_all_violence_gives_its_mines_only_unless_all_is_chosen(
    take, write, held
) -> None:
    rows = UCDP + ucdp(1) + ucdp(2, headline="Landmine kills two")
    report = take(write(rows))
    assert held.snapshot().incidents.index.tolist() == ["UCDP-2"]
    assert report.counts["out_of_scope"] == 1
    assert any("--only all" in note for note in report.notes)
    assert take(write(rows), scope="all").counts["taken"] == 1


def test_ucdp_without_ids_reads_the_best_estimate_not_one_side(take, write, held) -> None:
    header, row = UCDP.removeprefix("id,"), ucdp(1, deaths="1,2,0,0,9,9,9").partition(",")[2]
    take(write(header + row), scope="all")
    assert held.snapshot().incidents["killed"].tolist() == [9]


def test_ucdp_bounds_stand_in_the_only_row_of_deaths(take, write, held) -> None:
    take(write(UCDP + ucdp(1, deaths="0,0,4,0,2,4,9")), scope="all")
    row = one(held).casualties[0]
    assert (row.low, row.best, row.high) == (2, 4, 9)


def test_ucdp_unknown_dead_leave_the_civilians_unstated(take, write, held) -> None:
    take(write(UCDP + ucdp(1, deaths="0,0,0,5,5,5,5")), scope="all")
    assert [c.group for c in one(held).casualties] == ["unknown"]


def test_ucdp_best_wins_over_parts_that_do_not_sum_to_it(take, write, held) -> None:
    take(write(UCDP + ucdp(1, deaths="1,1,0,0,5,5,5")), scope="all")
    assert one(held).count("killed") == 5


@pytest.mark.parametrize(
    ("where", "point", "district"),
    [(1, True, True), (2, True, True), (4, False, True), (6, False, False)],
)
def test_ucdp_points_that_stand_for_areas_are_not_kept_as_positions(
    take, write, held, where, point, district
) -> None:
    take(write(UCDP + ucdp(1, where=where)), scope="all")
    incident = one(held)
    assert (incident.longitude is not None) is point
    assert bool(incident.districts) is district
    assert incident.where_precision == where


def test_ucdp_rows_out_of_scope_are_counted_not_lost(take, write) -> None:
    text = (
        UCDP
        + ucdp(1, headline="Bus hits landmine")
        + ucdp(2)
        + ucdp(3, headline="Gold mine raided")
    )
    report = take(write(text), scope="mines")
    assert report.counts["taken"] == 1
    assert report.counts["out_of_scope"] == 2
    assert report.preview[0]["accident_type"] == "mine"


def test_ucdp_events_of_one_town_are_no_suspected_duplicates_of_each_other(take, write) -> None:
    assert take(write(UCDP + ucdp(1) + ucdp(2)), scope="all").counts["taken"] == 2


ACLED = "event_id_cnty,event_date,time_precision,event_type,sub_event_type,admin1,admin2,location,latitude,longitude,geo_precision,source,notes,fatalities\n"  # noqa: E501


def acled(n: int, sub: str = "Remote explosive/landmine/IED", time: int = 1, geo: int = 1) -> str:
    return f'AZE{n},04 February 2021,{time},Explosions,{sub},Aghali,,Town,40.15,47.05,{geo},Paper,"A man stepped on a mine.",1\n'  # noqa: E501


def without(header: str, row: str, *names: str) -> str:
    """Write a table of one row without some columns."""
    cells = dict(zip(header.strip().split(","), next(csv.reader([row])), strict=True))
    kept = {name: cell for name, cell in cells.items() if name not in names}
    return ",".join(kept) + "\n" + ",".join(f'"{cell}"' for cell in kept.values()) + "\n"


def test_a_catalogue_is_known_though_columns_are_missing(take, write, held) -> None:
    text = without(ACLED, acled(1), "sub_event_type", "geo_precision", "time_precision")
    report = take(write(text + text.splitlines()[1].replace("AZE1", "AZE2").replace(
        "Explosions", "Battles") + "\n"))  # fmt: skip
    assert (report.counts["taken"], report.counts["out_of_scope"]) == (1, 1)
    assert (one(held).incident_id, one(held).where_precision) == ("ACLED-AZE1", 2)
    assert any("geo_precision is missing" in text for text in report.warnings)


def test_an_explosion_of_a_catalogue_that_names_no_ordnance_is_out_of_scope(take, write) -> None:
    shelled = acled(1).replace("stepped on a mine", "was hit by a shell")
    report = take(write(without(ACLED, shelled, "sub_event_type")))
    assert report.counts["out_of_scope"] == report.rows == 1


def test_a_catalogues_columns_are_known_in_capitals_and_with_spaces(take, write, held) -> None:
    header, _, row = (ACLED + acled(1)).partition("\n")
    loose = header.upper().replace("EVENT_TYPE", "Event Type")
    report = take(write(f"{loose}\n{row}"), mapping={"description": "NOTES"})
    assert report.plan["format"] == "acled"
    assert one(held).incident_id == "ACLED-AZE1"


def test_ucdp_without_deaths_by_side_reads_best_with_its_bounds(take, write, held) -> None:
    sides = ("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "date_prec")
    take(write(without(UCDP, ucdp(1, where=4, deaths="0,0,4,0,2,4,9"), *sides)), scope="all")
    row = one(held).casualties[0]
    assert (row.group, row.low, row.best, row.high) == ("unknown", 2, 4, 9)
    assert one(held).longitude is None


def test_ucdp_points_of_unstated_precision_are_near_the_place(take, write, held) -> None:
    report = take(write(without(UCDP, ucdp(1), "where_prec")), scope="all")
    assert one(held).where_precision == 2
    assert any("where_prec is missing" in text for text in report.warnings)


def test_acled_takes_only_explosives_and_counts_the_rest(take, write, held) -> None:
    report = take(write(ACLED + acled(1) + acled(2, "Peaceful protest")))
    incident = one(held)
    assert (report.counts["taken"], report.counts["out_of_scope"]) == (1, 1)
    assert (incident.incident_id, incident.accident_type) == ("ACLED-AZE1", "mine")
    assert incident.count("killed") == 1
    assert incident.count("injured") is None


@pytest.mark.parametrize(
    ("time", "start", "end", "precision"),
    [
        (1, "2021-02-04", "2021-02-04", 1),
        (2, "2021-02-01", "2021-02-07", 3),
        (3, "2021-02-01", "2021-02-28", 4),
    ],
)
def test_acled_weeks_and_months_are_spans(take, write, held, time, start, end, precision) -> None:
    take(write(ACLED + acled(1, time=time)))
    incident = one(held)
    assert (str(incident.date_start), str(incident.date_end), incident.date_precision) == (
        start,
        end,
        precision,
    )


def test_acled_regions_have_no_point(take, write, held) -> None:
    take(write(ACLED + acled(1, geo=3)))
    assert one(held).longitude is None
    assert one(held).where_precision == 4


def test_hxl_tags_rule_whatever_the_headers_say(take, write, held) -> None:
    text = (
        "A,B,C,D,E,F\n#event +id,#date +occurred,#geo+lat,#geo +lon,#affected+killed,#affected +injured\n"  # noqa: E501
        "9,2021-02-04,40.15,47.05,0,2\n"
    )
    assert take(write(text)).plan["format"] == "hxl"
    assert (one(held).count("killed"), one(held).count("injured")) == (0, 2)


def test_a_format_stated_wrongly_is_refused(take, write) -> None:
    with pytest.raises(InvalidInput, match="no UCDP"):
        take(write("date,district\n2021-02-04,Aghali\n"), format="ucdp")


# The process apart reads the other kinds for the boundaries of districts.
IN_DEGREES = [
    ("t.geojson", "EPSG:4326"),
    pytest.param("t.geojsonl", "EPSG:4326", marks=pytest.mark.apart),
]
IN_ANY = [
    (name, crs)
    for name in ("t.gpkg", "t.fgb", "t.parquet")
    for crs in ("EPSG:4326", "EPSG:32638", "EPSG:3857")
]


@pytest.mark.parametrize(("name", "crs"), [*IN_DEGREES, *IN_ANY])
def test_vector_files_in_any_crs_land_in_the_right_district(
    take, held, tmp_path, name, crs
) -> None:
    frame = gpd.GeoDataFrame(
        {"id": ["a", "b"], "date": ["2021-02-04", "2021-03-04"], "killed": [1, None]},
        geometry=[Point(47.05, 40.15), Point(47.15, 40.05)],
        crs="EPSG:4326",
    ).to_crs(crs)
    path = tmp_path / name
    frame.to_parquet(path) if name.endswith("parquet") else frame.to_file(path)
    report = take(path)
    assert report.counts["taken"] == 2, report.refused
    placed = held.snapshot().incidents.sort_index()
    assert placed["district_id"].tolist() == ["XX-A", "XX-D"]
    assert placed["longitude"].tolist() == pytest.approx([47.05, 47.15], abs=1e-6)
    assert placed["killed"].isna().tolist() == [False, True]


def test_a_zipped_shapefile_is_read_and_its_folder_removed(take, held, tmp_path) -> None:
    import shutil

    folder = tmp_path / "shape"
    folder.mkdir()
    gpd.GeoDataFrame(
        {"id": ["a"], "date": ["2021-02-04"]}, geometry=[Point(47.05, 40.15)], crs=4326
    ).to_file(folder / "x.shp")
    report = take(Path(shutil.make_archive(str(tmp_path / "x"), "zip", folder)))
    assert report.counts["taken"] == 1
    assert held.snapshot().incidents["district_id"].tolist() == ["XX-A"]


def test_an_area_is_no_incident(take, tmp_path) -> None:
    path = tmp_path / "areas.gpkg"
    gpd.GeoDataFrame(
        {"id": ["a"], "date": ["2021-02-04"]}, geometry=[box(47, 40, 47.1, 40.1)], crs=4326
    ).to_file(path)
    assert "one point" in take(path).refused[0]["errors"][0]["reason"]


@pytest.mark.parametrize("suffix", ["geojson", "geojsonl", "csv", "xlsx", "gpkg", "fgb", "parquet"])
def test_an_own_export_read_back_changes_nothing(register, tmp_path, suffix) -> None:
    from geodata.intake import import_file

    path = tmp_path / f"export.{suffix}"
    export(register.snapshot().incidents, schemas.INCIDENTS, path)
    before = register.revision
    report = import_file(register, path, author="t", rejects=tmp_path / "rejects.csv")
    assert report.counts["unchanged"] == report.rows == 5, report.as_json()
    assert register.revision == before


@pytest.mark.parametrize("suffix", ["geojson", "csv", "xlsx", "gpkg"])
def test_an_own_export_moves_incidents_to_an_empty_register(
    register, held, take, tmp_path, suffix
) -> None:
    path = tmp_path / f"export.{suffix}"
    theirs = register.snapshot().incidents
    export(theirs, schemas.INCIDENTS, path)
    assert take(path).counts["refused"] == 0
    ours = held.snapshot().incidents.loc[theirs.index]
    for name in (
        "date_start",
        "date_end",
        "killed",
        "injured",
        "killed_military",
        "districts",
        "record_status",
        "device",
    ):
        assert (
            ours[name].astype(object).where(ours[name].notna(), None).tolist()
            == theirs[name].astype(object).where(theirs[name].notna(), None).tolist()
        )


def test_a_public_export_read_back_erases_nothing(register, tmp_path) -> None:
    from geodata.intake import import_file

    secret = register.get("incident", "I3").model_copy(
        update={
            "sensitivity": "restricted",
            "longitude": 47.1,
            "latitude": 39.6,
            "where_precision": 1,
            "description": "d",
        }
    )
    register.replace(secret, author="t")
    # Everybody sees this one under another id, since its own repeats the catalogue's.
    register.create(
        secret.model_copy(update={"incident_id": "UCDP-77", "external_id": "77"}), author="t"
    )
    path = tmp_path / "public.csv"
    shown = register.snapshot().public().incidents
    assert "UCDP-77" not in shown.index
    export(shown, schemas.INCIDENTS, path)
    report = import_file(register, path, author="t")
    assert report.counts["unchanged"] == report.rows == len(shown)
    after = register.get("incident", "I3")
    assert (after.longitude, after.where_precision, after.description) == (47.1, 1, "d")


def test_an_edited_own_export_updates_and_an_outdated_one_is_refused(register, tmp_path) -> None:
    from geodata.intake import import_file

    path = tmp_path / "edit.csv"
    frame = register.snapshot().incidents.loc[["I3"]].copy()
    frame["description"] = "edited in a spreadsheet"
    export(frame, schemas.INCIDENTS, path)
    assert import_file(register, path, author="t").counts["updated"] == 1
    assert register.get("incident", "I3").description == "edited in a spreadsheet"
    register.replace(
        register.get("incident", "I3").model_copy(update={"description": "newer"}), author="u"
    )
    again = import_file(register, path, author="t")
    assert again.counts["refused"] == 1
    assert "export again" in again.refused[0]["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("name", "counts", "unplaced"),
    [
        ("ucdp_ged231_sample_1000.csv", {"taken": 1000}, 1000),
        ("ucdp_ged_BGD_hxl.csv", {"taken": 601}, 601),
        ("ucdp_ged231_CAF.fgb", {"taken": 1848}, 1848),
        ("insecurityinsight_explosive_weapons_2020_2023.csv", {"taken": 2083}, 2069),
    ],
)
def test_the_real_event_files_are_taken_whole_and_once(
    register, name, counts, unplaced, tmp_path
) -> None:
    from geodata.intake import Choices, import_file

    path = needs.shared("reference", "events", name)
    every = Choices(scope="all")
    first = import_file(register, path, author="t", choices=every, rejects=tmp_path / "r.csv")
    assert {k: v for k, v in first.counts.items() if v} == counts
    assert first.unplaced_count == unplaced
    before = register.revision
    again = import_file(register, path, author="t", choices=every, rejects=tmp_path / "r.csv")
    assert again.counts["unchanged"] == again.rows == first.rows
    assert register.revision == before
    frame = register.snapshot().incidents
    assert frame["injured"][frame["external_id"].notna()].isna().all()


@pytest.mark.parametrize(
    ("name", "kept", "left"),
    [
        ("ucdp_ged231_sample_1000.csv", 13, 987),
        ("insecurityinsight_explosive_weapons_2020_2023.csv", None, None),
    ],
)
def test_the_scope_of_mines_leaves_out_and_counts_the_rest(register, name, kept, left) -> None:
    from geodata.intake import Choices, import_file

    path = needs.shared("reference", "events", name)
    report = import_file(register, path, author="t", choices=Choices(scope="mines"), dry_run=True)
    assert report.counts["taken"] + report.counts["out_of_scope"] == report.rows
    assert 0 < report.counts["taken"] < report.rows / 4
    assert kept is None or (report.counts["taken"], report.counts["out_of_scope"]) == (kept, left)


@pytest.mark.parametrize(
    ("text", "device"),
    [("MUSE", "uxo"), ("MAP", "ap_mine"), ("Munición sin explotar", "uxo"), ("AEI", "ied_other")],
)
def test_devices_by_the_short_names_of_colombia(take, write, text, device) -> None:
    report = take(write(f"id,Fecha,Municipio,Artefacto\n1,2020-01-02,A,{text}\n"))
    assert report.preview[0]["device"] == device
