"""One application for all tests that only read, and one that holds a restricted incident."""

import pytest
from starlette.testclient import TestClient

from geodata.model import Casualty, DistrictWeight, Incident, Report
from service.app import create_app
from service.settings import Settings
from tests import needs
from tests.conftest import founded
from tests.live import threaded
from tests.pages.in_browser import READER, SIZES, let_in


@pytest.fixture(scope="package")
def reader(tmp_path_factory):
    """A client of the founding register, without a key; tests do not write through it."""
    folder = tmp_path_factory.mktemp("reader")
    opened = founded(folder)
    with TestClient(create_app(Settings(data=folder), opened)) as client:
        yield client
    opened.close()


@pytest.fixture(scope="package")
def guarded(tmp_path_factory):
    """A client without a key of a register whose incident X2 is restricted."""
    folder = tmp_path_factory.mktemp("guarded")
    opened = founded(folder)
    opened.create(
        Incident(
            incident_id="X2",
            date_start="2021-03-01",
            date_end="2021-03-01",
            longitude=46.512345,
            latitude=39.654321,
            districts=(DistrictWeight(district_id="AZ-LAC"),),
            place_as_reported="zqmarkerplace",
            description="zqmarkertext",
            note="zqmarkernote",
            sensitivity="restricted",
            casualties=(Casualty(group="civilian", outcome="injured", best=1),),
            reports=(Report(publisher="zqmarkerpublisher", url="https://zqmarker.example/"),),
        ),
        author="zqmarkerauthor",
        reason="zqmarkerreason",
    )
    with TestClient(create_app(Settings(data=folder), opened)) as client:
        yield client
    opened.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The service on a free port of the loopback, and an administrator's key."""
    needs.browser()
    folder = tmp_path_factory.mktemp("served")
    register = founded(folder)
    register.create(
        Incident(
            incident_id="I5",
            date_start="2021-03-01",
            date_end="2021-03-01",
            districts=(DistrictWeight(district_id="AZ-AGM"),),
        ),
        author="a reviewer",
    )
    register.dispute("I5", author="another reviewer", reason="Only one source")
    app = create_app(Settings(data=folder), register)
    key = app.state.keys.add("field office", "admin")
    with threaded(app) as address:
        yield address, key
    register.close()


def noting(page, base):
    """Let a page note complaints and requests to other places."""
    page.strangers, page.complaints = [], []
    page.on(
        "request",
        lambda r: None if r.url.startswith((base, "data:")) else page.strangers.append(r.url),
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on(
        "console",
        lambda m: (
            page.complaints.append(m.text)
            if m.type == "error" and "status of 404" not in m.text
            else None
        ),
    )
    return page


@pytest.fixture(scope="module")
def _one_page(browser, served):
    context = browser.new_context(**READER)
    yield noting(context.new_page(), served[0])
    context.close()


@pytest.fixture
def anew(_one_page):
    """A page of somebody who is not signed in: one for a file of tests, put back for each.

    A context of the browser takes more than a second of processor time.
    """
    _one_page.context.clear_cookies()
    _one_page.emulate_media(media="null", forced_colors="null", reduced_motion="reduce")
    width, height = SIZES["desktop"]
    _one_page.set_viewport_size({"width": width, "height": height})
    _one_page.strangers.clear()
    _one_page.complaints.clear()
    return _one_page


@pytest.fixture(params=SIZES)
def opened(request, anew):
    """The same, of one size."""
    width, height = SIZES[request.param]
    anew.set_viewport_size({"width": width, "height": height})
    return anew


@pytest.fixture(scope="module")
def everyones(browser, served):
    """A browser's page of a reader who is not signed in, for one address after the other."""
    context = browser.new_context(**READER)
    yield noting(context.new_page(), served[0])
    context.close()


@pytest.fixture(scope="module")
def editors(browser, served):
    """The same of somebody signed in."""
    context = browser.new_context(**READER)
    page = noting(context.new_page(), served[0])
    let_in(page, *served)
    yield page
    context.close()
