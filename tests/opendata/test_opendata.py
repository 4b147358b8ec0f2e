"""The register as open data: catalogue, feed, package and addresses to cite."""

import csv
import io
import json
import re
import zipfile
from xml.etree import ElementTree as ET

import orjson
import pytest

from geodata.model import Casualty, DistrictWeight, Incident
from geodata.register import Change
from geodata.schemas import RISK
from service.collections import COLLECTIONS
from service.opendata.package import countries_of
from tests.maps.snapshots import FakeSnapshot

ATOM = "{http://www.w3.org/2005/Atom}"


def blast(number: int, **fields) -> Incident:
    return Incident(
        incident_id=f"N{number}", date_start="2021-03-01", date_end="2021-03-01", device="at_mine",
        districts=(DistrictWeight(district_id="AZ-AGM"),), where_precision=4,
        casualties=(Casualty(outcome="injured", best=1),), **fields,
    )  # fmt: skip


def test_the_catalogue_has_a_record_for_every_layer(reading) -> None:
    found = reading.get("/catalogue").json()
    items = [link for link in found["links"] if link["rel"] == "item"]
    assert [link["href"].rpartition("/")[2] for link in items] == list(COLLECTIONS)
    for link in items:
        record = reading.get(link["href"]).json()
        assert (record["type"], record["properties"]["type"]) == ("Feature", "dataset")
        downloads = [one for one in record["links"] if one["rel"] == "enclosure"]
        assert len(downloads) >= 10
    page = reading.get("/catalogue", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")


def test_an_address_to_cite_gives_what_was_held_then(client, register) -> None:
    record = client.get("/catalogue/incidents").json()
    cite = next(link["href"] for link in record["links"] if link["rel"] == "cite-as")
    register.append([Change("incident", blast(1))], author="test")
    assert client.get("/collections/incidents/items").json()["numberMatched"] == 6
    assert client.get(cite).json()["numberMatched"] == 5
    assert client.get(f"{cite}?device=at_mine&limit=1").json()["numberMatched"] <= 5
    for moment in ("yesterday", "2999-01-01", "9999-12-31T23:59:59Z"):  # what is to come changes
        assert client.get(f"/as-of/{moment}/collections").status_code == 400
    assert client.get("/as-of/1990-01-01/collections/incidents/items").json()["features"] == []
    aside = client.get("/as-of/2026-01-01//example.org/x", follow_redirects=False)
    assert aside.headers["location"] == "/example.org/x?as-of=2026-01-01"


def test_dcat_names_every_layer_and_its_files(reading) -> None:
    found = reading.get("/catalogue?f=dcat")
    assert found.headers["content-type"].startswith("application/ld+json")
    datasets = found.json()["dcat:dataset"]
    assert [one["dct:identifier"] for one in datasets] == list(COLLECTIONS)
    risk = next(one for one in datasets if one["dct:identifier"] == "risk")
    assert "POLYGON" in risk["dct:spatial"]["dcat:bbox"]
    kinds = {one["dcat:mediaType"] for one in risk["dcat:distribution"]}
    assert {"text/csv", "application/vnd.apache.parquet"} <= {k.split(";")[0] for k in kinds}


def test_a_layers_page_describes_itself_to_search_engines(reading) -> None:
    page = reading.get("/collections/risk", headers={"Accept": "text/html"}).text
    text = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    found = json.loads(text[1])
    assert (found["@type"], found["name"]) == ("Dataset", "Risk by district")
    assert found == reading.get("/catalogue/risk?f=jsonld").json()


def test_the_feed_tells_what_was_added_changed_and_retracted(client, register) -> None:
    register.append([Change("incident", blast(n)) for n in range(3)], author="test")
    register.retract("N1", author="test", reason="twice")
    changed = blast(2, description="A later look.")
    register.replace(changed, author="test", expected_version=1)
    answer = client.get("/changes.atom?lang=en")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    root = ET.fromstring(answer.content)
    titles = [one.findtext(f"{ATOM}title") for one in root.findall(f"{ATOM}entry")]
    assert len(titles) >= 2
    ids = [one.findtext(f"{ATOM}id") for one in root.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    assert any("N2/2" in one for one in ids)
    assert not any("/N1/" in one for one in ids), "what came and went in between is no change"
    assert client.get("/changes.atom?lang=en").content == answer.content
    other = client.get("/changes.atom?lang=az").text
    assert "Qeyd" in other
    assert "Recorded: 1 Mar 2021, Aghdam, anti-tank mine" in titles
    assert "Ağdam" in other


def test_a_feed_of_many_changes_says_how_many_it_leaves_out(client, register) -> None:
    def said(root: ET.Element) -> list[str]:
        return re.findall(r"; (\d+) more", root.findtext(f"{ATOM}subtitle") or "")

    whole = ET.fromstring(client.get("/changes.atom").content)
    assert said(whole) == []
    register.append([Change("incident", blast(n)) for n in range(130)], author="test")
    root = ET.fromstring(client.get("/changes.atom").content)
    assert len(root.findall(f"{ATOM}entry")) == 100
    assert said(root) == [str(130 + len(whole.findall(f"{ATOM}entry")) - 100)]


def test_the_package_is_of_the_districts_country_too(country, incidents) -> None:
    snapshot = FakeSnapshot(country.assign(country="MZ"), incidents.assign(country=None))
    assert countries_of(snapshot) == {"MZ"}
    both = FakeSnapshot(country.assign(country="MZ"), incidents.assign(country="AZ"))
    assert countries_of(both) == {"AZ", "MZ"}


def test_the_feed_holds_no_word_of_what_is_restricted(client, register) -> None:
    secret = blast(9, sensitivity="restricted", description="a secret mark", external_id="X-77")
    register.append([Change("incident", secret)], author="test")
    text = client.get("/changes.atom").text
    assert "secret" not in text
    assert "X-77" not in text


@pytest.fixture(scope="module")
def files(reading) -> dict[str, bytes]:
    answer = reading.get("/publish/hxl.zip")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_package_has_tables_with_tags_and_place_codes(files) -> None:
    table = list(csv.reader(io.StringIO(files["risk.csv"].decode("utf-8-sig"))))
    tags = dict(zip(table[0], table[1], strict=True))
    assert tags["pcode"] == "#adm1+code+v_pcodes"
    assert tags["killed"] == "#affected+killed"
    assert len(table) == 2 + 77
    row = next(dict(zip(table[0], r, strict=True)) for r in table if r[0] == "AZ-TAR")
    assert row["pcode"].startswith("AZ")
    for name in ("incidents.csv", "districts.csv", "operations.csv", "statistics.csv"):
        second = files[name].decode("utf-8-sig").splitlines()[1]
        assert "#" in second


def test_the_package_says_what_it_is_and_what_it_is_not(files) -> None:
    about = orjson.loads(files["metadata.json"])
    assert about["groups"] == [{"name": "aze"}]
    assert about["dataset_date"].startswith("[2020-11-23 TO ")
    assert "No record is not the same as safe" in about["caveats"]
    assert {one["name"] for one in about["resources"]} | {"metadata.json", "README.txt"} == {*files}
    assert b"license_id" in files["README.txt"]


def test_the_package_is_the_same_bytes_for_the_same_revision(reading) -> None:
    assert reading.get("/publish/hxl.zip").content == reading.get("/publish/hxl.zip").content


def test_key_columns_of_the_risk_have_tags() -> None:
    tagged = {column.name for column in RISK.columns if column.hxl}
    assert {"district_id", "incidents", "killed", "density", "risk_class"} <= tagged
