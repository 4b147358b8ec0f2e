"""How many examples a law is tried with: one knob for all, ``make test THOROUGH=1``."""

from typing import Any

from hypothesis import settings


def thorough() -> bool:
    """Whether laws are tried with as many examples as they ask for, averages with all draws."""
    return settings.get_current_profile_name() == "thorough"


def examples(wanted: int, **options: Any) -> settings:
    """Try a law with as many examples where the run is thorough, else with half and no more.

    No more than those of the suite: a law that asks for few is one whose examples are dear.
    """
    few = min(-(-wanted // 2), settings.get_profile("suite").max_examples)
    return settings(max_examples=wanted if thorough() else few, **options)
