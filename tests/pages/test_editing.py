"""Editors record, correct, decide and restore in plain forms; nothing typed is lost."""

import html
import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from service.app import create_app
from service.settings import Settings
from tests.conftest import founded

HTML = {"accept": "text/html"}
SECRET = "zqmarker"


class Form(HTMLParser):
    """The fields of a page's writing form, as a browser would send them."""

    def __init__(self, page):
        super().__init__()
        self.fields, self._inside, self._select, self._text = {}, False, None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "form":
            self._inside = "record" in (found.get("class") or "").split()
        if not self._inside:
            return
        if tag == "input" and found.get("type") != "checkbox":
            self.fields[found["name"]] = found.get("value") or ""
        elif tag == "select":
            self._select = found["name"]
        elif tag == "option" and ("selected" in found or self._select not in self.fields):
            self.fields[self._select] = found["value"]
        elif tag == "textarea":
            self._text = found["name"]
            self.fields[self._text] = ""

    def handle_data(self, data):
        if self._text:
            self.fields[self._text] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._text = None


def words(page):
    main = page[page.index("<main") : page.index("</main>")]
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)))


@pytest.fixture
def sign_in(client):
    """Sign in with a new key of a role."""

    def signed(role):
        key = client.app.state.keys.add(f"the {role}", role)
        client.post("/session", data={"key": key}, follow_redirects=False)
        return client

    return signed


@pytest.fixture(scope="module")
def _refusing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("refusing")
    register = founded(folder)
    register.verify("I1", author="else")
    with TestClient(create_app(Settings(data=folder), register)) as opened:
        keys = {role: opened.app.state.keys.add(role, role) for role in ("analyst", "editor")}
        yield opened, register, keys
    register.close()


@pytest.fixture
def refusing(_refusing):
    """A client of somebody of a role, or of the public, for what is refused: nothing is written.

    Its register holds two versions of I1.
    """
    client, register, keys = _refusing
    client.cookies.clear()
    revision = register.revision

    def signed(role=None):
        if role:
            client.post("/session", data={"key": keys[role]}, follow_redirects=False)
        return client

    yield signed
    assert register.revision == revision


@pytest.fixture
def editor(sign_in):
    return sign_in("editor")


def opened(editor, path):
    answer = editor.get(path, headers=HTML)
    assert answer.status_code == 200, answer.text
    return Form(answer.text).fields


def sent(editor, path, fields):
    return editor.post(path, data=fields, headers=HTML, follow_redirects=False)


def test_an_incident_is_recorded_with_names_of_every_letter(editor, register):
    fields = opened(editor, "/incidents/new")
    fields |= {
        "date_start": "2021-05-01",
        "place_as_reported": "Əhmədağalı kəndi, Ağdam; İçəri Müşlan – «ığı»",
        "districts-0-district_id": "AZ-AGM",
        "districts-1-district_id": "AZ-FUZ",
        "longitude": "46,95",
        "latitude": "39.99",
        "device": "ap_mine",
        "casualties-0-group": "civilian",
        "casualties-0-outcome": "injured",
        "casualties-0-best": "2",
        "casualties-1-outcome": "killed",
        "reports-0-url": "https://example.org/ə?a=1&b=2",
        "reports-0-publisher": "Xəbər agentliyi",
    }
    answer = sent(editor, "/incidents/new", fields)
    assert answer.status_code == 303
    page = editor.get(answer.headers["location"], headers=HTML)
    assert "Saved as version 1: created." in words(page.text)
    held = register.snapshot().incident(fields["id"])
    assert held.place_as_reported == fields["place_as_reported"]
    assert held.date_end.isoformat() == "2021-05-01"
    assert [(d.district_id, d.weight) for d in held.districts] == [("AZ-AGM", 0.5), ("AZ-FUZ", 0.5)]
    assert (held.longitude, held.where_precision) == (46.95, 1)
    assert [(c.outcome, c.best, c.low) for c in held.casualties] == [
        ("injured", 2, None),
        ("killed", None, None),
    ]
    assert held.reports[0].url == fields["reports-0-url"]
    assert register.history(fields["id"])[0].author == "the editor"


