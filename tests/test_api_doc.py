"""/doc: every route is described, and the description is true."""

import pytest

from cepstra.api import ROUTES, create_app
from cepstra.config import Config


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('doc')}/cepstra.db"
    return create_app(Config(database_url=url)).test_client()


def test_every_route_is_described(client):
    described = client.get("/doc").get_json()["paths"]
    for resource, paths in ROUTES:
        for path in paths:
            if path == "/doc":
                continue
            operations = described[path.replace("<", "{").replace(">", "}")]
            assert set(operations) == {method.lower() for method in resource.methods}
            assert all(operation["summary"] for operation in operations.values())


def test_browsers_get_a_page_and_programs_get_json(client):
    page = client.get("/doc", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.mimetype == "text/html"
    document = client.get("/doc", headers={"Accept": "*/*"})
    assert document.get_json()["openapi"].startswith("3.1")


def test_replies_have_exactly_the_described_fields(client):
    document = client.get("/doc").get_json()
    frames = [[float(i * j % 7) for j in range(13)] for i in range(40)]
    for path in ("/train", "/train", "/test", "/score"):
        reply = client.put(path, json={"mfcc": frames, "digit": 1}).get_json()
        assert set(reply) == described_fields(document, path, "put")
    assert set(client.get("/status").get_json()) == described_fields(document, "/status", "get")


def described_fields(document, path, method):
    content = document["paths"][path][method]["responses"]["200"]["content"]
    schema = content["application/json"]["schema"]
    name = schema.get("anyOf", [schema])[0]["$ref"].rsplit("/", 1)[1]
    return set(document["components"]["schemas"][name]["properties"])


def test_the_message_is_described_with_its_limits(client):
    message = client.get("/doc").get_json()["components"]["schemas"]["NewTake"]
    frames = message["properties"]["mfcc"]
    assert (frames["minItems"], frames["maxItems"]) == (1, 2000)
    assert (frames["items"]["minItems"], frames["items"]["maxItems"]) == (2, 40)
    vector = message["properties"]["embedding"]
    assert (vector["minItems"], vector["maxItems"]) == (192, 192)
    assert "required" not in message  # frames or an embedding
