"""Killed workers, a killed service, a deploy: what was acknowledged is there afterwards, once."""

import json
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import psutil
import pytest
from fault_driver import KEPT_PER_SPEAKER, Ledger, digit_message

N_DIGITS = 60


def family(server) -> list[psutil.Process]:
    """Return the workers; they end at any time."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(server.process.pid).children()
    return []


def kill(processes: list[psutil.Process]) -> int:
    killed = 0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            os.kill(process.pid, signal.SIGKILL)
            killed += 1
    return killed


@pytest.mark.every_database
def test_killed_workers_lose_nothing_that_was_acknowledged(server_factory):
    server = server_factory(workers=2)
    ledger, killed = Ledger(server.url), 0

    def step(number: int) -> None:
        nonlocal killed
        if number % 20 == 10:
            killed += kill(family(server))
        ledger.send(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(step, range(N_DIGITS)))
    assert killed >= 3
    assert set(ledger.replies) <= {200, "RemoteProtocolError", "ReadError", "ConnectError"}
    ledger.assert_nothing_lost()


@pytest.mark.every_database
def test_a_service_killed_as_a_whole_comes_back_with_everything(server_factory):
    server = server_factory(workers=2)
    ledger = Ledger(server.url)
    ledger.send_all(range(10))

    def step(number: int) -> None:
        if number == N_DIGITS // 2:
            kill([psutil.Process(server.process.pid), *family(server)])
        ledger.send(number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(step, range(10, N_DIGITS)))
    server.wait()
    assert set(ledger.replies) > {200}
    ledger.assert_nothing_lost(server_factory().url)


def test_a_deploy_finishes_what_is_in_flight_and_loses_nothing(server_factory):
    """SIGTERM meets requests half sent; all of them are answered, then the process ends with 0."""
    server = server_factory(workers=2)
    ledger = Ledger(server.url, n_speakers=1)
    half_sent = {}
    with ExitStack() as opened:
        for number in range(20):
            label = f"half{number}"
            client = opened.enter_context(socket.create_connection(("127.0.0.1", server.port), 60))
            client.sendall(request(label)[:-100])
            half_sent[label] = client
        ledger.send_all(range(8))
        ended = threading.Thread(target=server.stop)
        ended.start()
        refuse_connections(server.port)
        for label, client in half_sent.items():
            ledger.sent.add(("speaker0", label))
            client.sendall(request(label)[-100:])
        for label, client in half_sent.items():
            assert client.recv(15) == b"HTTP/1.1 200 OK"
            ledger.acknowledged.add(("speaker0", label))
        ended.join()
    assert server.process.exitcode == 0
    ledger.assert_nothing_lost(server_factory().url)


def test_replaced_workers_refuse_nobody(server_factory):
    """SIGHUP, which `systemctl reload` sends."""
    server = server_factory(workers=2)
    ledger, before = Ledger(server.url), {worker.pid for worker in family(server)}

    def step(number: int) -> None:
        if number == 10:
            os.kill(server.process.pid, signal.SIGHUP)
        ledger.send(number)

    numbers = iter(range(10_000))
    with ThreadPoolExecutor(4) as pool:
        while before & {worker.pid for worker in family(server)}:
            list(pool.map(step, [next(numbers) for _ in range(8)]))
            assert len(ledger.sent) < 4 * KEPT_PER_SPEAKER, "the workers were not replaced"
    assert set(ledger.replies) == {200}
    ledger.assert_nothing_lost()


def request(label: str) -> bytes:
    body = json.dumps(digit_message(label)).encode()
    head = f"PUT /train?speaker=speaker0 HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}"
    return f"{head}\r\nContent-Type: application/json\r\n\r\n".encode() + body


def refuse_connections(port: int) -> None:
    """Return as soon as nobody new is let in."""
    for _ in range(10_000):
        try:
            socket.create_connection(("127.0.0.1", port), 10).close()
        except ConnectionRefusedError:
            return
        except ConnectionResetError:
            continue
    raise AssertionError("the server still takes connections while it stops")


def test_what_is_enrolled_waits_for_the_disk(database):
    """A power cut cannot be tried here; that SQLite is told to withstand one can."""
    store = database.open()
    ask = "PRAGMA synchronous"
    for synced, level in ((True, 2), (False, 1), (True, 2)):
        with store.writing(synced=synced) as connection:
            assert connection.exec_driver_sql(ask).scalar_one() == level
    store.close()
