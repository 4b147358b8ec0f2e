"""Tables of counts are no lists of incidents: published figures, whatever their form."""

from itertools import product

import pytest

from geodata.errors import InvalidInput

COUNTS = "Admin2,Month,Year,{count},Fatalities\nAghali,March,2023,4,2\nBoyuk,March,2023,0,0\n"


@pytest.mark.parametrize(
    "count", ["Events", "Number of incidents", "Nombre d'accidents", "Количество случаев"]
)
def test_a_table_of_counts_is_no_list_of_incidents_but_published_figures(
    take, write, held, count
) -> None:
    path = write(COUNTS.format(count=count))
    with pytest.raises(InvalidInput, match="--as statistics") as error:
        take(path)
    assert error.value.code == "counts-not-incidents"
    report = take(path, kind="statistics")
    assert report.counts["taken"] == 4
    figures = held.snapshot().statistics
    assert sorted(zip(figures["metric"], figures["value"], figures["districts"], strict=True)) == [
        ("incidents", 0, "XX-B"), ("incidents", 4, "XX-A"),
        ("people", 0, "XX-B"), ("people", 2, "XX-A"),
    ]  # fmt: skip
    assert not figures["mine_related"].any()
    assert take(path, kind="statistics").counts["unchanged"] == 4


def test_counts_under_any_name_are_known_by_their_units_periods_and_zeros(take, write) -> None:
    rows = "".join(
        f"{unit},2023-{month:02d}-01,{(month + len(unit)) % 3}\n"
        for unit in ("Aghali", "Boyuk", "Dara") for month in (1, 2, 3)
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="'Zorblax'"):
        take(write("District,Month,Zorblax\n" + rows))


def test_a_list_with_a_column_of_ones_is_a_list(take, write) -> None:
    text = "id,date,district,Incidents,killed\n1,2021-02-04,Aghali,1,2\n2,2021-02-05,Dara,1,0\n"
    assert take(write(text)).counts["taken"] == 2


UNITS, MONTHS = ("Aghali", "Boyuk", "Dara"), range(1, 5)


def panel(header: str, figure=lambda unit, month: (len(unit) * month) % 3) -> str:
    """Every unit in every month, a figure each."""
    rows = "".join(f"{u},2023-{m:02d},{figure(u, m)}\n" for u, m in product(UNITS, MONTHS))
    return f"District,Month,{header}\n{rows}"


@pytest.mark.parametrize("header", ["N", "No", "Nr", "Incidents (n)", "№"])
def test_a_count_is_no_id_though_its_header_is_called_like_one(take, write, header) -> None:
    with pytest.raises(InvalidInput, match="table of counts"):
        take(write(panel(header)))


def test_a_figure_for_each_unit_and_month_is_a_count_though_none_is_zero(take, write) -> None:
    with pytest.raises(InvalidInput, match="'Zorblax'"):
        take(write(panel("Zorblax", lambda unit, month: 5 + month)))


@pytest.mark.parametrize("rows", ["2019,12,30\n2020,8,21\n2021,9,17\n",
                                  "Jan 2021,1,3\nFeb 2021,2,2\nMar 2021,1,1\n"])  # fmt: skip
def test_sums_of_the_country_by_year_or_month_are_no_incidents(take, write, rows) -> None:
    with pytest.raises(InvalidInput, match="table of counts"):
        take(write("Date,Killed,Injured\n" + rows))


WIDE = {
    "months": "District,Jan 2023,Feb 2023,Mar 2023,Total\nAghali,0,1,2,3\nBoyuk,3,-,0,3\n"
    "Total,3,1,2,6\n",
    "bare months": "District,Year,Jan,Feb,Mar\nAghali,2023,0,1,2\nBoyuk,2023,3,,0\n",
    "quarters": "District,Q1 2023,2023 Q2,Q3 2023\nAghali,0,1,2\nBoyuk,3,,0\n",
    "years": "District,2019,2020,2021\nAghali,0,1,2\nBoyuk,3,,0\n",
    "units": "Month,Aghali,Boyuk\n2023-01,0,3\n2023-02,1,\n2023-03,2,0\n",
}  # fmt: skip


@pytest.mark.parametrize("form", list(WIDE))
def test_a_table_with_a_column_for_each_period_or_unit_is_read_as_its_figures(
    take, write, held, form
) -> None:
    path = write(WIDE[form])
    with pytest.raises(InvalidInput, match="--as statistics"):
        take(path)
    take(path, kind="statistics")
    figures = held.snapshot().statistics.sort_values(["districts", "period_start"])
    assert list(zip(figures["districts"], figures["value"], strict=True)) == [
        ("XX-A", 0), ("XX-A", 1), ("XX-A", 2), ("XX-B", 3), ("XX-B", 0),
    ]  # fmt: skip
    assert figures["metric"].unique().tolist() == ["incidents"]


