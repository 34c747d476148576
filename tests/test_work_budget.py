"""No call is long, and no caller has the processor for long."""

from __future__ import annotations

import gzip
import queue
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress

import numpy as np
import pytest
from caller_driver import HTTP, bearer, make_key
from digit_speaker import VOICE, joined, spoken
from gunicorn.config import Config
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from limits.storage import storage_from_string

from cepstra.api import create_app
from cepstra.digits import replay_match
from cepstra.resources import rate_limits
from cepstra.server.request_buffer import RequestBuffer
from cepstra.store.takes import Take
from cepstra.verification import attempts
from cepstra.verification.classic_verifier import MOST_FITTED_FRAMES, ClassicVerifier, thinned
from cepstra.verification.verify import verify

MOST_S = 2.0


def test_the_longest_enrolment_of_the_classic_design_is_short():
    random = np.random.default_rng(0)
    ClassicVerifier().build([Take("train", 1, 0, random.normal(size=(50, 40)))])  # imports
    takes = [Take("train", 1, n, random.normal(size=(2000, 40))) for n in range(60)]
    began = time.process_time()
    built = ClassicVerifier().build(takes)
    assert time.process_time() - began < MOST_S  # the last of sixty took 15 s
    assert built.summary["train_data_length"] == 30 * 2000


def test_frames_are_thinned_from_the_first_to_the_last():
    frames = np.arange(3 * MOST_FITTED_FRAMES)[:, None]
    kept = thinned(frames)[:, 0]
    assert (len(kept), kept[0], kept[-1]) == (MOST_FITTED_FRAMES, 0, len(frames) - 1)
    assert set(np.diff(kept)) <= {3, 4}
    np.testing.assert_array_equal(thinned(frames[:9]), frames[:9])


def test_long_messages_are_compared_with_long_takes_in_little_memory():
    random = np.random.default_rng(0)
    new, known = (
        [replay_match.fingerprint(random.normal(size=(1000, 20))) for _ in range(n)]
        for n in (4, 40)
    )
    known[7][300:400] = new[2][500:600]
    tracemalloc.start()
    found = replay_match.matches(new, known)
    most_mb = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    assert np.argwhere(found).tolist() == [[2, 7]]
    assert most_mb < 150  # 120 takes of twice the length took 2.2 GB


def test_a_body_in_the_smallest_chunks_is_soon_read():
    head, body = b"PUT /train HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"mfcc" * 40_000
    began = time.process_time()
    buffer = RequestBuffer(2**20, head)
    buffer.add(b"".join(b"1\r\n%c\r\n" % byte for byte in body) + b"0\r\nX: y\r\n\r\nGET /next")
    assert buffer.is_whole and not buffer.fault
    received = IterUnreader([bytes(buffer.data)])
    assert Request(Config(), received, ("127.0.0.1", 1)).body.read() == body
    assert received.take_buffered() == b"GET /next"
    assert time.process_time() - began < MOST_S  # took 19 s, of anybody's request


def test_a_body_that_comes_byte_by_byte_costs_little_behind_a_long_head():
    head = b"PUT /train HTTP/1.1\r\nContent-Length: 900000\r\n" + b"X: aaaaaaaa\r\n" * 2400
    buffer = RequestBuffer(2**20, head + b"\r\n")
    began = time.process_time()
    for _ in range(30_000):
        buffer.add(b"{")
        assert not buffer.is_whole and not buffer.take_expectation()
    assert time.process_time() - began < MOST_S  # took 4 s


def test_answers_of_one_speaker_that_come_at_once_are_judged_once_each(
    database, shared_dir, monkeypatch
):
    client = create_app(database.config()).test_client
    for digit in range(3):
        take = {**spoken(shared_dir, VOICE, digit, 0), "digit": digit}
        assert client().put("/train?speaker=ann", json=take).status_code == 200
    all_at_once, judged = threading.Barrier(4), []

    def judge(*asked):
        judged.append(asked)
        with suppress(threading.BrokenBarrierError):
            all_at_once.wait(0.5)
        return verify(*asked)

    monkeypatch.setattr(attempts, "verify", judge)

    def answer(take):
        posed = client().post("/challenges?speaker=ann&digits=3").json
        said = [spoken(shared_dir, VOICE, digit, take) for digit in posed["digits"]]
        body = {**joined(said, posed["digits"]), "challenge": posed["challenge"]}
        return client().put("/score?speaker=ann", json=body).status_code

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(answer, range(1, 5))) == [200] * 4
    assert len(judged) == 4  # up to ten, of the longest answers 16 s


