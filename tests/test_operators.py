"""What operators are handed: Grafana's board over our numbers, and the chart for Kubernetes.

chart_renderer.py knows the part of Helm's templates that the chart uses; where Helm is, both agree.
"""

import json
import re
import shutil
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
import yaml
from chart_renderer import render
from prometheus_client import REGISTRY

import cepstra.monitoring.metrics  # noqa: F401  (makes the metrics)
from cepstra.api import ROUTES
from cepstra.cli.make_secrets import FRESH
from cepstra.config import Config

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
OPERATIONS = (DEPLOY.parent / "docs" / "operations.md").read_text()
CHART = DEPLOY / "helm" / "cepstra"
VALUES = yaml.safe_load((CHART / "values.yaml").read_text())
SETTINGS = {name.upper() for name in Config.__dataclass_fields__}
SUFFIX = {"counter": "_total"}
PATHS = {path for _, paths in ROUTES for path in paths}


def test_the_board_asks_for_every_number_that_there_is_and_for_no_other():
    board = json.loads((DEPLOY / "grafana" / "cepstra.json").read_text())
    asked = set()
    for panel in board["panels"]:
        for target in panel["targets"]:
            asked |= set(re.findall(r"cepstra_\w+", target["expr"]))
    made = {f"{family.name}{SUFFIX.get(family.type, '')}" for family in REGISTRY.collect()}
    documented = set(re.findall(r"\| `(cepstra_\w+)`", OPERATIONS))
    assert {name.removesuffix("_bucket") for name in asked} == documented
    assert documented - made == {"cepstra_backlog", "cepstra_info"}  # made when asked for
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def rendered(**changed):
    values = {**VALUES, "existingSecret": "voice-secrets", **changed}
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema_rs.validator_for(schema).validate(values)
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    known = {"Values": values, "Release": {"Name": "voice", "Service": "Helm"}}
    known["Chart"] = {"Name": chart["name"], "AppVersion": chart["appVersion"]}
    texts = [render(path.read_text(), known) for path in sorted(CHART.glob("templates/*.yaml"))]
    documents = [document for document in map(yaml.safe_load, texts) if document]
    return {document["kind"]: document for document in documents}


def test_the_chart_starts_the_image_as_it_wants_to_be_started():
    made = rendered()
    assert set(made) == {"Deployment", "Service"}
    spec = made["Deployment"]["spec"]
    pod = spec["template"]["spec"]
    (container,), (migrate,) = pod["containers"], pod["initContainers"]
    assert made["Service"]["spec"]["selector"] == spec["selector"]["matchLabels"]
    assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()
    assert migrate["command"] == ["python", "-m", "cepstra", "migrate"]
    for each in (container, migrate):
        assert each["envFrom"] == [{"secretRef": {"name": "voice-secrets"}}]
        assert each["securityContext"]["readOnlyRootFilesystem"] is True
    named = {entry["name"] for entry in container["env"]}
    assert named == set(VALUES["settings"]) and named <= SETTINGS
    Config.from_environment({entry["name"]: entry["value"] for entry in container["env"]})
    probes = ("livenessProbe", "readinessProbe", "startupProbe")
    assert {container[probe]["httpGet"]["path"] for probe in probes} <= PATHS
    served = (DEPLOY.parent / "cepstra" / "server" / "gunicorn_conf.py").read_text()
    needed_s = int(re.search(r"graceful_timeout = (\d+)", served)[1])
    assert pod["terminationGracePeriodSeconds"] > needed_s


def test_helm_finds_no_fault_and_makes_of_the_chart_what_these_tests_look_at(tmp_path):
    helm = shutil.which("helm")
    if helm is None:
        pytest.skip("NO HELM: `helm lint` was not run, and templates were rendered by the tests")
    values = tmp_path / "values.json"
    open_to_all = {**VALUES["ingress"], "enabled": True, "host": "voice.example"}
    for ingress in (
        VALUES["ingress"],
        {**open_to_all, "tlsSecret": "t", "annotations": {"a": "b"}},
    ):
        values.write_text(json.dumps({"existingSecret": "voice-secrets", "ingress": ingress}))
        found = [
            subprocess.run(
                [helm, *words, str(CHART), "--values", values],
                capture_output=True,
                text=True,
                check=False,
            )
            for words in (("lint", "--strict"), ("template", "voice"))
        ]
        assert [done.returncode for done in found] == [0, 0], found
        documents = filter(None, yaml.safe_load_all(found[1].stdout))
        assert {each["kind"]: each for each in documents} == rendered(ingress=ingress)


def test_kubernetes_knows_every_field_of_the_chart_from_its_oldest_version_on():
    kubernetes = pytest.importorskip(
        "kubernetes_validate", reason="NO SCHEMAS OF KUBERNETES: `make chart` brings them"
    )
    oldest = yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"]
    ingress = {**VALUES["ingress"], "enabled": True, "host": "voice.example", "tlsSecret": "tls"}
    made = rendered(ingress=ingress)
    assert set(made) == {"Deployment", "Ingress", "Service"}
    for version in (re.search(r"[\d.]+", oldest)[0], kubernetes.latest_version()):
        for document in made.values():
            kubernetes.validate(document, version, strict=True)
    made["Service"]["spec"]["prots"] = []
    with pytest.raises(kubernetes.ValidationError, match="prots"):
        kubernetes.validate(made["Service"], kubernetes.latest_version(), strict=True)


def test_the_chart_keeps_secrets_out_of_its_values_and_wants_one_named():
    for name in (*FRESH, "DATABASE_URL", "WEBHOOK_SECRET"):
        with pytest.raises(jsonschema_rs.ValidationError):
            rendered(settings={name: "x"})
    with pytest.raises(ValueError, match="existingSecret: name a secret"):
        rendered(existingSecret="")
    with pytest.raises(jsonschema_rs.ValidationError):
        rendered(replicas=0)


def test_an_ingress_has_a_host_and_tls_or_there_is_none():
    own = {**VALUES["ingress"], "enabled": True, "annotations": {"a": "b"}}
    with pytest.raises(jsonschema_rs.ValidationError):
        rendered(ingress=own)
    made = rendered(ingress={**own, "host": "voice.example", "tlsSecret": "tls"})["Ingress"]
    assert made["spec"]["tls"] == [{"hosts": ["voice.example"], "secretName": "tls"}]
    (rule,) = made["spec"]["rules"]
    assert rule["http"]["paths"][0]["backend"]["service"]["name"] == "voice"
    assert made["metadata"]["annotations"] == {"a": "b"}
