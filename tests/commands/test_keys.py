"""``hazardmap keys``: made once, listed without secrets, revoked for good."""

from pathlib import Path

from geodata.register import open_register
from service.security.keys import KeyStore
from tests.commands.conftest import Run


def test_a_key_is_printed_alone_and_opens_the_role(run: Run, data: Path) -> None:
    done = run("keys", "add", "Field office", "--role", "analyst", "--data", data)
    assert done.code == 0
    assert done.out.startswith("hm_")
    assert len(done.out.split()) == 1
    assert "cannot be shown again" in done.err
    register = open_register(data)
    caller = KeyStore(register.store).check(done.out.strip())
    register.close()
    assert caller is not None
    assert (caller.name, caller.role) == ("Field office", "analyst")


def test_the_list_shows_names_and_roles_but_no_secret(run: Run, data: Path) -> None:
    assert "no keys" in run("keys", "list", "--data", data).out
    key = run("keys", "add", "office", "--role", "editor", "--data", data).out.strip()
    listed = run("keys", "list", "--data", data)
    assert listed.code == 0
    assert "office" in listed.out
    assert "editor" in listed.out
    assert key.split("_", 2)[2] not in listed.out


def test_a_revoked_key_is_listed_but_opens_nothing(run: Run, data: Path) -> None:
    key = run("keys", "add", "office", "--role", "admin", "--data", data).out.strip()
    done = run("keys", "revoke", "office", "--data", data)
    assert (done.code, done.out) == (0, "")
    register = open_register(data)
    store = KeyStore(register.store)
    found, [listed] = store.check(key), store.listing()
    register.close()
    assert found is None
    assert listed.revoked_at is not None
    assert run("keys", "revoke", "office", "--data", data).code == 1
    assert run("keys", "add", "office", "--role", "admin", "--data", data).code == 1