def test_takes_are_kept_up_to_four_minutes(module_server):
    for n in range(13):
        message = {"mfcc": [[n, n % 3], [1, n]] * 1000, "take": f"take-{n}"}
        HTTP.put(f"{module_server.url}/train?speaker=long", json=message).raise_for_status()
    kept = HTTP.get(f"{module_server.url}/status?speaker=long").json()
    assert kept["mfcc_train_store_length"] == 24_000
    names = [take["take"] for take in kept["training_log"]]
    assert names == [f"take-{n}" for n in range(12, 0, -1)]


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/score", '{"mfcc": [[1, 2]], "segments": [%s]}', "segments"),
        ("/import?speaker=ann", '{"takes": [%s]}', "takes"),
        ("/keys", '{"name": "till", "scopes": [%s]}', "scopes"),
    ],
)
def test_a_list_is_measured_before_it_is_read(module_server, path, body, field):
    method, url = "POST" if path == "/keys" else "PUT", module_server.url + path
    told = {"Content-Type": "application/json"}
    content = body % ",".join(["{}"] * 100_000)
    reply = HTTP.request(method, url, content=content, headers=told)
    assert reply.status_code == 400
    assert list(reply.json()["errors"]) == [field]
    assert len(reply.content) < 1000  # it was 21 MB, which took 7 s


def test_a_body_of_many_gzip_files_is_refused(module_server):
    body = gzip.compress(b" ") * 101 + gzip.compress(b"{}")
    told = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    reply = HTTP.put(f"{module_server.url}/train", content=body, headers=told)
    assert reply.status_code == 400
    assert "100 gzip members" in reply.json()["errors"]["body"][0]


@pytest.mark.parametrize(
    ("segments", "n_frames", "field"), [(0, 4001, "second.mfcc"), (21, 1, "second.segments")]
)
def test_both_sides_of_a_comparison_are_bounded_together(module_server, segments, n_frames, field):
    side = {"mfcc": [[1] * 20] * (n_frames * (segments or 1)), "frontend": "meyda-16k-1"}
    if segments:
        side["segments"] = [{"digit": 1, "frames": n_frames}] * segments
    reply = HTTP.put(f"{module_server.url}/compare", json={"first": side, "second": side})
    assert reply.status_code == 400
    assert list(reply.json()["errors"]) == [field]


@pytest.mark.parametrize("path", ["/compare", "/identify", "/score"])
def test_what_a_message_holds_is_bounded(module_server, path):
    segments = [{"digit": 1, "frames": 1}] * 121
    message = {"mfcc": [[1.0] * 20] * 121, "segments": segments, "frontend": "meyda-16k-1"}
    body = {"first": message, "second": message} if path == "/compare" else message
    reply = HTTP.put(module_server.url + path, json=body)
    assert reply.status_code == 400
    assert all(name.endswith("segments") for name in reply.json()["errors"])


def test_a_caller_who_used_the_processor_too_long_waits(server_factory, auth_on):
    server = server_factory(**{**auth_on, "RATE_LIMIT_WORK": "150 per minute"})
    greedy, other = (bearer(make_key(server)) for _ in range(2))
    random = np.random.default_rng(0)

    def message() -> dict:
        return {"mfcc": random.normal(size=(400, 20)).tolist()}

    url = f"{server.url}/train?speaker=ann"
    replies = [HTTP.put(url, json=message(), headers=greedy)]
    while replies[-1].status_code == 200 and len(replies) < 50:
        replies.append(HTTP.put(url, json=message(), headers=greedy))
    assert replies[-1].status_code == 429
    assert 0 < int(replies[-1].headers["Retry-After"]) <= 60
    status = f"{server.url}/status?speaker=ann"
    assert HTTP.get(status, headers=greedy).status_code == 429
    assert HTTP.get(status, headers=other).status_code == 200


def test_two_calls_at_once_start_one_sweep(monkeypatch):
    counts = storage_from_string("memory://")
    counts.timer.cancel()
    counts.timer.join()
    started, may_go_on = queue.Queue(), threading.Event()

    class SlowTimer(threading.Timer):
        def start(self) -> None:
            started.put(self)
            may_go_on.wait()
            super().start()

    monkeypatch.setattr(threading, "Timer", SlowTimer)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(counts.incr, "address", 60)
        started.get()
        second = pool.submit(counts.incr, "address", 60)
        wait([second], 0.2)  # time to go wrong in: both would start the same thread
        may_go_on.set()
        assert {first.result(), second.result()} == {1, 2}
    assert started.empty()
    counts.timer.cancel()


def test_counting_calls_starts_no_thread_for_each(monkeypatch):
    monkeypatch.setattr(rate_limits, "EXPIRY_S", 3600)
    counts = storage_from_string("memory://")
    sweeps = {counts.timer}
    for _ in range(3):
        counts.timer.join(0.1)
        counts.incr("address", 60)
        sweeps.add(counts.timer)
    assert len(sweeps) == 1
    assert counts.timer.daemon  # else the worker would not end before it
    assert counts.get("address") == 3
    counts.timer.cancel()
