"""/doc: every route is described, and the description is true."""

import pytest

from cepstra.api import create_app


@pytest.fixture(scope="module")
def client(new_database):
    return create_app(new_database().config()).test_client()


def test_browsers_get_a_page_and_programs_get_json(client):
    page = client.get("/doc", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert page.mimetype == "text/html"
    document = client.get("/doc", headers={"Accept": "*/*"})
    assert document.get_json()["openapi"].startswith("3.1")


def test_the_message_is_described_with_its_limits(client):
    message = client.get("/doc").get_json()["components"]["schemas"]["NewTake"]
    frames = message["properties"]["mfcc"]
    assert (frames["minItems"], frames["maxItems"]) == (1, 2000)
    assert (frames["items"]["minItems"], frames["items"]["maxItems"]) == (2, 40)
    vector = message["properties"]["embedding"]
    assert (vector["minItems"], vector["maxItems"]) == (192, 192)
    assert "required" not in message  # frames or an embedding
