"""A full disk: callers are told, nothing is half written, and room is all that is needed."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from caller_driver import HTTP
from client_commands import Commands
from database_driver import Database
from fault_driver import Ledger, digit_message
from server_driver import free_port, start_server
from surroundings import IN_CI

FIRST_SIZE, LATER_SIZE = "2m", "16m"
STORE = {f"cepstra.{suffix}" for suffix in ("db", "db-shm", "db-wal", "key")}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a file system of its own; skip where none may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={FIRST_SIZE}", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode != 0:
        text = "NO MOUNT: only root may mount a small disk, so a full one was not tested"
        pytest.fail(text) if IN_CI and os.geteuid() == 0 else pytest.skip(text)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_is_a_507_and_room_mends_it(small_disk):
    database = Database(f"sqlite:///{small_disk}/cepstra.db")
    server = start_server(database, free_port(), workers=2, settings={"AUDIT_LOG": "none"})
    try:
        ledger = Ledger(server.url, n_speakers=10)
        full_from = fill(ledger)
        assert_refused(ledger)
        assert HTTP.get(f"{server.url}/health/ready").status_code == 200
        attempt = {name: digit_message("x")[name] for name in ("mfcc", "frontend")}
        scored = HTTP.put(f"{server.url}/score?speaker=speaker0", json=attempt)
        assert scored.status_code in (200, 409, 507)
        ledger.assert_nothing_lost()

        remount = ["mount", "-o", f"remount,size={LATER_SIZE}", str(small_disk)]
        subprocess.run(remount, check=True)
        ledger.replies.clear()
        ledger.send_all(range(full_from, full_from + 20))
        assert ledger.replies == {200: 20}
        ledger.assert_nothing_lost()
        assert database.execute("PRAGMA integrity_check") == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check") == []
    finally:
        server.stop()


def test_commands_on_a_full_disk_say_so_and_leave_no_half_of_a_file(small_disk, shared_dir):
    url, out = f"sqlite:///{small_disk}/cepstra.db", small_disk / "out.json"
    commands = Commands(DATABASE_URL=url)
    assert commands.run("migrate").exit_code == 0
    out.write_text("as before")
    with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    digit = shared_dir / "corpora" / "fsdd" / "fstheo" / "1_fstheo_0.flac"
    done = commands.run("features", digit, "--out", out)
    assert (done.exit_code, out.read_text()) == (2, "as before")
    assert f"No space left on device: '{out}'" in done.stderr
    for command in ("migrate", "vacuum", "speakers list", "export ann"):
        done = commands.run(*command.split())
        assert (done.exit_code, "full" in done.stderr) == (5, True), (command, done.stderr)
    report = json.loads(commands.run("doctor", "--json").stdout)["findings"]
    found = [each["found"] for each in report if each["check"] == "database"]
    assert any("is full: 0.0 MiB are free" in text for text in found), found
    assert {path.name for path in small_disk.iterdir()} - STORE == {"out.json", "filler"}


def fill(ledger: Ledger) -> int:
    """Send digits until ten in a row found no room, and return the number of the next."""
    for number in range(0, 600, 10):
        ledger.send_all(range(number, number + 10))
        if ledger.replies[507] >= 10:
            return number + 10
    raise AssertionError(f"the disk did not fill up: {ledger.replies}")


def assert_refused(ledger: Ledger) -> None:
    assert set(ledger.replies) == {200, 507}
    for reply in ledger.errors:
        body = reply.json()
        assert (body["code"], body["message"]) == (507, "Insufficient Storage")
        assert "nothing of this request was kept" in body["description"]
        assert reply.headers["Retry-After"] == "60"
