"""The database layout: forward, back, and the same as the tables in code."""

import sys
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError

from cepstra.store import Store, api_keys, lockouts, migrate, speakers, takes, thresholds
from cepstra.store.tables import metadata
from cepstra.store.takes import NewTake

pytestmark = pytest.mark.every_database


REVISIONS = ["base", *(f"{number:04}" for number in range(1, 23))]
NEWEST = REVISIONS[-1]
NOW = datetime.now(UTC)


@pytest.fixture
def store(empty_database):
    store = empty_database.open_as_it_is()
    migrate.upgrade(store)
    yield store
    store.close()


def fill(store: Store) -> None:
    """Put a row into every table, linked as they have to be."""
    with store.writing() as connection:
        for table in metadata.sorted_tables:
            if connection.execute(sa.select(table)).first() is None:
                connection.execute(sa.insert(table).values(made_up_row(table)))


def made_up_row(table: sa.Table) -> dict[str, object]:
    missing = [column for column in table.columns if column is not table.autoincrement_column]
    return {column.name: _value(column) for column in missing if column.name != "tenant"}


def _value(column: sa.Column) -> object:
    if isinstance(column.type, sa.JSON):
        return {"x": 0.5}
    values = {int: 1, float: 0.5, str: "1", bytes: b"CSL1", bool: True}
    return values.get(column.type.python_type, NOW)


def test_migrations_build_exactly_the_tables_in_code(store):
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_again_keeps_the_data(store):
    with store.writing() as connection:
        speakers.create(connection, "ann")
    migrate.upgrade(store)
    with store.reading() as connection:
        assert speakers.find(connection, "ann").alias == "ann"


def test_the_steps_named_here_are_all_there_are(empty_database, store):
    assert empty_database.rows()["alembic_version"] == [{"version_num": NEWEST}]
    assert migrate.LAYOUT == NEWEST


def test_a_database_of_this_layout_is_opened_without_alembic(database, monkeypatch):
    monkeypatch.setitem(sys.modules, "alembic", None)
    database.open().close()


def test_each_step_back_and_forward_keeps_what_both_layouts_hold(empty_database, store):
    fill(store)
    for before, after in pairwise(reversed(REVISIONS)):
        held = empty_database.rows()
        migrate.downgrade(store, after)
        smaller = empty_database.rows()
        common = held.keys() & smaller.keys() - {"alembic_version"}
        for table in common:
            for row, old in zip(smaller[table], held[table], strict=True):
                assert row.items() <= old.items(), (table, after)
        migrate.upgrade(store, before)
        again = empty_database.rows()
        for table in common - {"challenges", "answers", "models"}:  # emptied, or due to be remade
            (row,), (old,) = again[table], smaller[table]
            assert old.items() <= row.items(), (table, before)
        migrate.downgrade(store, after)
    migrate.upgrade(store)
    with store.writing() as connection:
        assert speakers.create(connection, "ann") is not None


def test_keys_of_before_tenants_are_of_none(store):
    migrate.downgrade(store, "0017")
    with store.writing() as connection:
        old = ("name", "key_hash", "scopes", "created_at")
        row = dict(zip(old, ("old", b"x", "admin", NOW), strict=True))
        connection.execute(sa.insert(sa.table("api_keys", *map(sa.column, old))).values(row))
    migrate.upgrade(store)
    with store.reading() as connection:
        assert api_keys.find(connection, b"x").tenant == ""


def test_speakers_of_before_are_found_by_a_name_alike(store):
    red = store.of_tenant("red")
    for whose, name in ((store, "Zoë"), (red, "zoé"), (red, "Bob")):
        with whose.writing() as connection:
            speakers.create(connection, name)
    migrate.downgrade(store, "0020")
    migrate.upgrade(store)
    with store.writing() as connection:  # a process of before goes on for a while
        connection.execute(sa.text("UPDATE speakers SET likeness = NULL WHERE alias = 'Zoë'"))
    for whose, name in ((store, "Zoë"), (red, "zoé")):
        with whose.reading() as connection:
            found = speakers.page(connection, "", 100, like="Z\u200bOE")
            assert [speaker.alias for speaker in found] == [name]
            assert speakers.page(connection, name, 100, like="zoe") == []
            plan = (
                "EXPLAIN QUERY PLAN SELECT 1 FROM speakers WHERE likeness = 'x' OR likeness IS NULL"
            )
            if store.engine.dialect.name == "sqlite":
                assert "ix_speakers_likeness" in str(connection.execute(sa.text(plan)).all())


def test_the_layout_does_not_go_back_under_tenants(store):
    shop, longest = store.of_tenant("shop"), store.of_tenant("x" * 32)
    with shop.writing() as connection:
        key = api_keys.add(connection, "new", b"y", frozenset({"admin"}), None, "shop")
        thresholds.adopt(connection, "system", 3.0)
    with longest.writing() as connection:
        speakers.create(connection, "x" * 64)
        lockouts.save(connection, "voice", "x" * 64, lockouts.Lockout(1), NOW)
    with pytest.raises(CommandError, match="got 1 speakers, 1 open keys, 1 thresholds"):
        migrate.downgrade(store, "base")
    with longest.writing() as connection:
        speakers.delete(connection, "x" * 64)
    with shop.writing() as connection:
        api_keys.revoke(connection, key)
    with pytest.raises(CommandError, match="got 0 speakers, 0 open keys, 1 thresholds"):
        migrate.downgrade(store, "base")
    with shop.writing() as connection:
        thresholds.undo(connection, "system")
    migrate.downgrade(store, "base")


def test_back_to_nothing_and_forward_again(store):
    migrate.downgrade(store, "base")
    with store.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(store)
    with store.writing() as connection:
        assert speakers.create(connection, "ann") is not None


def test_a_failed_transaction_leaves_nothing(store):
    try:
        with store.writing() as connection:
            speakers.create(connection, "ann")
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    with store.reading() as connection:
        assert speakers.find(connection, "ann") is None


def test_takes_come_back_as_they_went_in(store):
    frames = np.round(np.random.default_rng(0).normal(size=(9, 20)) * 50, 2)
    with store.writing() as connection:
        ann = speakers.obtain(connection, "ann")
        takes.append(connection, ann.id, NewTake("train", 7, {"frames": frames}))
    with store.reading() as connection:
        (take,) = takes.load(connection, ann.id)
    assert (take.role, take.digit, take.ordinal) == ("train", 7, 0)
    np.testing.assert_allclose(take.frames, frames, atol=1e-5)
