"""integrations/oidc by itself: which assertions of Cepstra it believes."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from surroundings import ROOT


def test_the_log_tells_why_an_assertion_is_not_believed(monkeypatch, caplog):
    monkeypatch.syspath_prepend(str(ROOT / "integrations"))
    from oidc.hint import Person
    from oidc.voice import Voice

    key = Ed25519PrivateKey.generate()
    public = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key()))
    keys = jwt.PyJWKSet([{**public, "kid": "1"}])
    monkeypatch.setattr(jwt.PyJWKClient, "get_jwk_set", lambda *_: keys)
    names = {"assertion_audience": "shop", "assertion_issuer": "cepstra"}
    voice = Voice(SimpleNamespace(cepstra_url="http://127.0.0.1", cepstra_key="k", **names))
    claims = dict.fromkeys(("jti", "sub", "decision", "challenge", "digits"), "")
    claims |= {"iss": "cepstra", "aud": "relying-party", "exp": int(time.time()) + 60}
    assertion = jwt.encode(claims, key, "EdDSA", {"kid": "1"})
    assert not voice.accepts(assertion, Person("ann", "subject"), "challenge")
    assert "InvalidAudienceError" in caplog.text
