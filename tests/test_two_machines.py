"""Two machines on one database act as one: nothing is lost, and none serves an older model."""

import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from example_messages import TEST, TRAIN
from test_store_durability import assert_consistent, confirmed

pytestmark = pytest.mark.every_database

FRONT_END, N_TAKES = TRAIN["frontend"], 24


@pytest.fixture(scope="module")
def machines(new_database, serve):
    """Return two servers with workers of their own on one database."""
    database = new_database()
    return [serve(database, workers=2) for _ in range(2)]


@pytest.fixture
def clients(machines):
    opened = [httpx.Client(base_url=server.url, timeout=60) for server in machines]
    opened[0].delete("/delete").raise_for_status()
    opened[0].put("/train", json=confirmed(0, FRONT_END)).raise_for_status()
    opened[0].put("/test", json={**TEST, "confirm_voice": True}).raise_for_status()
    yield opened
    for client in opened:
        client.close()


def llr(client: httpx.Client) -> float:
    return client.put("/score", json=TEST).raise_for_status().json()["llr"]


def test_what_one_has_acknowledged_the_other_uses(clients):
    before = None
    for index in range(1, 9):
        here, there = clients[index % 2], clients[1 - index % 2]
        here.put("/train", json=confirmed(index, FRONT_END)).raise_for_status()
        scores = [llr(client) for client in (there, here, there)]  # by either worker
        assert len(set(scores)) == 1 and scores[0] != before
        ranking = there.put("/identify", json=TEST).raise_for_status().json()["ranking"]
        assert ranking[0]["llr"] == pytest.approx(scores[0], abs=1e-4)
        before = scores[0]
    there.delete("/delete").raise_for_status()
    assert here.put("/score", json=TEST).status_code == 409
    assert here.put("/identify", json=TEST).json()["ranking"] == []


def test_training_and_scoring_one_speaker_at_once_loses_nothing(machines, clients):
    training = threading.Event()
    training.set()

    def train(index: int) -> int:
        return clients[index % 2].put("/train", json=confirmed(index, FRONT_END)).status_code

    def score(number: int) -> set[int]:
        codes = set()
        while training.is_set():
            codes.add(clients[number % 2].put("/score", json=TEST).status_code)
        return codes

    with ThreadPoolExecutor(4) as scorers, ThreadPoolExecutor(4) as trainers:
        scored = [scorers.submit(score, number) for number in range(4)]
        trained = list(trainers.map(train, range(1, N_TAKES)))
        training.clear()
    assert set(trained) == {200}
    assert all(future.result() == {200} for future in scored)
    for server in machines:
        assert_consistent(server, N_TAKES, N_TAKES, FRONT_END)
    if not machines[0].database.is_sqlite:
        circles = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert machines[0].database.execute(circles) == [(0,)]
    assert llr(clients[0]) == llr(clients[1])


def test_one_answer_to_a_challenge_is_the_last_whichever_machine_gets_it(clients):
    asked = clients[0].post("/challenges?speaker=nobody").raise_for_status().json()
    segments = [{"digit": digit, "frames": 40} for digit in asked["digits"]]
    speech = {"mfcc": TRAIN["mfcc"][:200], "frontend": FRONT_END, "segments": segments}
    answer = {**speech, "challenge": asked["challenge"]}

    def send(index: int) -> int:
        return clients[index % 2].put("/score?speaker=nobody", json=answer).status_code

    with ThreadPoolExecutor(8) as pool:
        codes = sorted(pool.map(send, range(8)))
    assert codes == [200] + 7 * [409]