def test_bare_months_without_a_year_are_refused(take, write) -> None:
    report = take(write("District,Jan,Feb,Mar\nAghali,0,1,2\n"), kind="statistics")
    assert (report.counts["taken"], report.counts["refused"]) == (0, 3)


def test_the_files_name_says_what_a_wide_table_counts(take, write, held) -> None:
    take(write(WIDE["years"], name="people_killed_by_mines.csv"), kind="statistics")
    figures = held.snapshot().statistics
    assert set(zip(figures["metric"], figures["outcome"], strict=True)) == {("people", "killed")}
    assert figures["mine_related"].all()


@pytest.mark.parametrize(
    "text", ["Total", "Grand total", "Aghali Total", "Subtotal Aghali", "Итого", "Cəmi", "المجموع"]
)
def test_a_row_of_totals_is_no_incident(take, write, held, text) -> None:
    rows = f"date,district,killed\n2021-02-04,Aghali,1\n2021-02-05,Dara,2\n2021-12-31,{text},3\n"
    report = take(write(rows))
    assert (report.counts["taken"], report.counts["refused"]) == (2, 1)
    assert "totals" in report.refused[0]["errors"][0]["reason"]
    assert held.snapshot().incidents["killed"].sum() == 3


def test_a_place_called_like_a_sum_is_a_place(take, write) -> None:
    text = "date,district,place,killed\n2021-02-04,Aghali,Total petrol station,1\n"
    assert take(write(text)).counts["taken"] == 1


def test_a_corrected_figure_takes_the_place_of_the_one_before(take, write, held) -> None:
    take(write(panel("Events", lambda unit, month: 5)), kind="statistics")
    corrected = write(panel("Events", lambda unit, month: 6 if month == 1 else 5))
    report = take(corrected, kind="statistics")
    assert (report.counts["updated"], report.counts["unchanged"]) == (3, 9)
    assert sorted(held.snapshot().statistics["value"]) == [5] * 9 + [6] * 3


def test_figures_of_one_unit_and_period_by_kind_are_all_kept(take, write, held) -> None:
    text = (
        "District,Month,Kind,Events\nAghali,2023-01,AP,2\nAghali,2023-01,AT,2\nDara,2023-01,AP,0\n"
    )
    take(write(text), kind="statistics")
    assert sorted(held.snapshot().statistics["value"]) == [0, 2, 2]


@pytest.mark.parametrize(
    "header",
    ["Blasts", "Nombre de cas", "Casos", "Количество подрывов", "Кількість вибухів", "n",
     "عدد الانفجارات", "تعداد انفجار", "Partlayış sayı", "Number of mine accidents"],
)  # fmt: skip
def test_few_rows_of_counts_are_known_by_their_words_or_zeros(take, write, header) -> None:
    rows = "Aghali,2023-01,0,0\nBoyuk,2023-01,3,1\nAghali,2023-02,2,0\n"
    with pytest.raises(InvalidInput, match="table of counts"):
        take(write(f"District,Month,{header},Killed\n{rows}"))


def test_a_column_with_zeros_where_people_were_harmed_counts_no_incidents(take, write) -> None:
    text = (
        "District,Month,Killed,Children\nAghali,2023-01,0,0\nBoyuk,2023-01,3,1\nDara,2023-02,2,0\n"
    )
    assert take(write(text)).counts["taken"] == 3


def test_a_list_may_say_how_many_explosions_each_incident_had(take, write) -> None:
    text = "id,date,district,explosions\na,2021-02-04,Aghali,2\nb,2021-02-05,Dara,1\n"
    assert take(write(text)).counts["taken"] == 2


def test_quarters_are_periods(take, write, held) -> None:
    text = "District,Quarter,Mine explosions\nAghali,2023-Q1,2\nDara,2 кв. 2023,0\n"
    take(write(text), kind="statistics")
    figures = held.snapshot().statistics.sort_values("value")
    assert figures["period_start"].astype(str).tolist() == ["2023-04-01", "2023-01-01"]
    assert figures["period_end"].astype(str).tolist() == ["2023-06-30", "2023-03-31"]


def test_figures_of_people_alone_are_no_incidents(take, write, held) -> None:
    rows = "".join(f"{u},2023-{m:02d},{m % 2},0\n" for u, m in product(UNITS, MONTHS))
    take(write(f"District,Month,Killed,Injured\n{rows}"), kind="statistics")
    figures = held.snapshot().statistics
    assert set(zip(figures["metric"], figures["outcome"], strict=True)) == {
        ("people", "killed"), ("people", "injured"),
    }  # fmt: skip
