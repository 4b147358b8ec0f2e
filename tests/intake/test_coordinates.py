"""Coordinates in every notation, and the one mistake everybody makes: swapping them."""

import warnings
from contextlib import nullcontext

import mgrs
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Transformer

from geodata.errors import InvalidInput
from geodata.intake.cells import coordinates
from geodata.intake.cells.coordinates import from_utm, half, position, zone_of


@pytest.mark.parametrize(
    "text",
    [
        "40.5, 47.25", "40,5 47,25", "40,5; 47,25", "40.5/47.25", "40.5 47.25", "40.5N 47.25E",
        "47.25E, 40.5N", "N40.5 E47.25", "40°30' N, 47°15' E", "40°30'00\"N 47°15'00\"E",
        "40 30 00 47 15 00", "N 40 30.0 E 47 15.0", "40°30′ с.ш. 47°15′ в.д.", "lat: 40.5 lon: 47.25",  # noqa: E501
        "POINT (47.25 40.5)", "SRID=4326;POINT(47.25 40.5)",
    ],
)  # fmt: skip
def test_every_notation_of_a_position_gives_that_position(text) -> None:
    lon, lat, _ = position(text)
    assert (lon, lat) == pytest.approx((47.25, 40.5))


@pytest.mark.parametrize(
    "text",
    [
        "abc",
        "40.5",
        "95, 40",
        "40°61', 47°10'",
        "40N 41N",
        "1,2,3",
        "NaN, 40",
        "38TQK123",
        "99Q XX 1 1",
    ],
)
def test_what_is_no_position_is_refused(text) -> None:
    with pytest.raises(ValueError, match=r".+"):
        position(text)


def test_a_coordinate_with_the_other_axis_letter_names_the_mistake() -> None:
    with pytest.raises(ValueError, match="swapped"):
        half("47.25 E", "lat")


@given(st.floats(-80, 80), st.floats(-179.9, 179.9))
def test_degrees_minutes_seconds_come_back(lat, lon) -> None:
    def dms(value: float, positive: str, negative: str) -> str:
        total = round(abs(value) * 3600, 4)
        degrees, rest = divmod(total, 3600)
        minutes, seconds = divmod(rest, 60)
        return f"{degrees:.0f}°{minutes:.0f}'{min(seconds, 59.9999):.4f}\"{positive if value >= 0 else negative}"  # noqa: E501

    found = position(f"{dms(lat, 'N', 'S')} {dms(lon, 'E', 'W')}")
    assert found[:2] == pytest.approx((lon, lat), abs=1e-6)


@given(st.floats(38.0, 42.0), st.floats(45.1, 47.9))
def test_utm_is_undone_to_a_millimetre(lat, lon) -> None:
    east, north = Transformer.from_crs("OGC:CRS84", "EPSG:32638", always_xy=True).transform(
        lon, lat
    )
    assert from_utm(east, north, 38, "N") == pytest.approx((lon, lat), abs=1e-8)


def test_mgrs_gives_the_middle_of_its_square_and_says_how_wide_it_is() -> None:
    lon, lat, error = position("38T QK 12 45")
    east, north = Transformer.from_crs("OGC:CRS84", "EPSG:32638", always_xy=True).transform(
        lon, lat
    )
    assert (east % 1_000, north % 1_000) == pytest.approx((500, 500), abs=1)
    assert error == pytest.approx(707.1, abs=0.1)


def test_utm_in_one_cell_needs_its_zone() -> None:
    assert position("38T 712345 4456789")[:2] == pytest.approx((47.4961, 40.2346), abs=1e-4)


@pytest.mark.parametrize(
    ("text", "zone"), [("38", (38, "N")), ("38N", (38, "N")), ("UTM 38 T", (38, "T"))]
)
def test_zones_are_read(text, zone) -> None:
    assert zone_of(text) == zone


def test_no_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        zone_of("61")


def test_columns_of_metres_use_their_zone_column_or_the_flag(take, write, held) -> None:
    east, north = Transformer.from_crs("OGC:CRS84", "EPSG:32638", always_xy=True).transform(
        47.05, 40.15
    )
    rows = f"id,date,easting,northing,zone\n1,2021-02-04,{east:.1f},{north:.1f},38N\n2,2021-02-04,{east:.1f},{north:.1f},\n"  # noqa: E501
    report = take(write(rows))
    assert report.counts["taken"] == 1
    assert "--zone" in report.refused[0]["errors"][0]["reason"]
    assert take(write(rows), zone="38N").counts["duplicate"] == 1
    assert held.snapshot().incidents["district_id"].tolist() == ["XX-A", "XX-A"]


