"""What a file says in words of how exact its points are."""

import pytest

from geodata.intake.cells.precision import precision_of
from tests.conftest import make_country

HEAD = "date,province,district,lat,lon,Location accuracy,killed\n"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Exact", 1), ("GPS", 1), ("Not exact", 2), ("Approximate", 2), ("Town", 2),
        ("village centre", 2), ("Centroid of district", 3), ("admin2", 3), ("adm1 centroid", 4),
        ("Village in the province", 4), ("Centroide de la provincia", 4), ("province capital", 4),
        ("Область", 4), ("район", 3), ("مركز المحافظة", 4), ("المحافظة", 4), ("country", 6),
        ("centroid", 5), ("1", None), ("high", None), (None, None), ("", None), ("50 m", None),
    ],
)  # fmt: skip
def test_the_widest_unit_that_is_named_says_how_exact(words: str | None, code: int | None) -> None:
    assert precision_of(words) == code


def test_a_point_that_stands_for_a_province_is_no_place_in_a_district(take, write, held) -> None:
    held.add_boundaries(make_country().assign(level=2), edition="XX-2", author="test")
    report = take(
        write(
            HEAD
            + "2021-01-01,,,40.15,47.05,Province centroid,1\n"
            + "2021-01-02,,,40.15,47.05,GPS,1\n"
            + "2021-01-03,,,40.15,47.05,District centroid,1\n"
            + "2021-01-04,,,40.15,47.05,centroid,1\n"
            + "2021-01-05,,,40.15,47.05,guessed by a dog,1\n"
        )
    )
    rows = held.snapshot().incidents.sort_values("date_start")
    assert rows["longitude"].notna().tolist() == [False, True, False, False, True]
    assert rows["districts"].fillna("").tolist() == ["", "XX-A:1", "XX-A:1", "", "XX-A:1"]
    assert rows["where_precision"].tolist() == [4, 1, 3, 5, 1]
    assert report.counts["taken"] == 5
    assert "guessed by a dog" in str(report.as_json())


def test_numbers_of_another_systems_precision_are_not_read(take, write, held) -> None:
    text = HEAD.replace("Location accuracy", "Geo Precision") + "2021-01-01,,,40.15,47.05,4,1\n"
    report = take(write(text))
    assert held.snapshot().incidents["districts"].tolist() == ["XX-A:1"]
    assert held.snapshot().incidents["where_precision"].tolist() == [1]
    assert "Geo Precision" in str(report.as_json())


@pytest.mark.parametrize(
    ("header", "killed"), [("Nb tués", 2), ("No. Killed", 2), ("Qtd. de mortos", 2)]
)
def test_words_for_a_number_before_what_is_counted_are_known(
    take, write, held, header: str, killed: int
) -> None:
    take(write(f"date,district,{header}\n2021-01-01,XX-A,{killed}\n"))
    assert held.snapshot().incidents["killed"].tolist() == [killed]
