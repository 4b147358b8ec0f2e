"""The bundled districts of Azerbaijan."""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geodata.districts import BUNDLED_EDITION, contiguity, edition_of, load_districts
from geodata.errors import NotFound
from geodata.schemas import DISTRICTS
from tests import needs


@pytest.fixture(scope="module")
def districts() -> gpd.GeoDataFrame:
    return load_districts()


def test_there_are_77_districts_ordered_by_id(districts: gpd.GeoDataFrame) -> None:
    assert len(districts) == 77
    assert list(districts["district_id"]) == sorted(districts["district_id"])
    assert list(districts.columns) == [*DISTRICTS.names, "geometry"]
    assert districts["district_id"].str.fullmatch("AZ-[A-Z]{2,3}").all()


def test_they_form_a_valid_coverage(districts: gpd.GeoDataFrame) -> None:
    shapes = districts.geometry.to_numpy()
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert set(districts.geom_type) == {"MultiPolygon"}


@pytest.mark.parametrize(
    ("district_id", "pcode", "az", "en", "ru"),
    [
        ("AZ-AGM", "AZ60900001", "Ağdam", "Aghdam", "Агдам"),
        ("AZ-FUZ", "AZ60600001", "Füzuli", "Fuzuli", "Физули"),
        ("AZ-TAR", "AZ61100001", "Tərtər", "Tartar", "Тертер"),
        ("AZ-LAC", "AZ60200001", "Laçın", "Lachin", "Лачин"),
        ("AZ-XA", "AZ70400002", "Xankəndi", "Khankendi", "Ханкенди"),
    ],
)
def test_names_and_codes_are_those_of_the_district(
    districts: gpd.GeoDataFrame, district_id: str, pcode: str, az: str, en: str, ru: str
) -> None:
    row = districts.loc[district_id]
    assert (row["pcode"], row["name_az"], row["name_en"], row["name_ru"]) == (pcode, az, en, ru)


def test_every_name_is_filled(districts: gpd.GeoDataFrame) -> None:
    assert districts[["name", "name_az", "name_en", "name_ru", "type"]].notna().all(axis=None)


def test_areas_are_geodesic_and_sum_to_the_country(districts: gpd.GeoDataFrame) -> None:
    # The country has about 86,600 km2; the lines are approximate.
    assert districts["area_km2"].sum() == pytest.approx(86_600, rel=0.02)
    assert districts.loc["AZ-AGM", "area_km2"] == pytest.approx(1067.6, abs=0.1)


def test_population_is_given_only_with_its_year_and_warning(districts: gpd.GeoDataFrame) -> None:
    known = districts["population"].notna()
    assert (districts["population_note"].notna() == known).all()
    assert districts.loc[known, "population_note"].str.contains("De jure.*20(?:11|20)").all()
    assert districts.loc["AZ-AGM", "population"] == 204_000
    assert pd.isna(districts.loc["AZ-ORD", "population"])


def test_the_edition_has_its_dates_and_label(districts: gpd.GeoDataFrame) -> None:
    assert (districts["valid_from"] == pd.Timestamp("2023-10-02")).all()
    assert districts["valid_to"].isna().all()
    assert edition_of(districts).startswith(f"{BUNDLED_EDITION}-")
    assert edition_of(load_districts(edition=BUNDLED_EDITION)) == edition_of(districts)


def test_another_edition_is_not_bundled() -> None:
    with pytest.raises(NotFound) as caught:
        load_districts(edition="AZ-1999")
    assert caught.value.code == "unknown-edition"


def test_changing_a_loaded_frame_does_not_change_the_next_one() -> None:
    first = load_districts()
    first.loc["AZ-AGM", "name"] = "changed"
    assert load_districts().loc["AZ-AGM", "name"] == "Aghdam"


def test_they_are_neighbours_where_the_map_says_so(districts: gpd.GeoDataFrame) -> None:
    matrix = contiguity(districts).toarray()
    place = {d: i for i, d in enumerate(districts["district_id"])}
    for one, other in [("AGM", "TAR"), ("AGM", "XVD"), ("AGM", "XCI"), ("LAC", "KAL")]:
        assert matrix[place[f"AZ-{one}"], place[f"AZ-{other}"]] == 1
    assert matrix[place["AZ-AGM"], place["AZ-BA"]] == 0
    assert matrix[place["AZ-SUS"]].sum() > 0
    # Nakhchivan's eight units touch only one another.
    exclave = [place[f"AZ-{d}"] for d in ("BAB", "CUL", "KAN", "NV", "ORD", "SAD", "SAH", "SAR")]
    others = np.setdiff1d(np.arange(77), exclave)
    assert matrix[np.ix_(exclave, others)].sum() == 0


def test_they_agree_with_the_reference(districts: gpd.GeoDataFrame) -> None:
    path = needs.shared("reference", "azerbaijan", "districts.geojson")
    features = json.loads(path.read_text("utf-8"))["features"]
    reference = {
        f["properties"]["iso_3166_2"]: (
            shapely.from_geojson(json.dumps(f["geometry"])),
            f["properties"]["name_az"],
        )
        for f in features
    }
    assert set(reference) == set(districts["district_id"])
    for row in districts.itertuples():
        shape, name = reference[row.district_id]
        assert row.name_az == name
        assert shapely.symmetric_difference(row.geometry, shape).area < 1e-9
