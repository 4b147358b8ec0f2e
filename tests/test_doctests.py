"""The examples in the docstrings give what they say."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import geodata
import service

EXAMPLES = {"geodata": 60, "service": 3}
"""At least so many: a walk that finds nothing would prove nothing."""


@pytest.mark.parametrize("package", [geodata, service], ids=lambda one: one.__name__)
def test_the_examples_give_what_they_say(package):
    tried, failed = 0, []
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        home = found.module_finder.find_spec(found.name).origin
        if ">>> " not in Path(home).read_text(encoding="utf-8"):
            continue
        result = doctest.testmod(importlib.import_module(found.name))
        tried += result.attempted
        failed += [found.name] * bool(result.failed)
    assert failed == []
    assert tried >= EXAMPLES[package.__name__]
