"""Heavy answers: made apart, kept, given as they were last where that will do, bounded."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Semaphore
from typing import Any

import orjson
import pytest
from starlette.testclient import TestClient

from geodata.errors import StoreError
from geodata.model import DistrictWeight, Incident
from geodata.register import Change, Redaction, Register
from geodata.risk import RiskParameters, backtest_of
from service import jobs
from service.app import create_app
from service.jobs import Desk, Job, JobResult, Kept, Ref, kept_in
from service.redacting import redact
from service.settings import Settings
from tests.conftest import founded, squares
from tests.http.conftest import made

TAKES_OLDER = {"Cache-Control": "max-stale"}


class Running:
    """A service all of whose heavy answers are made apart."""

    def __init__(self, folder: Path, register: Register) -> None:
        self.settings = Settings(data=folder, apart_from=0)
        self.register = register
        self.app = create_app(self.settings, register)
        self.desk: Desk = self.app.state.desk
        self.client = TestClient(self.app)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One service with a few hundred incidents in four districts."""
    folder = tmp_path_factory.mktemp("data")
    register = founded(folder, squares)
    register.append([Change("incident", within(number)) for number in range(250)], author="t")
    service = Running(folder, register)
    with service.client:
        yield service
    register.close()


def within(number: int) -> Incident:
    """Place an incident of its number in one of the four districts."""
    where = (DistrictWeight(district_id=f"XX-{'ABCD'[number % 4]}"),)
    return made(number).model_copy(update={"districts": where})


def wants(snapshot: Any, *options: Any) -> Job:
    return Job("backtest", (Ref.of(snapshot),), options)


def test_an_answer_made_apart_is_the_one_made_here_and_kept(running: Running) -> None:
    snapshot = running.register.snapshot().public("district")
    first = running.client.get("/backtest")
    here = backtest_of(snapshot, RiskParameters(), cell_km=RiskParameters().cell_km)
    assert first.content == orjson.dumps(here)
    assert first.headers["hazardmap-revision"] == str(snapshot.revision)

    worker = running.desk.worker_pid
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    again = running.client.get("/backtest")
    assert (again.content, again.headers["etag"]) == (first.content, first.headers["etag"])

    told = running.client.get("/jobs").json()
    assert {"backtest", "ranking"} <= {one["kind"] for one in told["kept"]}
    page = running.client.get("/jobs", headers={"Accept": "text/html"})
    assert "Heavy answers" in page.text


