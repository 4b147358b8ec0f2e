"""A layer in parts: whole at any moment, and read whole or not at all."""

import json
import os
import shutil
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.disk import BESIDE
from geodata.errors import InvalidInput
from geodata.formats import parts_of, write_parts
from geodata.formats.partitioned import MANIFEST
from geodata.schemas import INCIDENTS, STATISTICS, empty
from tests.laws import examples
from tests.made import placed_history


def read(folder):
    parts = parts_of([str(folder)])
    assert {Path(part.url).parent for part in parts.parts} == {folder}
    frame = pd.concat([gpd.read_parquet(part.url) for part in parts.parts])
    return frame.set_index("incident_id", drop=False).sort_index()


@examples(8)
@given(rows=st.integers(1, 8), by=st.sampled_from(["place", "day"]))
def test_each_row_lies_in_one_part(tmp_path_factory, rows, by):
    incidents = placed_history(6)
    folder = tmp_path_factory.mktemp("layer") / "parts"
    manifest = write_parts(incidents, INCIDENTS, folder, rows=rows, by=by)
    found = read(folder)
    assert found["incident_id"].tolist() == sorted(incidents.index)
    assert max(part["rows"] for part in manifest["parts"]) <= rows
    assert len(manifest["parts"]) == -(-6 // rows)
    wanted = incidents.sort_index()
    assert found.geometry.tolist() == wanted.geometry.tolist()
    assert found["districts"].tolist() == wanted["districts"].tolist()


def test_parts_by_day_hold_days_that_follow(tmp_path):
    write_parts(placed_history(60), INCIDENTS, tmp_path / "parts", rows=20, by="day")
    frames = [gpd.read_parquet(p.url) for p in parts_of([str(tmp_path / "parts")]).parts]
    spans = [(f["date_start"].min(), f["date_start"].max()) for f in frames]
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


def test_an_empty_layer_is_one_part_without_rows(tmp_path):
    manifest = write_parts(empty(INCIDENTS), INCIDENTS, tmp_path / "parts")
    assert [part["rows"] for part in manifest["parts"]] == [0]
    assert len(read(tmp_path / "parts")) == 0


def test_a_layer_is_replaced_when_the_new_one_is_whole(tmp_path, monkeypatch):
    """Killed at any moment, the earlier one is read; what was left goes with the next."""
    folder = tmp_path / "parts"
    write_parts(placed_history(15), INCIDENTS, folder, rows=5)
    before = read(folder)

    def killed(*_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("geodata.formats.partitioned.whole", killed)
        with pytest.raises(KeyboardInterrupt):
            write_parts(placed_history(25), INCIDENTS, folder, rows=8)
    assert len(list(folder.glob("part-*"))) > 3
    pd.testing.assert_frame_equal(read(folder), before)
    (folder / f"{BESIDE}left").mkdir()
    write_parts(placed_history(25), INCIDENTS, folder, rows=8)
    assert len(read(folder)) == 25
    assert len(list(folder.iterdir())) == 4 + 1


def test_a_strangers_folder_is_left_alone(tmp_path):
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(InvalidInput, match="other things"):
        write_parts(placed_history(10), INCIDENTS, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_a_layer_without_days_has_none_to_order_by(tmp_path):
    with pytest.raises(InvalidInput, match="no days"):
        write_parts(empty(STATISTICS), INCIDENTS.__class__("x", "i", None, ()), tmp_path, by="day")


def test_a_folder_that_lacks_a_part_is_refused(tmp_path):
    folder = tmp_path / "parts"
    manifest = write_parts(placed_history(15), INCIDENTS, folder, rows=5)
    (folder / manifest["parts"][1]["file"]).unlink()
    with pytest.raises(InvalidInput, match="lacks 1 of the 3 parts"):
        parts_of([str(folder)])


def test_what_the_manifest_does_not_name_is_not_read(tmp_path):
    folder = tmp_path / "parts"
    write_parts(placed_history(15), INCIDENTS, folder, rows=5)
    shutil.copy(next(folder.glob("part-*")), folder / "part-copy.parquet")
    assert len(parts_of([str(folder)]).parts) == 3


def test_a_file_named_in_several_ways_counts_once(tmp_path):
    for name in ("a.parquet", "b/c.parquet", "b/_hidden/d.parquet", ".x.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    paths = [str(tmp_path), f"{tmp_path}/*.parquet", f"{tmp_path}/b/c.parquet"]
    found = parts_of(paths)
    names = [os.path.relpath(part.url, tmp_path) for part in found.parts]
    assert names == ["a.parquet", "b/c.parquet"]
    assert not found.distinct


def test_ids_are_distinct_only_in_one_layer(tmp_path):
    for name in ("one", "other"):
        write_parts(placed_history(10), INCIDENTS, tmp_path / name)
    assert parts_of([str(tmp_path / "one"), str(tmp_path / "one")]).distinct
    assert not parts_of([str(tmp_path / "one"), str(tmp_path / "other")]).distinct


@pytest.mark.parametrize("path", ["nowhere", "nowhere/*.parquet", "empty"])
def test_where_there_is_nothing_is_said(tmp_path, path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match="no "):
        parts_of([str(tmp_path / path)])


def test_a_manifest_that_cannot_be_read_is_refused(tmp_path):
    write_parts(placed_history(10), INCIDENTS, tmp_path / "parts")
    (tmp_path / "parts" / MANIFEST).write_text(json.dumps({"parts": [{}]}))
    with pytest.raises(InvalidInput, match="cannot be read"):
        parts_of([str(tmp_path / "parts")])


def test_a_store_by_its_url(tmp_path):
    fsspec = pytest.importorskip("fsspec")
    write_parts(placed_history(60), INCIDENTS, tmp_path / "parts", rows=20)
    store = fsspec.filesystem("memory")
    store.put(str(tmp_path / "parts"), "/beyond/parts", recursive=True)
    found = parts_of(["memory://beyond/parts"])
    assert len(found.parts) == 3
    assert found.distinct
    assert all(part.url.startswith("memory://") for part in found.parts)
    with pytest.raises(InvalidInput, match="cannot be opened"):
        parts_of(["nonsense://bucket/x"])
