"""Columns find their fields by headers in three languages, tags, likeness and contents."""

import pytest

from geodata.errors import InvalidInput
from geodata.intake import map_columns, open_source


def fields(path, **stated):
    with open_source(path) as source:
        return map_columns(source.table, stated)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Date of accident,District,Village,Latitude,Longitude,Killed,Injured,Device type",
         ["date", "district", "place", "latitude", "longitude", "killed", "injured", "device"]),
        ("Tarix,Rayon,Kənd,Enlik,Uzunluq,Ölən,Yaralanan,Qurğu",
         ["date", "district", "place", "latitude", "longitude", "killed", "injured", "device"]),
        ("Дата,Район,Село,Широта,Долгота,Погибло,Ранено,Устройство",
         ["date", "district", "place", "latitude", "longitude", "killed", "injured", "device"]),
        ("incident_no,EVENT DATE,dateEnd,gps coordinates,civilians killed,injured deminers",
         ["id", "date", "date_end", "coordinates", "killed_civilian", "injured_deminer"]),
    ],
)  # fmt: skip
def test_headers_are_known_in_english_azerbaijani_and_russian(write, header, expected) -> None:
    found = fields(write(header + "\n" + ",".join("x" * len(expected)) + "\n"))
    assert [found.fields[name] for name in expected] == header.split(",")


def test_a_misspelt_header_is_found_and_scored_below_a_known_one(write) -> None:
    found = fields(write("Acident date,Distrct,Kiled\n2021-02-04,a,1\n"))
    assert found.fields["date"] == "Acident date"
    assert all(g.score < 1 and g.why == "similar header" for g in found.guesses)


def test_what_people_state_goes_before_every_guess(write) -> None:
    found = fields(write("Date,Reported,Killed\n2021-02-04,2021-02-05,1\n"), date="Reported")
    assert found.fields["date"] == "Reported"
    assert "Date" in found.unused


def test_a_field_stated_empty_stays_unfilled(write) -> None:
    assert "killed" not in fields(write("Date,Killed\n2021-02-04,1\n"), killed="").fields


@pytest.mark.parametrize("stated", [{"date": "Nope"}, {"nofield": "Date"}])
def test_unknown_fields_and_columns_are_refused(write, stated) -> None:
    with pytest.raises(InvalidInput) as error:
        fields(write("Date,Killed\n2021-02-04,1\n"), **stated)
    assert error.value.code == "bad-mapping"


def test_the_only_column_of_dates_is_found_by_its_contents(write) -> None:
    found = fields(write("when it was,what\n2021-02-04,mine\n2021-02-05,uxo\n"))
    assert found.fields["date"] == "when it was"
    assert next(g for g in found.guesses if g.field == "date").why == "contents"


def test_columns_that_identify_people_are_never_taken(take, write, held) -> None:
    report = take(
        write("id,Date,District,Victim name,Phone\n1,2021-02-04,Aghali,QXZ-PERSON,QXZ-PHONE\n")
    )
    assert report.plan["personal_columns_not_taken"] == ["Victim name", "Phone"]
    record = held.get("incident", held.snapshot().incidents.index[0])
    assert "QXZ" not in record.model_dump_json()


def test_a_table_without_a_date_is_refused_with_its_columns(take, write) -> None:
    with pytest.raises(InvalidInput, match="--map date=COLUMN") as error:
        take(write("Place,Killed\nAghali,1\nDara,2\n"))
    assert {"column": "Killed"} in error.value.details


def test_of_two_levels_the_one_that_names_a_district_counts(take, write, held) -> None:
    take(write("id,date,adm1,adm2\n1,2021-02-04,Some Province,Chayli\n"))
    assert held.snapshot().incidents["district_id"].tolist() == ["XX-C"]


@pytest.mark.parametrize("dry_run", [False, True])
def test_cells_of_columns_that_are_not_taken_are_kept_nowhere(
    take, write, tmp_path, dry_run
) -> None:
    """Neither in the report nor among the rejects: what names people least of all."""
    report = take(
        write(
            "id,Date,District,Killed,Victim name,Phone,Weather\n"
            "1,2021-02-04,Aghali,1,QXZ-PERSON,QXZ-PHONE,QXZ-SUN\n"
            "2,2021-02-05,Aghali,-1,QXZ-PERSON,QXZ-PHONE,QXZ-SUN\n"
        ),
        dry_run=dry_run,
    )
    assert report.counts["refused"] == 1
    kept = str(report.as_json()) + (tmp_path / "rejects.csv").read_text()
    assert "QXZ-P" not in kept
    # A preview shows what else there is, so that a column can be chosen.
    assert ("QXZ-SUN" in kept) == dry_run


@pytest.mark.parametrize("header", ["Record Status", "record_status", "RECORD STATUS", "Status"])
def test_a_status_of_another_system_never_sets_the_registers_own(take, write, held, header) -> None:
    rows = f"id,date,district,{header}\n1,2021-02-04,Aghali,Verified\n2,2021-02-05,Dara,Retracted\n"
    report = take(write(rows))
    assert header in report.plan["columns_not_taken"]
    assert set(held.snapshot().incidents["record_status"]) == {"draft"}
    take(write(rows, name="stated.csv"), mapping={"record_status": header})
    assert held.get("incident", "stated-1").record_status == "verified"


@pytest.mark.parametrize("tag", ["#affected+f+killed", "#affected+idps", "#population+total"])
def test_a_tag_of_other_people_goes_before_the_header(take, write, held, tag) -> None:
    report = take(
        write(f"Day,Killed,Lat,Lon\n#date,{tag},#geo+lat_deg,#geo+lng\n2021-02-04,7,40.1,47.1\n")
    )
    assert report.plan["columns_not_taken"] == ["Killed"]
    assert held.snapshot().incidents["killed"].isna().all()


def test_tags_count_people_under_loose_attributes(take, write, held) -> None:
    take(write("#date,#affected+killed+num,#affected+persons+injured\n2021-02-04,1,2\n"))
    row = held.snapshot().incidents.iloc[0]
    assert (row["killed"], row["injured"]) == (1, 2)


def test_merged_groups_of_places_are_read_by_their_lowest_header(take, write, held) -> None:
    take(write("Date,Location,,Casualties,\n,Province,District,Killed,Injured\n"
               "2021-02-04,North,Aghali,1,2\n"))  # fmt: skip
    row = held.snapshot().incidents.iloc[0]
    assert (row["districts"], row["killed"], row["injured"]) == ("XX-A:1", 1, 2)


@pytest.mark.parametrize("headers", ["women/killed,men/killed", "Women killed,Men killed",
                                     "one/killed,two/killed",
                                     "Женщины/погибло,Мужчины/погибло"])  # fmt: skip
def test_a_part_of_the_people_is_never_taken_for_all(take, write, held, headers) -> None:
    report = take(write(f"date,district,{headers}\n2021-02-04,Aghali,1,3\n"))
    assert report.plan["columns_not_taken"] == headers.split(",")
    assert held.snapshot().incidents["killed"].isna().all()


def test_a_column_of_victims_names_is_no_number_and_never_shown(take, write) -> None:
    report = take(write("date,district,Victim,fate\n2021-02-04,Aghali,QXZ One,killed\n"))
    assert report.plan["personal_columns_not_taken"] == ["Victim"]
    assert report.counts["taken"] == 1
    assert "QXZ" not in str(report.as_json())


def test_another_systems_precision_of_dates_rules_nothing(take, write, held) -> None:
    take(write("date,date precision,district\n2021-02-04,4,Aghali\n"))
    assert held.snapshot().incidents["date_precision"].tolist() == [1]
