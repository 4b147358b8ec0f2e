"""A disk that fills while a layer is written: a sentence, no half file, and the older one stays."""

import gc
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from geodata.errors import InvalidInput, StoreError
from geodata.formats import FORMATS, format_of, write
from geodata.schemas import INCIDENTS
from tests.conftest import make_incidents


@contextmanager
def space_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size: writing then fails as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def frame():
    some = make_incidents()
    rows = pd.concat([some] * 40, ignore_index=True)
    rows["incident_id"] = [f"i{number}" for number in range(len(rows))]
    rows["description"] = [f"{number:x}" * 40 for number in range(len(rows))]
    return rows


# openpyxl's generators complain of the full disk once more when they are thrown away: at once.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("key", sorted(FORMATS))
def test_a_full_disk_leaves_no_half_file_and_the_older_one(frame, tmp_path: Path, key) -> None:
    path = tmp_path / f"layer{FORMATS[key].suffixes[0]}"
    assert format_of(path).key == key
    write(frame, INCIDENTS, path)
    size = path.stat().st_size
    path.write_bytes(b"the older one")
    for share in (0.02, 0.5, 0.99):
        with space_for(int(size * share)), pytest.raises(StoreError) as caught:
            write(frame, INCIDENTS, path)
        assert caught.value.code == "disk-full"
        assert "disk is full" in caught.value.message
        assert "SQL" not in caught.value.message
        assert path.read_bytes() == b"the older one"
        assert [held.name for held in tmp_path.iterdir()] == [path.name]
    if key == "xlsx":
        del caught
        gc.collect()


def test_a_place_that_cannot_be_written_to_is_named(frame, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        write(frame, INCIDENTS, tmp_path / "none" / "layer.csv")
    assert caught.value.code == "cannot-write"
