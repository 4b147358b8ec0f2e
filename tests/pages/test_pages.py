"""Pages: valid HTML, complete content, no leak, kind errors, in every language."""

import re
import subprocess

import pytest
from starlette.testclient import TestClient

from geodata.model import Incident
from geodata.register import open_register
from geodata.risk.backtest import rolling_backtest
from service.app import create_app
from service.content.districts import MODELS
from service.http.request import View
from service.i18n import translator_of
from service.pages.comparisons import backtest_html
from service.settings import Settings
from tests import needs
from tests.made import lattice, placed_history

PAGES = [
    "/",
    "/incidents",
    "/incidents/I1",
    "/incidents/I2a",
    "/districts",
    "/districts?weight=killed&exposure=population&smoothing=spatial&half-life=90",
    "/districts/AZ-TAR",
    "/districts/AZ-BAL",
    "/priorities",
    "/priorities?purpose=education&criteria=expected%3D1%2Ccasualties%3D1",
    "/operations",
    "/reconciliation",
    "/backtest",
    "/changes",
    "/methods",
    "/about",
    "/login",
    "/import",
    "/collections",
    "/collections/risk",
    "/collections/incidents",
    "/collections/incidents/items",
    "/collections/risk/items?limit=5",
    "/collections/incidents/items/I1",
    "/conformance",
    "/incidents/I1/history",
]
HTML = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


def page(client, path, **headers):
    return client.get(path, headers=HTML | headers)


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_valid_html(reader, path):
    tidy = needs.program("tidy")
    answer = page(reader, path)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    checked = subprocess.run(
        [tidy, "-q", "-e", "--drop-empty-elements", "no", "--warn-proprietary-attributes", "no"],
        input=answer.content,
        capture_output=True,
        check=False,
    )
    assert checked.stderr.decode() == ""


@pytest.mark.parametrize("path", PAGES)
def test_pages_need_no_inline_script_or_style(reader, path):
    html = page(reader, path).text
    assert not re.search(r"<script(?![^>]*(\bsrc=|application/ld\+json))", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=", html)


@pytest.mark.parametrize("lang", ["en", "az", "ru"])
def test_pages_say_their_language(reader, lang):
    html = page(reader, f"/?lang={lang}").text
    assert f'<html lang="{lang}" dir="ltr">' in html
    assert f'href="/incidents?lang={lang}"' in html


def test_without_a_parameter_the_browser_decides_the_language(reader):
    html = page(reader, "/", **{"accept-language": "ru,en;q=0.5"}).text
    assert '<html lang="ru"' in html
    assert 'href="/incidents"' in html


def test_an_unknown_language_is_refused(reader):
    assert page(reader, "/incidents?lang=xx").status_code == 400


def test_an_unknown_parameter_is_refused(reader):
    assert page(reader, "/incidents?colour=red").status_code == 400


def test_the_overview_counts_what_the_interface_counts(reader):
    body = reader.get("/collections/incidents/items", headers={"accept": "application/json"}).json()
    shown = text_of(page(reader, "/").text)
    killed = sum(f["properties"]["killed"] or 0 for f in body["features"])
    injured = sum(f["properties"]["injured"] or 0 for f in body["features"])
    assert (body["numberMatched"], killed, injured) == (5, 3, 11)
    assert "5 incidents" in shown
    assert "3 people killed" in shown
    assert "11 people injured" in shown


def test_the_overview_holds_every_district_as_a_table_row_too(reader):
    html = page(reader, "/").text
    districts = reader.get("/collections/districts/items?limit=1000&f=json").json()["features"]
    assert len(districts) == 77
    for district in districts:
        assert f'href="/districts/{district["id"]}"' in html


def test_districts_without_record_are_never_called_low(reader):
    shown = text_of(page(reader, "/districts/AZ-BAL").text)
    assert "No information." in shown
    assert "no record is not the same as safe" in shown


def test_a_disputed_incident_says_so(reader):
    assert "disagree about this incident" in page(reader, "/incidents/I2a").text


def test_unknown_numbers_are_not_zero(reader):
    html = page(reader, "/incidents/I2a").text
    assert "Killed: –, injured: 1." in text_of(html)


def test_the_form_filters_and_its_downloads_hold_the_same(reader):
    html = page(reader, "/incidents?district=AZ-AGM&from=2021-02-01&device=").text
    assert "1 incident of 5" in text_of(html)
    href = re.search(r'href="(/collections/incidents/items\?[^"]*f=json)"', html)
    assert href is not None
    body = reader.get(href.group(1).replace("&amp;", "&")).json()
    assert [f["id"] for f in body["features"]] == ["I4"]


@pytest.mark.parametrize("text", ["' OR 1=1 --", "%", "_", "\\", "'", "a' AND 'b", "\u0000"])
def test_typed_text_is_never_syntax(reader, text):
    answer = reader.get("/incidents", params={"q": text}, headers=HTML)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "query", ["device=xx", "sort=note", "page=0", "page=x", "from=31.12.2020", "group=nobody"]
)
def test_a_bad_choice_is_refused(reader, query):
    assert page(reader, f"/incidents?{query}").status_code == 400


