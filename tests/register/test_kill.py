"""Killed in the middle of concurrent writes, again and again: nothing acknowledged is lost.

Each round starts two processes with four writing threads each, of which those that wait for each
other share a transaction; kills them with SIGKILL after some acknowledged writes, and reads the
register as it is left.
"""

import os
import selectors
from multiprocessing.process import BaseProcess
from pathlib import Path
from threading import Thread

import pytest

from geodata.register import Change, Register, open_register, verify
from tests.register.cluster import Cluster
from tests.register.conftest import FORK, blast

ROUNDS = 3
PROCESSES = 2
THREADS = 4
WRITES_A_ROUND = 30


def write(register: Register, name: str, said: int) -> None:
    """Write pairs of incidents in one transaction each: both are there, or neither."""
    for n in range(1_000_000):
        pair = [blast(f"{name}-{n}-{half}", note="n" * 500) for half in ("a", "b")]
        register.append([Change("incident", one) for one in pair], author=name)
        # One system call: a line is never half written, even by a killed process.
        os.write(said, f"{name}-{n}\n".encode())


def write_until_killed(where: str, name: str, said: int) -> None:
    url = where if "://" in where else None
    register = open_register(None if url else where, url=url, empty=True)
    workers = [Thread(target=write, args=(register, f"{name}{n}", said)) for n in range(THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


def acknowledged_until_killed(where: str, turn: int) -> set[str]:
    """Run writers until enough was acknowledged, kill them, give all they acknowledged."""
    hear, said = os.pipe()
    running: list[BaseProcess] = [
        FORK.Process(target=write_until_killed, args=(where, f"r{turn}p{n}t", said), daemon=True)
        for n in range(PROCESSES)
    ]
    for process in running:
        process.start()
    os.close(said)
    heard = b""
    with selectors.DefaultSelector() as ready:
        ready.register(hear, selectors.EVENT_READ)
        while heard.count(b"\n") < WRITES_A_ROUND:
            assert ready.select(timeout=90), "no writer says anything"
            chunk = os.read(hear, 65536)
            assert chunk, "all writers have ended by themselves"
            heard += chunk
    for process in running:
        process.kill()
    for process in running:
        process.join()
    while chunk := os.read(hear, 65536):
        heard += chunk
    os.close(hear)
    return set(heard.decode().split("\n")[:-1])


def check(register: Register, acknowledged: set[str]) -> int:
    """Every acknowledged pair is there, and no half one; give the number of pairs held."""
    names = register.snapshot().incidents.index
    halves = {name.rsplit("-", 1)[0] for name in names}
    assert acknowledged <= halves
    assert len(names) == 2 * len(halves)
    assert verify(register.store).revisions == len(names)
    return len(halves)


def test_sqlite_keeps_every_acknowledged_write(tmp_path: Path) -> None:
    acknowledged: set[str] = set()
    held = 0
    for turn in range(ROUNDS):
        acknowledged |= acknowledged_until_killed(str(tmp_path / "data"), turn)
        register = open_register(tmp_path / "data")
        held = check(register, acknowledged)
        register.close()
    print(f"SQLite: {ROUNDS} rounds, {len(acknowledged)} acknowledged, {held} held, 0 lost")
    assert held >= ROUNDS * WRITES_A_ROUND


@pytest.mark.postgis
def test_postgresql_keeps_every_acknowledged_write(cluster: Cluster, database: str) -> None:
    """Here the writers are killed, and in the last round the server too."""
    acknowledged: set[str] = set()
    held = 0
    for turn in range(ROUNDS):
        acknowledged |= acknowledged_until_killed(database, turn)
        if turn == ROUNDS - 1:
            cluster.stop("immediate")
            cluster.start()
        register = open_register(url=database)
        held = check(register, acknowledged)
        register.close()
    print(f"PostgreSQL: {ROUNDS} rounds, {len(acknowledged)} acknowledged, {held} held, 0 lost")
    assert held >= ROUNDS * WRITES_A_ROUND
