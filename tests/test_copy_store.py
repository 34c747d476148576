"""`copy-store`: everything goes over, either way, whatever interrupts it, and nothing is mixed."""

import pytest
import sqlalchemy as sa
from click.testing import Result
from client_commands import Commands
from database_driver import Database, sqlite_database
from example_messages import TEST, TRAIN, WORD
from surroundings import ROOT

from cepstra.api import create_app
from cepstra.store import copying
from cepstra.store.copying import Checksum, CopyError
from cepstra.store.keyring import KeyringError, make_key, parse_keys
from cepstra.store.tables import metadata

KEY = make_key()
WAYS = [("sqlite", "postgresql"), ("postgresql", "sqlite")]


@pytest.fixture
def make(tmp_path_factory, postgresql_databases):
    """Return a function (kind) -> a fresh database of that kind under KEY."""

    def new(kind: str) -> Database:
        if kind == "sqlite":
            return Database(sqlite_database(tmp_path_factory.mktemp("copy")).url, KEY)
        return Database(postgresql_databases().url, KEY)

    return new


def fill(database: Database) -> None:
    """Leave something in every table that a service with auth off writes to."""
    http = create_app(database.config()).test_client()
    for alias in ("ann", "bob", "gone"):
        assert http.post(f"/speakers/{alias}/consent", json={"version": "1"}).status_code == 200
        assert http.put(f"/speakers/{alias}/train", json={**TRAIN, "digit": 1}).status_code == 200
        assert http.put(f"/speakers/{alias}/test", json=TEST).status_code == 200
        assert http.put(f"/speakers/{alias}/score", json=TEST).status_code == 200
    assert http.delete("/speakers/gone").status_code == 200
    challenge = http.post("/challenges?speaker=nobody").get_json()
    answer = {**WORD, "challenge": challenge["challenge"], "digit": challenge["digits"][0]}
    assert http.put("/score?speaker=nobody", json=answer).status_code == 200


def copy_store(source: Database, target: Database) -> Result:
    return Commands(DATA_KEYS=KEY).run("copy-store", source.url, target.url)


def checksums(database: Database) -> dict[str, Checksum]:
    found = {}
    store = database.open_as_it_is()
    with store.reading() as connection:
        for table in metadata.sorted_tables:
            found[table.name] = Checksum()
            for row in connection.execute(sa.select(table)):
                found[table.name].add(row)
    store.close()
    return found


def last_numbers(database: Database) -> dict[str, int]:
    store = database.open_as_it_is()
    with store.reading() as connection:
        return copying.last_numbers(connection)


@pytest.mark.parametrize(("source_kind", "target_kind"), WAYS)
def test_everything_goes_over_and_is_served_there(make, source_kind, target_kind):
    source, target = make(source_kind), make(target_kind)
    fill(source)
    done = copy_store(source, target)
    assert done.exit_code == 0, done.stderr
    assert "rows were copied and compared" in done.stdout
    assert parse_keys(KEY, "KEY").current.id.hex() in done.stdout
    assert checksums(target) == checksums(source)
    assert checksums(source)["takes"].n_rows == 4
    assert last_numbers(target) == last_numbers(source)
    scores = []
    for database in (source, target):
        http = create_app(database.config()).test_client()
        scores.append(http.put("/speakers/ann/score", json=TEST).get_json()["llr"])
        assert http.post("/speakers", json={"alias": "new"}).status_code == 201
    assert scores[0] == scores[1]
    assert target.execute("SELECT id FROM speakers WHERE alias = 'new'") == [(4,)]


@pytest.mark.parametrize(("source_kind", "target_kind"), WAYS)
def test_an_interrupted_copy_is_not_served_and_goes_on(make, monkeypatch, source_kind, target_kind):
    source, target = make(source_kind), make(target_kind)
    fill(source)
    monkeypatch.setattr(copying, "BATCH", 3)
    steps = copying.copy(source.open(), target.open())
    n_rows = sum(next(steps) for _ in range(5))
    steps.close()
    assert sum(one.n_rows for one in checksums(target).values()) == n_rows + 1  # and the mark
    with pytest.raises(KeyringError, match="a copy that is not complete"):
        target.open()
    done = copy_store(source, target)
    assert done.exit_code == 0, done.stderr
    assert checksums(target) == checksums(source)
    target.open().close()


def test_a_database_with_other_data_is_refused_and_left_alone(make):
    source, target = make("sqlite"), make("postgresql")
    fill(source)
    store = target.open()
    with store.writing() as connection:
        connection.execute(sa.insert(metadata.tables["speakers"]).values(alias="eve"))
    before = checksums(target)
    done = copy_store(source, target)
    assert done.exit_code != 0
    assert "expected an empty database to copy to, got one with speakers" in done.stderr
    assert checksums(target) == before


def test_what_changed_between_two_starts_is_noticed(make):
    source, target = make("sqlite"), make("postgresql")
    fill(source)
    list(zip(copying.copy(source.open(), target.open()), range(5), strict=False))
    source.execute("UPDATE speakers SET revision = revision + 1")
    with pytest.raises(CopyError, match="speakers: source and copy differ"):
        list(copying.copy(source.open(), target.open_as_it_is()))
    with pytest.raises(KeyringError, match="a copy that is not complete"):
        target.open()


def test_a_copy_that_was_tampered_with_does_not_pass(make, monkeypatch):
    source, target = make("sqlite"), make("postgresql")
    fill(source)
    steps = copying.copy(source.open(), target.open())
    n_rows, done = copying.count_rows(source.open()), 0
    while done < n_rows:
        done += next(steps)
    target.execute("DELETE FROM scorings WHERE id = 1")
    with pytest.raises(CopyError, match="scorings: source and copy differ"):
        list(steps)


@pytest.mark.parametrize("source", ["sqlite:///missing.db", "mysql://localhost/x", "nonsense"])
def test_a_source_that_is_none_is_named(make, source):
    done = copy_store(Database(source), make("sqlite"))
    assert done.exit_code != 0 and "Traceback" not in done.stderr
    assert "there is no database at" in done.stderr or "DATABASE_URL: expected" in done.stderr
    assert not (ROOT / "missing.db").exists()
