"""A deleted speaker is gone from the database's files, bytes and all."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent
TRAIN = json.loads((ROOT / "mfcc_train.json").read_text())
OTHERS = 12
ALIAS = "margarete-of-nowhere"


def take(start: int) -> dict:
    part = {name: TRAIN[name][start : start + 40] for name in ("mfcc", "energy", "zcr")}
    return {**part, "digit": start % 5, "frontend": TRAIN["frontend"]}


def enrol(url: str, alias: str) -> None:
    for start in (0, 60, 120, 180):
        httpx.put(f"{url}/train?speaker={alias}", json=take(start), timeout=30).raise_for_status()
    httpx.put(f"{url}/test?speaker={alias}", json=take(240), timeout=30).raise_for_status()
    httpx.put(f"{url}/score?speaker={alias}", json=take(300), timeout=30).raise_for_status()


def traces(database: Path, alias: str = ALIAS) -> list[bytes]:
    """Return byte strings that only this speaker's data hold: name, ciphertexts, plain frames."""
    mine = "SELECT {1} FROM {0} WHERE speaker_id = (SELECT id FROM speakers WHERE alias = ?)"
    with sqlite3.connect(database) as connection:
        blobs = [
            blob
            for place in (("takes", "arrays"), ("models", "arrays"), ("voiceprints", "vector"))
            for (blob,) in connection.execute(mine.format(*place), (alias,))
        ]
    assert len(blobs) == 7
    middles = [blob[at : at + 24] for blob in blobs for at in (0, len(blob) // 2, len(blob) - 24)]
    headless = [part for part in middles if not part.startswith(b"CSL1")]
    frames = [np.array(frame, np.float32).tobytes() for frame in TRAIN["mfcc"][:40]]
    return [alias.encode(), *headless, *frames]


def found(database: Path, wanted: list[bytes]) -> list[bytes]:
    paths = [database, *(Path(f"{database}{end}") for end in ("-wal", "-journal"))]
    content = b"".join(path.read_bytes() for path in paths if path.exists())
    assert b"default" in content or b"other" in content  # the files are read at all
    return [part for part in wanted if part in content]


def vacuum(database: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{database}"}
    command = [sys.executable, "-m", "cli", "vacuum"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.fixture
def crowded(live_server):
    """Return a server with many speakers, so that pages of the database are shared."""
    for number in range(OTHERS):
        enrol(live_server.url, f"other{number}" if number != OTHERS // 2 else ALIAS)
    return live_server


@pytest.mark.parametrize("path", [f"/delete?speaker={ALIAS}", f"/speakers/{ALIAS}"])
def test_nothing_is_left_in_the_files_while_the_service_runs(crowded, path):
    wanted = traces(crowded.database)
    present = found(crowded.database, wanted)
    assert wanted[0] in present and len(present) > 6
    assert httpx.delete(crowded.url + path, timeout=30).json() == {"deleted": True}
    assert found(crowded.database, wanted) == []
    assert found(crowded.database, traces(crowded.database, "other1")) != []
    assert vacuum(crowded.database).returncode == 0
    assert found(crowded.database, wanted) == []


def test_what_a_reader_keeps_alive_goes_with_vacuum(crowded):
    wanted = traces(crowded.database)
    reader = sqlite3.connect(crowded.database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM takes").fetchone()
    assert httpx.delete(f"{crowded.url}/speakers/{ALIAS}", timeout=30).json() == {"deleted": True}
    assert found(crowded.database, wanted) != []
    reader.close()
    done = vacuum(crowded.database)
    assert done.stdout == "nothing that was deleted is left in the database's files\n"
    assert found(crowded.database, wanted) == []
    assert httpx.get(f"{crowded.url}/speakers/other1", timeout=30).status_code == 200
