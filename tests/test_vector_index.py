"""An index of plain voiceprints in PostgreSQL: only when asked for, exact as it can be, and gone
with the speaker."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from caller_driver import HTTP
from click.testing import Result
from client_commands import Commands
from example_messages import OTHER, TEST, TRAIN, part
from test_gallery import FRONT_END, SYSTEM, D, aliases, forget, unit, write

from cepstra.api import create_app
from cepstra.config import Config, SettingError
from cepstra.store import migrate, speakers, vector_index
from cepstra.store.vector_index import VectorIndexError
from cepstra.verification.gallery import Galleries, Gallery, IndexedGallery

ON = {"VOICEPRINT_INDEX": "pgvector"}


@pytest.fixture
def database(postgresql_databases):
    return postgresql_databases()


@pytest.fixture
def store(store):
    vector_index.prepare(store, SYSTEM, D)
    return store


@pytest.fixture
def gallery():
    return IndexedGallery(SYSTEM, FRONT_END)


def tables(database) -> set[str]:
    found = database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    return {name for (name,) in found}


def run_cli(database, *arguments: str) -> Result:
    return Commands(**database.settings).run(*arguments)


def test_any_order_of_events_finds_what_a_search_in_memory_finds(store, gallery):
    rng = np.random.default_rng(5)
    for step in range(100):
        alias = f"s{rng.integers(25)}"
        with store.reading() as connection:
            known = speakers.find(connection, alias) is not None
        if known and rng.random() < 0.4:
            forget(store, alias)
        else:
            system = SYSTEM if rng.random() < 0.8 else "system-0"
            write(store, alias, unit(1000 + step) if rng.random() < 0.9 else None, system)
        if rng.random() < 0.3:
            probe = unit(step)
            found = gallery.nearest(store, probe, 10)
            expected = Gallery(SYSTEM, FRONT_END).nearest(store, probe, 10)
            assert found.candidates == expected.candidates
            assert found.n_speakers == expected.n_speakers


def test_voices_of_tenants_stay_out_of_the_index_and_are_found_by_their_own_alone(store, database):
    galleries, shop = Galleries(IndexedGallery), store.of_tenant("shop")
    write(shop, "ann", unit(1))
    write(store, "bob", unit(2))
    for seen, tenant, found in ((store, "", ["bob"]), (shop, "shop", ["ann"])):
        result = galleries.of(SYSTEM, FRONT_END, tenant).nearest(seen, unit(1), 5)
        assert (aliases(result), result.n_speakers, result.n_left_out) == (found, 1, 0)
    assert database.execute("SELECT count(*) FROM voiceprint_vectors") == [(1,)]


def test_the_vector_goes_with_the_speaker_in_one_transaction(store, gallery, database):
    for seed, alias in enumerate(("ann", "bob")):
        write(store, alias, unit(seed))
    gallery.nearest(store, unit(0), 1)
    with pytest.raises(KeyboardInterrupt), store.writing() as connection:
        speakers.delete(connection, "ann")
        raise KeyboardInterrupt
    assert database.execute("SELECT count(*) FROM voiceprint_vectors") == [(2,)]
    forget(store, "ann")
    assert database.execute("SELECT count(*) FROM voiceprint_vectors") == [(1,)]
    assert aliases(gallery.nearest(store, unit(0), 5)) == ["bob"]
    write(store, "bob", None)
    assert database.execute("SELECT count(*) FROM voiceprint_vectors") == [(0,)]


def test_an_index_of_another_system_is_left_to_it_until_it_is_made_anew(store, database):
    newer = IndexedGallery("system-2", FRONT_END)
    write(store, "ann", unit(1), "system-2")
    assert aliases(newer.nearest(store, unit(1), 5)) == ["ann"]  # in memory
    assert database.execute("SELECT system FROM voiceprint_index") == [(SYSTEM,)]
    vector_index.prepare(store, "system-2", D)
    assert database.execute("SELECT system FROM voiceprint_index") == [("system-2",)]
    assert database.execute("SELECT count(*) FROM voiceprint_vectors") == [(1,)]
    assert aliases(newer.nearest(store, unit(1), 5)) == ["ann"]


def test_searches_writers_and_deletions_at_once_end_alike(store, gallery):
    def act(step: int) -> None:
        alias = f"s{step % 7}"
        if step % 3 == 0:
            gallery.nearest(store, unit(step), 5)
        elif step % 5 == 0:
            with store.writing() as connection:
                speakers.delete(connection, alias)
        else:
            write(store, alias, unit(step))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(act, range(150)))
    for seed in range(5):
        in_memory = Gallery(SYSTEM, FRONT_END).nearest(store, unit(seed), 7)
        assert gallery.nearest(store, unit(seed), 7).candidates == in_memory.candidates


def test_a_service_identifies_by_it_and_every_machine_sees_what_others_wrote(server_factory):
    servers = [server_factory(**ON) for _ in range(2)]
    for alias, message in (("ann", TRAIN), ("bob", part(OTHER, 0, 250))):
        address = f"{servers[0].url}/speakers/{alias}/train"
        HTTP.put(address, json=message, timeout=30).raise_for_status()
        replies = [HTTP.put(f"{s.url}/identify", json=TEST, timeout=30) for s in servers]
        assert {reply.json()["speaker"] for reply in replies} == {"ann"}
    assert replies[1].json()["n_speakers"] == 2
    HTTP.delete(f"{servers[0].url}/speakers/ann", timeout=30).raise_for_status()
    reply = HTTP.put(f"{servers[1].url}/identify", json=TEST, timeout=30).json()
    assert (reply["n_speakers"], [rank["alias"] for rank in reply["ranking"]]) == (1, ["bob"])


def test_nothing_lies_in_plain_unless_it_is_asked_for(database, caplog):
    client = create_app(database.config()).test_client()
    assert client.put("/train", json=TRAIN).status_code == 200
    assert "voiceprint_vectors" not in tables(database)
    assert run_cli(database, "index-voiceprints").stdout == "1 voiceprints are in the index\n"
    create_app(database.config())
    assert "index-voiceprints --drop" in caplog.text
    assert run_cli(database, "index-voiceprints", "--drop").stdout == "the index was deleted\n"
    assert run_cli(database, "index-voiceprints", "--drop").stdout == "there is no index\n"
    assert not {"voiceprint_vectors", "voiceprint_index"} & tables(database)


def test_the_layout_goes_back_and_forward_with_an_index_in_it(store, database):
    write(store, "ann", unit(1))
    vector_index.catch_up(store, SYSTEM)
    migrate.downgrade(store, "base")
    assert tables(database) == {"alembic_version"}
    migrate.upgrade(store)


def test_without_the_extension_everything_else_works(database, server_factory, capfd):
    name = database.url.rpartition("/")[2]
    database.execute(f"ALTER DATABASE {name} SET extension_control_path = '/nowhere'")
    store = database.open()
    with pytest.raises(VectorIndexError, match="pgvector cannot be enabled in this database"):
        vector_index.require(store)
    migrate.downgrade(store, "base")
    migrate.upgrade(store)
    client = create_app(database.config()).test_client()
    assert client.put("/train", json=TRAIN).status_code == 200
    assert client.put("/identify", json=TEST).get_json()["speaker"] == "default"
    with pytest.raises(RuntimeError, match="the server ended with status 2"):
        server_factory(**ON)
    assert "Cepstra does not start. VOICEPRINT_INDEX: pgvector cannot" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("index", "problem"), [("faiss", "expected memory or pgvector"), ("pgvector", "PostgreSQL")]
)
def test_settings_that_do_not_fit_are_refused(index, problem):
    with pytest.raises(SettingError, match=f"VOICEPRINT_INDEX: .*{problem}"):
        Config(voiceprint_index=index).check()