SWAPPED = "id,date,lat,lon\n" + "".join(f"{i},2021-02-0{i},47.0{i},40.15\n" for i in range(1, 6))


def test_a_file_with_swapped_columns_is_refused_with_the_flags_that_settle_it(
    take, write, held
) -> None:
    with pytest.raises(InvalidInput, match="--swapped exchange") as error:
        take(write(SWAPPED))
    assert error.value.code == "swapped-coordinates"
    assert len(held.snapshot().incidents) == 0


def test_swapped_columns_are_exchanged_only_when_the_user_says_so(take, write, held) -> None:
    report = take(write(SWAPPED), swapped="exchange")
    assert report.counts["taken"] + report.counts["duplicate"] == 5
    assert held.snapshot().incidents["latitude"].eq(40.15).all()


def test_swapped_columns_are_kept_when_the_user_says_so(take, write, held) -> None:
    report = take(write(SWAPPED), swapped="keep")
    assert report.unplaced_count == 5
    assert np.allclose(held.snapshot().incidents["longitude"], 40.15)


def test_a_single_swapped_row_is_refused_with_the_suggestion(take, write) -> None:
    text = "id,date,lat,lon\n1,2021-02-04,40.15,47.05\n2,2021-05-04,47.05,40.15\n"
    report = take(write(text))
    assert report.counts["taken"] == 1
    assert "look swapped" in report.refused[0]["errors"][0]["reason"]


def test_half_a_position_is_refused(take, write) -> None:
    report = take(write("id,date,lat,lon\n1,2021-02-04,40.15,\n"))
    assert report.counts["refused"] == 1
    assert report.refused[0]["errors"][0]["field"] == "lon"


def test_a_places_column_of_points_is_the_position(take, write, held) -> None:
    take(write("id,date,Location\n1,2021-02-04,40.15 47.05 300 5\n"))
    row = held.snapshot().incidents.iloc[0]
    assert (row["longitude"], row["districts"]) == (47.05, "XX-A:1")
    assert row["place_as_reported"] is None or row.isna()["place_as_reported"]


@pytest.mark.parametrize("cell", ["[None, None]", "null,null", "POINT EMPTY", "(nan, nan)", "[]"])
def test_what_programs_write_for_no_position_is_none(take, write, cell) -> None:
    report = take(write(f'id,date,coordinates\n1,2021-02-04,"{cell}"\n'))
    assert report.counts["taken"] == 1
    assert report.reasons_unplaced["no_place"] == 1


@pytest.mark.filterwarnings("ignore:Warning in .*Latitude Warning")
def test_a_square_that_its_band_does_not_hold_is_refused(take, write) -> None:
    report = take(write("id,date,mgrs\n1,2021-02-04,39S UE 123456\n"))
    assert "does not lie in the band S" in report.refused[0]["errors"][0]["reason"]


def test_reading_squares_leaves_what_other_threads_are_warned_of(monkeypatch) -> None:
    seen = []

    class Grids:
        def toLatLon(self, grid: str) -> tuple[float, float]:
            seen.append(list(warnings.filters))
            return mgrs.MGRS().toLatLon(grid)

    before = list(warnings.filters)
    monkeypatch.setattr(coordinates, "_grids", Grids)
    position("38S NJ 12345 67890")
    assert seen == [before]


@pytest.mark.filterwarnings("ignore:Warning in .*Latitude Warning")
@given(
    st.integers(1, 60),
    st.sampled_from("CDEFGHJKLMNPQRSTUVWX"),
    st.integers(0, 7),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUV"),
    st.integers(0, 9_999_999_999),
    st.integers(1, 5),
)
def test_a_square_lies_in_its_band_where_the_library_says_nothing_against_it(
    zone, band, column, row, figures, digits
) -> None:
    east, north = divmod(figures, 100_000)
    letters = f"{band}{('STUVWXYZ', 'ABCDEFGH', 'JKLMNPQR')[zone % 3][column]}{row}"
    square = f"{zone}{letters}" + f"{east:05d}"[:digits] + f"{north:05d}"[:digits]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            mgrs.MGRS().toLatLon(square)
        except mgrs.core.MGRSError:
            assume(False)
    with pytest.raises(ValueError, match="lie in the band") if warned else nullcontext():
        position(square)
