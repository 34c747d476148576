"""Files and addresses that integrations/oidc is given."""

from __future__ import annotations

import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from oidc_driver import run_oidc
from surroundings import ROOT


def test_a_file_of_clients_that_would_let_others_in_is_refused(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "integrations"))
    from oidc.clients import read_clients

    public = json.loads(
        jwt.algorithms.OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate().public_key())
    )
    good = {"name": "x", "secret_sha256": "0" * 64, "redirect_uris": ["https://x.example/back"]}
    good["hint_keys"] = {"keys": [public]}
    path = tmp_path / "clients.json"
    path.write_text(json.dumps({"x": good}))
    assert not read_clients(path)["x"].check_redirect_uri("https://x.example")
    shared = {"keys": [{"kty": "oct", "k": "AAAA"}]}
    for member, value in (
        ("redirect_uris", "https://x.example/back"),
        ("redirect_uris", ["http://x.example/back"]),
        ("secret_sha256", "secret"),
        ("hint_keys", shared),
        ("hint_keys", {"keys": []}),
        ("hint", None),
    ):
        path.write_text(json.dumps({"x": {**good, member: value}}))
        with pytest.raises(ValueError, match="client x: .*expected .*got"):
            read_clients(path)


def test_a_command_with_a_wrong_file_or_address_says_so_in_one_line(tmp_path):
    keys = tmp_path / "keys.json"
    keys.write_text("{}")
    good = run_oidc(tmp_path, "make-keys").stdout
    for uri, content in (("https://x.example/back", "{}"), ("x.example/back", good)):
        keys.write_text(content)
        command = ["make-client", "x", uri, "--hint-keys", keys]
        with pytest.raises(AssertionError, match=r"\AError: .*expected .*, got"):
            run_oidc(tmp_path, *command)
