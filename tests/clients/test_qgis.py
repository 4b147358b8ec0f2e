"""QGIS without a screen: the OAPIF layer and the vector tiles."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from service.drawing.palette import BADGE, CLASS_COLOURS, PATTERNS
from tests import needs
from tests.clients.conftest import FOUNDING, MADE

pytestmark = pytest.mark.clients


@pytest.fixture(scope="module")
def seen(address, tmp_path_factory):
    """What QGIS says of the service."""
    python = needs.qgis()
    folder = tmp_path_factory.mktemp("qgis")
    script = Path(__file__).with_name("qgis_client.py")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment |= {
        "QT_QPA_PLATFORM": "offscreen",
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
    }
    done = subprocess.run(
        [python, str(script), address, str(folder)],
        capture_output=True, text=True, timeout=170, env=environment, check=False,
    )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr
    return json.loads(lines[-1])


def test_the_layers_are_valid(seen):
    assert seen["features"]["valid"] == [True, True]


def test_every_feature_arrives_once(seen):
    assert seen["features"]["rows"] == seen["features"]["ids"] == FOUNDING + MADE
    assert seen["features"]["districts"] == 77


def test_fields_have_their_types(seen):
    assert seen["features"]["date"].lower() == "date"
    assert seen["features"]["killed"].lower().startswith("integer")


def test_an_extent_selects(seen, source):
    assert seen["features"]["box"] == len(source.cx[46.5:47.0, 39.5:40.0])


def test_the_picture_is_not_blank(seen):
    assert seen["features"]["colours"] > 2


def test_vector_tiles_are_valid_and_drawn(seen):
    assert seen["tiles"]["valid"]
    assert seen["tiles"]["zooms"] == [0, 14]
    assert seen["tiles"]["colours"] > 2


def test_the_project_opens_with_every_layer_as_the_map_shows_it(seen):
    styled = seen["styled"]
    assert styled["read"]
    assert all(valid for valid, _ in styled["layers"].values())
    assert [name for name, (_, shown) in styled["layers"].items() if shown] == [
        "Incidents", "Risk by district",
    ]  # fmt: skip
    assert {CLASS_COLOURS[-1], PATTERNS["no_information"].paper, BADGE} <= {*styled["project"]}


@pytest.mark.parametrize("form", ["qml", "sld10", "sld11"])
def test_a_style_by_itself_draws_classes_and_what_is_not_known(seen, form):
    found = seen["styled"]["styles"][form]
    assert found["loaded"]
    assert found["rules"][0] == "very high (≥ 1)"
    assert found["rules"][6] == "no information"
    assert CLASS_COLOURS[-1] in found["colours"]
    # Its ground and its hatching: more than one colour, none of which is a class's.
    assert PATTERNS["no_information"].paper in found["colours"]
    assert len(found["colours"]) > 5
    # Names are written in most districts, in a face that can be read (50 is QFont's normal).
    assert len(set(found["names"])) > 25
    assert found["weight"] == 50
