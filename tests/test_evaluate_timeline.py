"""`evaluate-timeline --told`: another tool's answers, as files."""

from __future__ import annotations

from pathlib import Path

from client_commands import Commands

from cepstra.evaluation.joined_meetings import SOURCES, meetings


def test_a_file_that_cannot_be_read_is_named(shared_dir: Path, tmp_path: Path) -> None:
    first = next(iter(meetings(shared_dir / "corpora", SOURCES[0], 1)))
    told = tmp_path / f"{first.name}.rttm"
    told.write_text("SPEAKER without times\n", encoding="utf-8")
    options = "--shared", shared_dir, "--seed", 1, "--told", tmp_path
    result = Commands().run("evaluate-timeline", *options)
    assert result.exit_code == 2
    assert f"{told}: " in result.stderr
    assert result.stdout == ""