def test_a_form_sent_twice_is_one_incident(editor, register):
    fields = opened(editor, "/incidents/new") | {"date_start": "2021-05-01"}
    fields["districts-0-district_id"] = "AZ-AGM"
    places = [sent(editor, "/incidents/new", fields).headers["location"] for _ in range(2)]
    assert places[0] == places[1]
    again = sent(editor, "/incidents/new", fields | {"device": "uxo"})
    assert again.status_code == 409
    assert "was saved before" in words(again.text)
    assert len(register.history(fields["id"])) == 1


def test_saving_a_form_as_it_is_changes_nothing(editor, register):
    for name in ("I1", "I2a", "I3", "I4"):
        fields = opened(editor, f"/incidents/{name}/edit") | {"reason": "none"}
        answer = sent(editor, f"/incidents/{name}/edit", fields)
        assert "Nothing is different" in words(answer.text), name
        assert len(register.history(name)) == 1


def test_a_correction_keeps_what_the_form_does_not_show(editor, register):
    before = register.snapshot().incident("I1")
    fields = opened(editor, "/incidents/I1/edit") | {"device": "at_mine", "reason": "Second report"}
    assert sent(editor, "/incidents/I1/edit", fields).headers["location"] == "/incidents/I1?saved=2"
    after = register.snapshot().incident("I1")
    assert after.model_copy(update={"device": before.device, "version": 1}) == before
    newest = register.history("I1")[-1]
    assert (newest.change, newest.reason) == ("correct", "Second report")


