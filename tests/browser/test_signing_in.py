"""The page says whether callers have to sign in, and signs them in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from playwright.sync_api import expect


@pytest.fixture
def silence_wav(write_wav: Callable):
    """Return a WAV without speech: nothing here listens."""
    return write_wav("silence", [np.zeros(8000)])


def test_a_service_without_auth_says_so(live_server, open_page, silence_wav) -> None:
    page = open_page(live_server.url, silence_wav)
    expect(page.page.locator("#access-note")).to_contain_text("Auth is off")