def test_a_page_past_the_end_shows_the_last(reader):
    assert page(reader, "/incidents?page=99").status_code == 200


def test_names_and_texts_are_escaped(client, register):
    register.create(
        Incident(
            incident_id="X1",
            date_start="2021-03-01",
            date_end="2021-03-01",
            place_as_reported="<script>alert(1)</script>",
            description='"><img src=x onerror=alert(1)>',
        ),
        author="tester",
    )
    html = page(client, "/incidents/X1").text + page(client, "/incidents").text
    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize("path", [*PAGES, "/incidents/X2", "/districts/AZ-LAC", "/incidents?q=zq"])
def test_no_page_shows_what_is_restricted(guarded, path):
    answer = page(guarded, path)
    assert answer.status_code == 200
    assert "zqmarker" not in answer.text
    assert "46.512" not in answer.text


def test_an_empty_register_explains_itself(tmp_path):
    from starlette.testclient import TestClient

    from geodata.register import open_register
    from service.app import create_app
    from service.settings import Settings

    opened = open_register(tmp_path, empty=True)
    with TestClient(create_app(Settings(data=tmp_path), opened)) as client:
        for path in ("/", "/incidents", "/districts", "/operations", "/reconciliation"):
            answer = page(client, path)
            assert answer.status_code == 200, path
            assert 'class="empty"' in answer.text
    opened.close()


@pytest.mark.parametrize("path", ["/nowhere", "/incidents/none", "/districts/XX", "/static/none"])
def test_what_is_not_there_gets_a_page_that_leads_on(reader, path):
    answer = page(reader, path)
    assert answer.status_code == 404
    assert 'href="/incidents"' in answer.text
    assert "There is no such page" in answer.text


def test_pages_are_answered_with_304_when_nothing_changed(reader):
    tag = page(reader, "/incidents").headers["etag"]
    assert page(reader, "/incidents", **{"if-none-match": tag}).status_code == 304


def test_static_files_are_kept_by_their_version(reader):
    link = re.search(r'href="(/static/site\.css\?v=\w+)"', page(reader, "/about").text)
    assert link is not None
    answer = reader.get(link.group(1))
    assert "immutable" in answer.headers["cache-control"]
    assert reader.get("/static/site.css").headers["cache-control"] == "no-cache"


def test_qr_codes_only_lead_into_the_service(reader):
    assert reader.get("/qr.svg?link=/incidents").headers["content-type"] == "image/svg+xml"
    for link in (
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere",
        "/" + "x" * 2000,
    ):
        assert reader.get("/qr.svg", params={"link": link}).status_code == 400


def test_the_colours_of_classes_are_those_of_the_map():
    from service.drawing.palette import CLASS_COLOURS
    from service.pages.environment import STATIC

    css = (STATIC / "site.css").read_text()
    names = ("very-low", "low", "medium", "high", "very-high")
    for name, colour in zip(names, CLASS_COLOURS, strict=True):
        assert f"--{name}: {colour};" in css


@pytest.mark.parametrize(
    "path", ["/incidents?device=unknown", "/operations", "/collections/places/items?f=html"]
)
def test_a_table_for_excel_begins_with_the_mark_that_excel_knows(reader, path):
    page = reader.get(path, headers={"Accept": "text/html"}).text
    link = re.search(r'href="([^"]*f=csv[^"]*)"', page)[1].replace("&amp;", "&")
    assert reader.get(link).content.startswith(b"\xef\xbb\xbf")


@pytest.fixture(scope="module")
def report():
    return rolling_backtest(placed_history(400), lattice(), horizon_days=60, cell_km=6.0)


@pytest.mark.parametrize("lang", ["en", "az", "ru"])
def test_the_backtest_says_what_ranks_and_what_the_cells_say_in_the_readers_words(report, lang):
    shown = text_of(backtest_html(report, View(lang=lang)))
    translator = translator_of(lang)
    rule = translator.gettext(MODELS[report["chosen"]["rule"]])
    assert translator.gettext("Districts are ranked by: %(rule)s.") % {"rule": rule} in shown
    assert translator.gettext(MODELS["mixture"]) in shown
    assert translator.gettext(MODELS[report["cells"]["best_baseline"]]) in shown
    assert report["verdict"]["sentence"] not in shown
    assert translator.number(report["cells"]["hit_ratio"], 2) in shown


def test_totals_say_at_least_where_only_bounds_are_known(tmp_path) -> None:
    register = open_register(tmp_path, empty=True)
    for name, row in (
        ("B1", {"outcome": "killed", "low": 5}),
        ("B2", {"outcome": "killed", "best": 2}),
    ):
        days = {"date_start": "2021-03-01", "date_end": "2021-03-01"}
        register.create(
            Incident.model_validate({"incident_id": name, "casualties": [row], **days}), author="a"
        )
    with TestClient(create_app(Settings(data=tmp_path), register)) as client:
        assert "killed: ≥ 7" in client.get("/incidents", headers={"accept": "text/html"}).text
        assert (
            "Killed: ≥ 5, injured: –"
            in client.get("/incidents/B1", headers={"accept": "text/html"}).text
        )
    register.close()
