"""The database layout: forward, back, and the same as the tables in code."""

import numpy as np
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from store import Store, migrate, speakers, takes
from store.tables import metadata
from store.takes import NewTake


def fresh_store(tmp_path) -> Store:
    store = Store(f"sqlite:///{tmp_path}/deep/down/cepstra.db")
    migrate.upgrade(store)
    return store


def test_migrations_build_exactly_the_tables_in_code(tmp_path):
    store = fresh_store(tmp_path)
    with store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_upgrading_again_keeps_the_data(tmp_path):
    store = fresh_store(tmp_path)
    with store.writing() as connection:
        speakers.create(connection, "ann")
    migrate.upgrade(store)
    with store.reading() as connection:
        assert speakers.find(connection, "ann").alias == "ann"


def test_back_to_nothing_and_forward_again(tmp_path):
    store = fresh_store(tmp_path)
    migrate.downgrade(store, "base")
    with store.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
    migrate.upgrade(store)
    with store.writing() as connection:
        assert speakers.create(connection, "ann") is not None


def test_a_failed_transaction_leaves_nothing(tmp_path):
    store = fresh_store(tmp_path)
    try:
        with store.writing() as connection:
            speakers.create(connection, "ann")
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        pass
    with store.reading() as connection:
        assert speakers.find(connection, "ann") is None


def test_takes_come_back_as_they_went_in(tmp_path):
    store = fresh_store(tmp_path)
    frames = np.round(np.random.default_rng(0).normal(size=(9, 20)) * 50, 2)
    with store.writing() as connection:
        ann = speakers.obtain(connection, "ann")
        arrays = {"frames": frames, "energy": frames[:, 0] ** 2}
        takes.append(connection, ann.id, NewTake("train", 7, arrays))
    with store.reading() as connection:
        (take,) = takes.load(connection, ann.id)
    assert (take.role, take.digit, take.ordinal) == ("train", 7, 0)
    np.testing.assert_allclose(take.frames, frames, atol=1e-5)
    np.testing.assert_allclose(take.energy, frames[:, 0] ** 2, rtol=1e-6)
