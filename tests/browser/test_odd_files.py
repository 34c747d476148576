"""Odd sound files through page and command line: the same speech, the same refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from file_page import FilePage
from mixed_files import MIXED_FILES
from odd_files import ODD_FILES, OddFile
from sound_maker import Maker
from torn_files import TORN_FILES

from cepstra.cli._recordings import Speech
from cepstra.frontend.audio import AudioError

DELAY_S = 0.35  # of codecs, and what the first frames of a stream that begins anywhere lack
LIKE_S = 0.25  # by which page and command line may differ: encoders' delays are cut or not


@pytest.mark.parametrize("odd", [*ODD_FILES, *TORN_FILES, *MIXED_FILES], ids=lambda odd: odd.name)
def test_page_and_command_line_agree(odd: OddFile, files: FilePage, speech, tmp_path):
    path = tmp_path / odd.name
    path.write_bytes(odd.make(Maker(tmp_path, speech)))
    page, line = files.read(path), by_command_line(path)
    print(f"{odd.name}: page {told(page)}, command line {line}")
    if odd.page_code:
        assert page["code"] == odd.page_code, page
        return
    if odd.share is None:
        assert page.get("code") == odd.code, told(page)
        assert isinstance(line, str)
        return
    assert "speech_s" in page, page
    assert page["speech_s"] == pytest.approx(line, abs=LIKE_S)
    codes = {warning["code"] for warning in page["warnings"]} - {"narrow-band", "clipped"}
    assert bool(codes) == bool(odd.said), codes


HANDED = ("*.wav", "*.mp3", "*.ogg", "*.m4a", "*.mp4", "*.webm", "folder-3gp/*/*")
REFUSED = {"wav-half.wav", "webm-mediarecorder-half.webm"}
UNSUPPORTED = {"alac.m4a"}


def test_the_handed_cases(files: FilePage, shared_dir: Path) -> None:
    cases = sorted(path for kind in HANDED for path in (shared_dir / "cases").glob(kind))
    if not cases:
        pytest.skip("NO CASES: ../shared/cases is missing, so the handed files were not read")
    for path in cases:
        page, line = files.read(path), by_command_line(path)
        print(f"{path.name:32} page: {told(page):60} command line: {line}")
        if path.name in REFUSED:
            assert page["code"] == "cut-short", path.name
            assert "could be read" in page["message"] and "could be read" in str(line)
        elif path.name in UNSUPPORTED:
            assert "Apple Lossless" in page["message"]
            assert isinstance(line, float) and line > 1
        else:
            assert page["speech_s"] == pytest.approx(line, abs=LIKE_S), path.name
            assert page["speech_s"] > 0.5


def by_command_line(path: Path) -> float | str:
    """Return the seconds of speech that the command line finds, or why it refuses."""
    try:
        return Speech().attempt([path]).speech_s
    except AudioError as error:
        return str(error)


def told(page: dict) -> str:
    return page.get("message") or f"{page['speech_s']:.2f} s, {page['warnings']}"