def test_rows_are_taken_out_with_their_evidence(editor, register):
    before = register.snapshot().incident("I1")
    fields = opened(editor, "/incidents/I1/edit") | {"casualties-0-remove": "1", "reason": "Twice"}
    assert sent(editor, "/incidents/I1/edit", fields).status_code == 303
    after = register.snapshot().incident("I1")
    assert after.casualties == before.casualties[1:]
    kept = [(e.field, e.quote) for e in before.evidence if e.field != "casualties.0"]
    moved = {"casualties.1": "casualties.0", "casualties.2": "casualties.1"}
    assert [(e.field, e.quote) for e in after.evidence] == [(moved.get(f, f), q) for f, q in kept]
    assert any(e.field == "casualties.1" for e in after.evidence)


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("date_start", "", "This is needed."),
        ("date_start", "31.12.2020", "Write a day as 2021-02-04."),
        ("date_end", "2019-01-01", "The last day is before the first."),
        ("longitude", "190", "It must be at most 180"),
        ("longitude", "", "Longitude and latitude go together"),
        ("latitude", "north", "Write a number"),
        ("uncertainty_m", "-1", "It must be at least 0"),
        ("country", "Azerbaijan", "Write two capital letters"),
        ("districts-0-weight", "0.4", "sum to 1"),
        ("districts-0-weight", "half", "Write a number"),
        ("districts-0-district_id", "AZ-XX", "not in the current edition"),
        ("districts-1-district_id", "AZ-TAR", "named twice"),
        ("casualties-0-best", "some", "Write a whole number"),
        ("casualties-0-low", "7", "must not decrease"),
        ("casualties-0-outcome", "", "This is needed."),
        ("casualties-3-best", "1", "This is needed."),
        ("reports-0-url", "javascript:alert(1)", "starts with http"),
        ("device", "bomb", "Choose one of the list."),
        ("record_status", "retracted", "has to be one of"),
        ("note", "x" * 10_001, "at most 10000 characters"),
        ("note", "a\x00b", "cannot be stored"),
        ("reason", "", "Say why the record is changed."),
        ("reason", "x" * 1_001, "at most 1000 characters"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(refusing, field, text, said):
    editor = refusing("editor")
    fields = opened(editor, "/incidents/I1/edit")
    fields |= {"reason": "why", "longitude": "46.9", "latitude": "40.3", "description": "Təzə mətn"}
    fields[field] = text
    if field.startswith("districts-1"):
        fields |= {"districts-0-weight": "", "districts-1-weight": ""}
    answer = sent(editor, "/incidents/I1/edit", fields)
    assert answer.status_code == 422
    page = html.unescape(answer.text)
    wrong = re.findall(r'<p class="wrong" id="e-([^"]*)">([^<]*)', page)
    assert any(said in sentence for _, sentence in wrong), wrong
    for name, _ in wrong:
        assert re.search(rf'id="f-{name}"[^>]*aria-invalid="true"', page), name
        assert f'href="#f-{name}"' in page
    kept = Form(answer.text).fields
    assert kept["description"] == "Təzə mətn"
    if "\x00" not in text:
        assert kept[field] == text


def test_complaints_are_told_in_the_readers_language(refusing):
    editor = refusing("editor")
    fields = opened(editor, "/incidents/I1/edit") | {"date_start": "x"}
    answer = editor.post("/incidents/I1/edit?lang=ru", data=fields, headers=HTML)
    assert "Write a day" not in answer.text
    assert "2021-02-04" in answer.text


def test_two_editors_see_both_values_and_lose_nothing(editor, register):
    mine = opened(editor, "/incidents/I1/edit")
    theirs = dict(mine) | {"device": "uxo", "place_as_reported": "Ağdərə", "reason": "A"}
    assert sent(editor, "/incidents/I1/edit", theirs).status_code == 303
    mine |= {"device": "at_mine", "description": "Mənim mətnim", "reason": "B"}
    answer = sent(editor, "/incidents/I1/edit", mine)
    assert answer.status_code == 409
    said = words(answer.text)
    assert "Somebody else saved version 2" in said
    assert "anti-tank mine unexploded ordnance what you wrote" in said
    fields = Form(answer.text).fields
    assert fields["base"] == "2"
    assert fields["device"] == "at_mine"
    assert fields["description"] == "Mənim mətnim"
    assert fields["place_as_reported"] == "Ağdərə", "untouched fields take what is held now"
    assert fields["reason"] == "B"
    assert sent(editor, "/incidents/I1/edit", fields).status_code == 303
    held = register.snapshot().incident("I1")
    assert (held.version, held.device, held.place_as_reported) == (3, "at_mine", "Ağdərə")
    assert held.description == "Mənim mətnim"


def test_more_rows_come_without_script(refusing):
    editor = refusing("editor")
    fields = opened(editor, "/incidents/new") | {"note": "typed"}
    more = Form(sent(editor, "/incidents/new", fields | {"more": "casualties"}).text).fields
    assert more["note"] == "typed"
    assert "casualties-4-best" in more
    assert "casualties-4-best" not in fields


@pytest.mark.parametrize(
    ("decision", "status", "needed"),
    [("verify", "verified", False), ("dispute", "disputed", True)],
)
def test_a_record_is_verified_and_disputed(editor, register, decision, status, needed):
    path = f"/incidents/I2a/{decision}" if decision == "verify" else f"/incidents/I1/{decision}"
    name = path.split("/")[2]
    fields = opened(editor, path)
    if needed:
        refused = sent(editor, path, fields)
        assert refused.status_code == 422
        assert "Say why." in refused.text
    answer = sent(editor, path, fields | {"reason": "İki mənbə"})
    assert answer.headers["location"] == f"/incidents/{name}?saved=2"
    assert register.snapshot().incident(name).record_status == status
    assert register.history(name)[-1].reason == "İki mənbə"


def test_a_retracted_record_comes_back_from_its_history(editor, register):
    fields = opened(editor, "/incidents/I1/retract")
    assert sent(editor, "/incidents/I1/retract", fields).status_code == 422
    answer = sent(editor, "/incidents/I1/retract", fields | {"reason": "Counted twice"})
    assert editor.get("/incidents/I1", headers=HTML).status_code == 404
    page = editor.get(answer.headers["location"], headers=HTML).text
    assert "Saved as version 2: retracted." in words(page)
    assert 'href="/incidents/I1/edit"' not in page
    assert 'href="/incidents/I1/restore/1"' in page
    fields = opened(editor, "/incidents/I1/restore/1")
    assert sent(editor, "/incidents/I1/restore/1", fields).status_code == 303
    assert register.snapshot().incident("I1").record_status == "verified"
    assert [r.change for r in register.history("I1")] == ["create", "retract", "correct"]


def test_the_last_change_is_undone(editor, register):
    before = register.snapshot().incident("I1")
    fields = opened(editor, "/incidents/I1/edit") | {"device": "uxo", "reason": "wrong"}
    sent(editor, "/incidents/I1/edit", fields)
    page = editor.get("/incidents/I1", headers=HTML).text
    assert 'href="/incidents/I1/restore/1">Undo the last change' in page
    shown = words(editor.get("/incidents/I1/restore/1", headers=HTML).text)
    assert "Device: unexploded ordnance → mine, type not stated" in shown
    fields = opened(editor, "/incidents/I1/restore/1") | {"reason": "misread"}
    sent(editor, "/incidents/I1/restore/1", fields)
    assert register.snapshot().incident("I1") == before.model_copy(update={"version": 3})
    assert register.history("I1")[-1].reason == "Version 1 restored: misread"


@pytest.mark.parametrize(
    ("name", "version"), [("I1", 0), ("I1", 2), ("I1", 9), ("I2a", 1)], ids=str
)
def test_only_older_versions_are_restored(refusing, name, version):
    editor = refusing("editor")
    path = f"/incidents/{name}/restore/{version}"
    assert editor.get(path, headers=HTML).status_code == 404


def test_a_version_that_says_that_the_record_is_gone_is_not_restored(editor, register):
    held = register.snapshot().incident("I1")
    register.retract("I1", author="ann")
    register.replace(held, author="ann", expected_version=2)
    assert editor.get("/incidents/I1/restore/2", headers=HTML).status_code == 404
    assert editor.get("/incidents/I1/restore/1", headers=HTML).status_code == 200


def test_of_a_retracted_record_words_are_taken_back_and_nothing_else_is_decided(sign_in, register):
    admin = sign_in("admin")
    register.retract("I1", author="ann")
    for decision, status in (("redact", 200), ("verify", 404), ("dispute", 404), ("retract", 404)):
        answer = admin.get(f"/incidents/I1/{decision}", headers=HTML)
        assert answer.status_code == status


def test_a_decision_about_an_older_version_shows_what_came_between(editor, register):
    fields = opened(editor, "/incidents/I1/retract") | {"reason": "gone"}
    register.dispute("I1", author="else", reason="zwischenzeitlich")
    answer = sent(editor, "/incidents/I1/retract", fields)
    assert answer.status_code == 409
    assert "zwischenzeitlich" in answer.text
    again = Form(answer.text).fields
    assert (again["reason"], again["base"]) == ("gone", "2")
    assert sent(editor, "/incidents/I1/retract", again).status_code == 303


FORMS = ["/incidents/new", "/incidents/I1/edit", "/incidents/I1/verify", "/incidents/I1/dispute",
         "/incidents/I1/retract", "/incidents/I1/restore/1"]  # fmt: skip
FILLED = {"base": "1", "reason": "r", "date_start": "2021-01-01", "device": "uxo"}


@pytest.mark.parametrize("path", FORMS)
def test_the_public_is_led_to_the_login_and_changes_nothing(refusing, path):
    client = refusing()
    answer = client.get(path, headers=HTML, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=%2Fincidents%2F")
    assert client.get(path).status_code == 401
    assert sent(client, path, FILLED).status_code == 401


@pytest.mark.parametrize("path", FORMS)
def test_analysts_may_not_write(refusing, path):
    analyst = refusing("analyst")
    assert analyst.get(path, headers=HTML).status_code == 403
    assert sent(analyst, path, FILLED).status_code == 403
    assert "/edit" not in analyst.get("/incidents/I1", headers=HTML).text


@pytest.mark.parametrize("path", FORMS)
def test_forms_without_their_token_or_from_another_site_are_refused(refusing, path):
    editor = refusing("editor")
    fields = FILLED | {"base": "2"}
    assert sent(editor, path, fields).status_code == 403
    assert sent(editor, path, fields | {"csrf_token": "guessed"}).status_code == 403
    token = Form(editor.get(path, headers=HTML).text).fields["csrf_token"]
    strange = HTML | {"sec-fetch-site": "cross-site"}
    answer = editor.post(path, data=fields | {"csrf_token": token}, headers=strange)
    assert answer.status_code == 403


def test_after_the_session_ended_the_form_comes_back_with_what_was_typed(editor, register):
    fields = opened(editor, "/incidents/I1/edit") | {"description": "uzun mətn", "reason": "r"}
    editor.cookies.clear()
    answer = sent(editor, "/incidents/I1/edit", fields)
    assert answer.status_code == 401
    assert Form(answer.text).fields["description"] == "uzun mətn"
    assert "Your session has ended" in answer.text
    key = editor.app.state.keys.add("again", "editor")
    editor.post("/session", data={"key": key})
    stale = sent(editor, "/incidents/I1/edit", Form(answer.text).fields)
    assert stale.status_code == 403
    assert "made before you signed in" in stale.text
    last = sent(editor, "/incidents/I1/edit", Form(stale.text).fields)
    assert last.status_code == 303
    assert register.snapshot().incident("I1").description == "uzun mətn"


@pytest.mark.parametrize("path", ["/incidents/X2", "/incidents/X2/history?f=html"])
def test_the_public_sees_no_tools_and_nothing_restricted(guarded, path):
    page = guarded.get(f"{path}{'&' if '?' in path else '?'}saved=1", headers=HTML).text
    assert SECRET not in page
    assert "/edit" not in page
    assert "/restore/" not in page


@pytest.mark.parametrize("name", ["edit", "verify", "retract", "restore/1"])
def test_forms_of_restricted_records_leak_nothing(guarded, name):
    path = f"/incidents/X2/{name}"
    for answer in (
        guarded.get(path, headers=HTML),
        guarded.get(path),
        guarded.post(path, data=FILLED, headers=HTML),
    ):
        assert SECRET not in answer.text


def test_forms_are_never_kept_in_a_cache(refusing):
    editor = refusing("editor")
    for path in FORMS:
        assert editor.get(path, headers=HTML).headers["cache-control"] == "no-store"


def test_a_wrong_key_shows_the_form_again(refusing):
    client = refusing()
    answer = client.post("/session", data={"key": "hm_no", "next": "/import"}, headers=HTML)
    assert answer.status_code == 401
    assert "not valid" in answer.text
    assert 'name="next" value="/import"' in answer.text
    assert client.post("/session", data={"key": "hm_no"}).json()["code"] == "unauthorised"


def test_the_overview_and_the_interface_count_what_was_saved(editor):
    fields = opened(editor, "/incidents/new") | {
        "date_start": "2021-05-01",
        "districts-0-district_id": "AZ-AGM",
        "casualties-0-outcome": "killed",
        "casualties-0-best": "4",
    }
    assert sent(editor, "/incidents/new", fields).status_code == 303
    body = editor.get("/collections/incidents/items?f=json").json()
    killed = sum(f["properties"]["killed"] or 0 for f in body["features"])
    injured = sum(f["properties"]["injured"] or 0 for f in body["features"])
    assert (body["numberMatched"], killed, injured) == (6, 7, 11)
    shown = words(editor.get("/", headers=HTML).text)
    for text in ("6 incidents", "7 people killed", "11 people injured"):
        assert text in shown


def test_an_administrator_takes_words_back_for_good(sign_in, register, tmp_path):
    held = register.get("incident", "I3").model_copy(update={"note": SECRET})
    register.replace(held, author="ann", reason=SECRET)
    moment = register.history("I3")[-1].recorded_at.isoformat()
    editor = sign_in("editor")
    assert editor.get("/incidents/I3/redact", headers=HTML).status_code == 403
    assert "/incidents/I3/redact" not in editor.get("/incidents/I3", headers=HTML).text
    admin = sign_in("admin")
    past = f"/collections/incidents/items/I3?as-of={moment}".replace("+", "%2B")
    before = admin.get(past)
    assert SECRET in before.text
    assert "/incidents/I3/redact" in admin.get("/incidents/I3", headers=HTML).text
    fields = opened(admin, "/incidents/I3/redact")
    assert sent(admin, "/incidents/I3/redact", fields).status_code == 422

    answer = sent(admin, "/incidents/I3/redact", fields | {"reason": "names a person"})

    assert answer.status_code == 303
    told = admin.get(answer.headers["location"], headers=HTML).text
    assert SECRET not in told
    assert "Words of this version were taken back." in told
    again = admin.get(past, headers={"If-None-Match": before.headers["etag"]})
    assert (again.status_code, SECRET in again.text) == (200, False)
    assert (tmp_path / "data" / "redactions.jsonl").exists()


def test_an_answer_of_the_past_is_not_confirmed_when_the_record_was_restricted(client, register):
    held = register.get("incident", "I3")
    moment = register.history("I3")[-1].recorded_at.isoformat()
    register.replace(held.model_copy(update={"note": "first"}), author="ann")
    past = f"/collections/incidents/items/I3?as-of={moment}".replace("+", "%2B")
    before = client.get(past)
    assert client.get(past, headers={"If-None-Match": before.headers["etag"]}).status_code == 304
    now = register.get("incident", "I3")
    register.replace(now.model_copy(update={"sensitivity": "restricted"}), author="ann")
    after = client.get(past, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["properties"]["description"] is None
