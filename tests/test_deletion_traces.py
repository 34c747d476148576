"""A deleted speaker is gone from the database's files, bytes and all."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from caller_driver import HTTP
from click.testing import Result
from client_commands import Commands
from database_driver import Database, sqlite_database
from example_messages import TRAIN, part
from postgresql_driver import PostgresqlServer
from server_driver import LiveServer

OTHERS = 10
ALIASES = ("margarete-of-nowhere", "hedwig-of-nowhere", "agathe-of-nowhere")


def take(start: int) -> dict:
    return {**part(TRAIN, start, start + 40), "digit": start % 5}


def enrol(url: str, alias: str) -> None:
    for start in (0, 60, 120, 180):
        HTTP.put(f"{url}/train?speaker={alias}", json=take(start)).raise_for_status()
    HTTP.put(f"{url}/test?speaker={alias}", json=take(240)).raise_for_status()
    HTTP.put(f"{url}/score?speaker={alias}", json=take(300)).raise_for_status()


def traces(database: Database, alias: str) -> list[bytes]:
    """Return byte strings that only this speaker's data hold: name, ciphertexts, plain frames."""
    mine = "SELECT {1} FROM {0} WHERE speaker_id = (SELECT id FROM speakers WHERE alias = :alias)"
    blobs = [
        blob
        for place in (("takes", "arrays"), ("models", "arrays"), ("voiceprints", "vector"))
        for (blob,) in database.execute(mine.format(*place), alias=alias)
    ]
    assert len(blobs) == 7
    middles = [blob[at : at + 24] for blob in blobs for at in (0, len(blob) // 2, len(blob) - 24)]
    headless = [part for part in middles if not part.startswith(b"CSL1")]
    frames = [np.array(frame, np.float32).tobytes() for frame in TRAIN["mfcc"][:40]]
    return [alias.encode(), *headless, *frames]


def files(database: Database) -> list[Path]:
    return [database.path, *(Path(f"{database.path}{end}") for end in ("-wal", "-journal"))]


def files_of_postgresql(server: PostgresqlServer, database: Database) -> list[Path]:
    """Return the files of tables and indexes, after everything was written to them."""
    database.execute("CHECKPOINT")
    own = "SELECT oid FROM pg_database WHERE datname = current_database()"
    ((number,),) = database.execute(own)
    return sorted((server.data / "base" / str(number)).iterdir())


def found(paths: list[Path], wanted: list[bytes]) -> list[bytes]:
    content = b"".join(path.read_bytes() for path in paths if path.exists())
    assert b"default" in content or b"other" in content  # the files are read at all
    return [part for part in wanted if part in content]


def vacuum(database: Database) -> Result:
    return Commands(**database.settings).run("vacuum")


def enrol_many(server: LiveServer, aliases: Sequence[str]) -> LiveServer:
    """Enrol so many that pages of the database are shared, those to be deleted in the middle."""
    others = [f"other{number}" for number in range(OTHERS)]
    for alias in (*others[: OTHERS // 2], *aliases, *others[OTHERS // 2 :]):
        enrol(server.url, alias)
    return server


@pytest.fixture(scope="module")
def crowded(tmp_path_factory, serve):
    return enrol_many(serve(sqlite_database(tmp_path_factory.mktemp("crowded"))), ALIASES)


@pytest.mark.parametrize(
    ("alias", "path"),
    [(ALIASES[0], f"/delete?speaker={ALIASES[0]}"), (ALIASES[1], f"/speakers/{ALIASES[1]}")],
)
def test_nothing_is_left_in_the_files_while_the_service_runs(crowded, alias, path):
    wanted = traces(crowded.database, alias)
    present = found(files(crowded.database), wanted)
    assert wanted[0] in present and len(present) > 6
    assert HTTP.delete(crowded.url + path).json() == {"deleted": True}
    assert found(files(crowded.database), wanted) == []
    assert found(files(crowded.database), traces(crowded.database, "other1")) != []
    assert vacuum(crowded.database).exit_code == 0
    assert found(files(crowded.database), wanted) == []


def test_what_a_reader_keeps_alive_goes_with_vacuum(crowded):
    alias = ALIASES[2]
    wanted = traces(crowded.database, alias)
    reader = sqlite3.connect(crowded.database.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM takes").fetchone()
    assert HTTP.delete(f"{crowded.url}/speakers/{alias}").json() == {"deleted": True}
    assert found(files(crowded.database), wanted) != []
    reader.close()
    done = vacuum(crowded.database)
    assert done.stdout == "nothing that was deleted is left in the database's files\n"
    assert found(files(crowded.database), wanted) == []
    assert HTTP.get(f"{crowded.url}/speakers/other1").status_code == 200


@pytest.fixture
def crowded_postgresql(postgresql_url, postgresql_server, postgresql_databases, serve):
    if postgresql_url != postgresql_server.url:
        pytest.skip("NO POSTGRESQL OF OUR OWN: files of one that a variable names are not read")
    return enrol_many(serve(postgresql_databases()), ALIASES[:1])


def test_postgresql_needs_vacuum_to_forget_in_its_files(crowded_postgresql, postgresql_server):
    database = crowded_postgresql.database
    wanted = traces(database, ALIASES[0])
    for table in ("speakers", "takes"):  # its planner's examples hold names, too
        database.execute(f"ANALYZE {table}")
    assert HTTP.delete(f"{crowded_postgresql.url}/speakers/{ALIASES[0]}").is_success
    dump = database.dump()
    assert not [part for part in wanted if part in dump]
    assert len(found(files_of_postgresql(postgresql_server, database), wanted)) > 6
    assert "write-ahead log" in vacuum(database).stdout
    left = found(files_of_postgresql(postgresql_server, database), wanted)
    assert left == []
    assert HTTP.get(f"{crowded_postgresql.url}/speakers/other1").is_success