def test_what_answers_rest_on_is_prepared_once_and_is_what_is_asked_for(running: Running) -> None:
    running.desk.kept.clear()
    here = running.settings.model_copy(update={"public_url": "http://testserver"})
    desks = [Desk(here) for _ in range(2)]
    try:
        for thread in [desk.prepare(running.register, after=0.0) for desk in desks]:
            thread.join()
        assert {one["kind"] for one in desks[0].kept.listed()} == {"ranking", "table", "map"}
        assert [desk.worker_pid is None for desk in desks].count(True) == 1
    finally:
        for desk in desks:
            desk.close()
    before = running.desk.kept.listed()
    answer = running.client.get("/maps/risk", headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert running.desk.kept.listed() == before


def test_what_cannot_be_prepared_leaves_the_others_to_be(running: Running, monkeypatch) -> None:
    running.desk.kept.clear()
    desk, asked = Desk(running.settings), []

    def full(job: Job) -> None:
        asked.append(job.kind)
        raise StoreError("The disk is full.", code="disk-full")

    monkeypatch.setattr(desk, "made", full)
    desk.prepare(running.register, after=0.0).join()
    assert asked[-2:] == ["table", "map"]


def test_nothing_is_prepared_of_few_or_after_the_end(tmp_path: Path, running: Running) -> None:
    for few, closed in ((1_000, False), (0, True)):
        desk = Desk(Settings(data=tmp_path, apart_from=few))
        if closed:
            desk.close()
        desk.prepare(running.register, after=0.0).join()
        assert desk.worker_pid is None


def test_a_worker_is_not_taken_for_as_large_as_what_started_it() -> None:
    own = "from service.jobs import _held_mb; print(_held_mb())"
    large = (
        "import subprocess, sys; held = b'x' * (500 << 20); "
        f"print(subprocess.check_output([sys.executable, '-c', {own!r}], text=True))"
    )
    assert float(subprocess.check_output([sys.executable, "-c", large], text=True)) < 400


def test_a_worker_that_is_killed_in_the_middle_is_followed_by_another(running: Running) -> None:
    snapshot = running.register.snapshot()
    job = wants(snapshot, RiskParameters(), 45.0, 0.0)
    dead: list[int] = []
    had = running.desk._started

    def started() -> Any:
        connection = had()
        worker = running.desk.worker_pid
        if not dead and worker is not None:
            dead.append(worker)
            os.kill(worker, signal.SIGKILL)
        return connection

    running.desk._started = started  # type: ignore[method-assign]
    try:
        answer = running.desk.made(job)
    finally:
        running.desk._started = had  # type: ignore[method-assign]
    assert dead
    assert orjson.loads(answer.body)["horizon_days"] == 45
    assert running.desk.worker_pid != dead[0]
    assert jobs.running(running.desk.kept.folder) is None


def test_the_last_answer_will_do_only_while_nothing_but_new_incidents_came(
    running: Running,
) -> None:
    before = running.client.get("/backtest")
    revision = before.headers["hazardmap-revision"]
    running.register.create(within(900), author="t")

    older = running.client.get("/backtest", headers=TAKES_OLDER)
    assert (older.content, older.headers["hazardmap-revision"]) == (before.content, revision)
    assert "etag" not in older.headers
    assert older.headers["cache-control"] == "no-store"
    # A page says so, unless its reader asked for it anew.
    fresh = running.client.get("/backtest", headers={"Accept": "text/html"})
    assert fresh.headers["hazardmap-revision"] != revision or "new incidents" in fresh.text
    now = running.client.get("/backtest")
    assert now.headers["hazardmap-revision"] == str(running.register.revision)

    running.register.retract("m0900", author="t")
    after = running.client.get("/backtest", headers=TAKES_OLDER)
    assert after.headers["hazardmap-revision"] == str(running.register.revision)


def test_an_answer_that_comes_while_it_is_asked_for_is_not_called_older(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = running.client.get("/backtest")
    had, late = running.desk.kept.get, [None]
    monkeypatch.setattr(running.desk.kept, "get", lambda job: late.pop() if late else had(job))
    same = running.client.get("/backtest", headers=TAKES_OLDER)
    assert not late
    assert same.headers["etag"] == now.headers["etag"]


def test_bytecode_that_is_being_written_is_no_part_of_the_program(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    for name in ("a.py", "__pycache__/a.pyc", "__pycache__/a.pyc.140034"):
        (tmp_path / name).touch()
    assert jobs._files_of(tmp_path) == [tmp_path / "a.py"]


def test_a_register_that_has_gone_on_is_never_called_older(running: Running) -> None:
    before = running.register.snapshot()
    job = wants(before, RiskParameters(), 52.0, 0.0)
    running.register.create(within(901), author="t")
    answer = running.desk.made(job)
    assert (answer.fresh, answer.exact) == (True, False)
    assert answer.revision == running.register.revision > before.revision
    # It is not kept under the name of the revision that was asked for.
    assert running.desk.kept.get(job) is None


def test_what_is_refused_apart_is_refused_as_here(running: Running) -> None:
    answer = running.client.get("/backtest", params={"where": "nonsense = 1"})
    assert answer.status_code == 400
    assert "nonsense" in answer.json()["description"]


def test_too_many_are_told_to_come_again(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_QUEUED", 0)
    answer = running.client.get("/backtest", params={"horizon-days": "77"})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) > 0
    monkeypatch.undo()
    monkeypatch.setattr(running.desk, "_waiting", jobs.BoundedSemaphore(1))
    running.desk._waiting.acquire()
    with pytest.raises(StoreError):
        running.desk.made(wants(running.register.snapshot(), RiskParameters(), 78.0, 0.0))


def test_the_public_is_told_of_public_answers_only(running: Running) -> None:
    full = running.register.snapshot()
    key = running.app.state.keys.add("ann", "analyst")
    running.client.get("/backtest", headers={"Authorization": f"Bearer {key}"})
    assert {one["view"] for one in running.desk.told("public")["kept"]} == {"public"}
    assert "full" in {one["view"] for one in running.desk.told(full.view)["kept"]}


def test_many_who_ask_for_the_same_have_it_made_once(running: Running) -> None:
    snapshot = running.register.snapshot()
    job = wants(snapshot, RiskParameters(), 61.0, 0.0)
    desk, arrived, asked = running.desk, Semaphore(0), []
    had, submit = desk._had, desk._submit

    def submitted(job: Job) -> Any:
        task = submit(job)
        arrived.release()
        return task

    def made_when_all_wait(job: Job) -> JobResult:
        asked.append(job)
        assert all(arrived.acquire(timeout=60) for _ in range(8))
        return had(job)

    desk._had, desk._submit = made_when_all_wait, submitted  # type: ignore[method-assign]
    try:
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: desk.made(job), range(8)))
    finally:
        desk._had, desk._submit = had, submit  # type: ignore[method-assign]
    assert len({id(one) for one in answers}) == 1
    assert asked == [job]


def test_what_waited_at_the_end_can_be_asked_for_again(tmp_path: Path, running: Running) -> None:
    snapshot = running.register.snapshot()
    first, second = (wants(snapshot, RiskParameters(), days, 0.0) for days in (62.0, 63.0))
    desk, begun, closed = Desk(Settings(data=tmp_path)), Semaphore(0), Semaphore(0)

    def had(job: Job) -> JobResult:
        begun.release()
        assert closed.acquire(timeout=60)
        return JobResult(b"made", 1, "")

    desk._had = had  # type: ignore[method-assign]
    with ThreadPoolExecutor(2) as pool:
        making = pool.submit(desk.made, first)
        assert begun.acquire(timeout=60)
        waiting = desk._submit(second)
        desk.close()
        closed.release(2)
        assert making.result(60).body == b"made"
        assert waiting.done.wait(60)
    assert isinstance(waiting.error, StoreError)
    desk.begin()
    assert desk.made(second).body == b"made"
    desk.close()


def test_words_taken_back_are_in_no_kept_answer(running: Running) -> None:
    running.client.get("/changes", headers={"Accept": "text/html"})
    assert running.desk.kept.listed()
    redact(running.register, running.settings.data, Redaction("incident", "m0001", (), "t", "x"))
    assert not running.desk.kept.listed()


def test_a_kept_answer_is_whole_or_not_there(
    running: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(tmp_path / "answers")
    snapshot = running.register.snapshot()
    several = [wants(snapshot, RiskParameters(), float(days), 0.0) for days in range(31, 36)]
    for number, job in enumerate(several):
        kept.put(job, JobResult(bytes(1_000), number, ""), job.told() | {"recorded_at": ""})
    path = kept.folder / several[0].variant / several[0].name
    path.write_bytes(path.read_bytes()[:-1])
    assert kept.get(several[0]) is None
    assert not path.exists()
    monkeypatch.setattr(jobs, "MOST_BYTES", 4_000)
    kept.put(several[0], JobResult(bytes(1_000), 9, ""), several[0].told() | {"recorded_at": ""})
    sizes = [one.stat().st_size for one in kept.folder.glob("*/*")]
    assert kept.get(several[0]) is not None
    assert sum(sizes) <= 4_000
    assert kept_in(tmp_path).folder == kept.folder
