"""The service does what its definition says, tried with made-up requests."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from schemathesis.checks import CHECKS, load_all_checks

from tests.laws import examples

load_all_checks()

# A schema cannot say what a valid filter, box or interval is, nor which key is: a request that
# fits it may be refused. Nor can it say which systems hold a layer, whose data may lie anywhere.
# Every other operation has to take what its schema allows.
LEFT_OUT = ("positive_data_acceptance",)
GRAMMARS = {"filter", "where", "period", "bbox", "bbox-crs", "crs", "datetime", "sources"}
KEYED = ("POST /session",)
# Pictures, sheets and imports take long to make, and have tests of their own.
SLOW = re.compile(r"\.(png|pdf|tif)$|^/maps|^/imports|^/backtest|/tiles|^/risk/")
# Every layer is answered by the same code: one stands for all, the others are asked less.
OTHER_LAYERS = re.compile("^/collections/(?!incidents/)")


def requests_fail(operation, tries: int) -> None:
    """Send made-up requests of one operation; raises where an answer is not as described."""
    taken = {one.name for one in operation.iter_parameters()}
    free = taken & GRAMMARS or operation.label in KEYED
    excluded = CHECKS.get_by_names(list(LEFT_OUT) if free else [])

    @examples(
        tries,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def run(case) -> None:
        case.call_and_validate(excluded_checks=excluded)

    run()


@pytest.mark.slow
def test_every_operation_answers_as_it_is_described(fresh) -> None:
    schema = schemathesis.openapi.from_asgi("/api", fresh.client.app)
    tried, failed = 0, []
    for found in schema.get_all_operations():
        operation = found.ok()
        if SLOW.search(operation.path):
            continue
        tried += 1
        tries = 2 if OTHER_LAYERS.search(operation.path) else 5
        try:
            requests_fail(operation, tries)
        except BaseExceptionGroup as group:
            failed.append(f"{operation.label}: {group.exceptions[0]}")
        except AssertionError as failure:
            failed.append(f"{operation.label}: {failure}")
    assert failed == []
    assert tried > 40


@pytest.mark.slow
def test_every_write_with_a_key_answers_as_it_is_described(fresh) -> None:
    schema = schemathesis.openapi.from_asgi("/api", fresh.client.app)
    # A record's dates, places and codes hang together in ways that its schema cannot say.
    left_out = ("positive_data_acceptance", "negative_data_rejection")
    excluded = CHECKS.get_by_names([*left_out, "ignored_auth", "use_after_free"])
    tried = 0
    for found in schema.include(path_regex="^/collections/incidents/items").get_all_operations():
        operation = found.ok()
        if operation.method == "get":
            continue
        tried += 1

        @examples(8, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def run(case) -> None:
            case.call_and_validate(headers=fresh.editor, excluded_checks=excluded)

        run()
    assert tried == 4
