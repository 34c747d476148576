"""Slow, silent and stubborn clients hold no thread: others are served while they dawdle."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest
from caller_driver import HTTP
from fault_driver import Ledger, digit_message

AT_ONCE_S = 15  # on a busy machine too; REQUEST_TIMEOUT_S is 20
N_SLOW = 40  # ten times the threads of the server
HEAD = b"PUT /train HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
TOO_LONG = HEAD + b"Content-Length: 99999999\r\n\r\n{"
TOO_LONG_CHUNK = HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffff\r\n{"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def connect(server, stack: ExitStack, **options: int) -> socket.socket:
    client = socket.socket()
    stack.callback(client.close)
    client.settimeout(60)
    if "receive_bytes" in options:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options["receive_bytes"])
    client.connect(("127.0.0.1", server.port))
    return client


def request(label: str, *headers: str) -> bytes:
    body = json.dumps(digit_message(label)).encode()
    head = [
        "PUT /train?speaker=speaker0 HTTP/1.1",
        "Host: localhost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        *headers,
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def read_reply(client: socket.socket) -> tuple[int, bytes]:
    """Return status and body of the next reply, 100 left out."""
    file = client.makefile("rb")
    while True:
        status = int(file.readline().split()[1])
        headers = {}
        while line := file.readline().strip():
            name, _, value = line.partition(b":")
            headers[name.lower()] = value.strip()
        if status != 100:
            return status, file.read(int(headers.get(b"content-length", 0)))


def assert_others_are_served(server) -> None:
    with httpx.Client(base_url=server.url, timeout=20) as http:
        for _ in range(5):
            assert http.get("/status").status_code == 200
    assert HTTP.get(f"{server.url}/health", timeout=20).status_code == 200


def test_slow_bodies_block_nobody_and_arrive_in_the_end(live_server, stack):
    ledger = Ledger(live_server.url, n_speakers=1)
    slow = {f"slow{n}": connect(live_server, stack) for n in range(N_SLOW)}
    for label, client in slow.items():
        client.sendall(request(label)[:-200])
    assert_others_are_served(live_server)
    for label, client in slow.items():
        client.sendall(request(label)[-200:])
        ledger.sent.add(("speaker0", label))
    for label, client in slow.items():
        status, _ = read_reply(client)
        assert status == 200
        ledger.acknowledged.add(("speaker0", label))
    ledger.assert_nothing_lost()


def test_silent_clients_and_slow_heads_block_nobody(module_server, stack):
    for number in range(N_SLOW):
        client = connect(module_server, stack)
        client.sendall(request("slow")[: number % 30])
        connect(module_server, stack).sendall(TOO_LONG)
        connect(module_server, stack).sendall(TOO_LONG_CHUNK)
    assert_others_are_served(module_server)


def test_clients_that_do_not_read_or_do_not_hang_up_block_nobody(module_server, stack):
    for _ in range(N_SLOW):
        deaf = connect(module_server, stack, receive_bytes=2048)
        deaf.sendall(b"GET /doc HTTP/1.1\r\nHost: localhost\r\n\r\n")
        stubborn = connect(module_server, stack)
        stubborn.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert read_reply(stubborn)[0] == 200
    assert_others_are_served(module_server)


def test_a_request_that_takes_too_long_is_told_so(server_factory, stack):
    server = server_factory(REQUEST_TIMEOUT_S="1")
    slow, silent = connect(server, stack), connect(server, stack)
    slow.sendall(request("slow")[:-1])
    status, body = read_reply(slow)
    assert (status, json.loads(body)["code"]) == (408, 408)
    assert slow.recv(1) == b"" and silent.recv(1) == b""
    assert HTTP.get(f"{server.url}/status").json()["training_log"] == []


@pytest.mark.parametrize("step", [1, 7, 1000])
def test_a_request_may_come_in_pieces(module_server, stack, step):
    client = connect(module_server, stack)
    whole = request("pieces")[:400] if step == 1 else request("pieces")
    if step == 1:
        whole = b"GET /status HTTP/1.1\r\nHost: localhost\r\nX-Filler: " + b"x" * 300 + b"\r\n\r\n"
    for start in range(0, len(whole), step):
        client.sendall(whole[start : start + step])
    assert read_reply(client)[0] == 200


def test_several_requests_may_come_at_once(module_server, stack):
    client = connect(module_server, stack)
    ask = b"GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n"
    client.sendall(ask + request("second") + ask[:10])
    assert [read_one(client)[0] for _ in range(2)] == [200, 200]
    client.sendall(ask[10:])
    status, body = read_one(client)
    assert (status, json.loads(body)["alias"]) == (200, "default")


def read_one(client: socket.socket) -> tuple[int, bytes]:
    """Read byte by byte, so that nothing of the next reply is taken."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.recv(1)
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len"))
    body = b""
    while len(body) < int(length.split(b":")[1]):
        body += client.recv(1)
    return int(head.split()[1]), body


def test_a_body_in_chunks_is_taken_when_its_last_chunk_is_there(module_server, stack):
    body = json.dumps(digit_message("chunks")).encode()
    client = connect(module_server, stack)
    client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for start in range(0, len(body), 1500):
        piece = body[start : start + 1500]
        client.sendall(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
    assert_others_are_served(module_server)
    client.sendall(b"0\r\n\r\n")
    assert read_reply(client)[0] == 200


def test_a_client_that_asks_before_sending_is_told_to_go_on(module_server, stack):
    client = connect(module_server, stack)
    head, _, body = request("asked", "Expect: 100-continue").partition(b"\r\n\r\n")
    client.sendall(head + b"\r\n\r\n")
    assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
    client.sendall(body)
    assert client.recv(15) == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000, 431),
        (TOO_LONG, 413),
        (TOO_LONG_CHUNK, 413),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n", 400),
        (HEAD + b"Content-Length: 5, 6\r\n\r\n{", 400),
        (HEAD + b"Content-Length: 1234567890123456789\r\n\r\n{", 400),
        (HEAD + b"Content-Length: 99999999999999999999999999\r\n\r\n{", 400),
        (HEAD + b"Content-Length: +5\r\n\r\n{", 400),
        (HEAD + b"Content-Length : 99999\r\n\r\n{", 400),
        (HEAD + b"Content-Length:\r\n\r\n{", 400),
        (HEAD + b"Content-Length: " + b" " * 30_000 + b"\ry\r\n\r\n{", 400),  # took hours
        (HEAD + b"SCRIPT_NAME: /x\r\nContent-Length: 1\r\n\r\n{", 400),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 9999\r\n\r\n{", 400),
        (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{", 400),
        (HEAD + b"Transfer-Encoding: gzip\r\n\r\n{", 400),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\nffff\r\n{", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 17 + b"5\r\n{", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 300, 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * 300, 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5;" + b"x" * 300 + b"\r\n{", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\n0\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + b"x" * 40_000, 400),
        (HEAD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\nf\r\n{", 400),
        (b"NONSENSE\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
    ],
)
def test_what_cannot_become_a_request_is_refused_at_once(module_server, stack, sent, status):
    client = connect(module_server, stack)
    client.sendall(sent)
    began = time.monotonic()
    assert read_reply(client)[0] == status
    assert time.monotonic() - began < AT_ONCE_S


UNREADABLE = (
    b"Content-Length: 99999999999999999999\r\n\r\n{",
    b"Content-Length : 99999\r\n\r\n{",
    b"Transfer-Encoding: chunked\r\n\r\n" + b"0" * 20,
    b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 300,
    b"Transfer-Encoding: xchunked\r\n\r\n",
    b"Content-Length: 5\r\n Transfer-Encoding: chunked\r\n\r\n{",
    b"X: y\nContent-Length: 99999\r\n\r\n{",
)


@pytest.mark.parametrize("rest", UNREADABLE)
def test_no_request_makes_a_thread_wait_for_its_client(module_server, stack, rest):
    for _ in range(12):
        connect(module_server, stack).sendall(HEAD + rest)
    began = time.monotonic()
    assert HTTP.get(f"{module_server.url}/health/live", timeout=20).status_code == 200
    assert time.monotonic() - began < AT_ONCE_S


def test_one_address_leaves_room_for_others(server_factory, stack):
    server = server_factory(CONNECTIONS_PER_ADDRESS="20")
    idle = [connect(server, stack) for _ in range(20)]
    refused = connect(server, stack)
    status, body = read_reply(refused)
    assert (status, json.loads(body)["code"]) == (429, 429)
    assert refused.recv(1) == b""
    elsewhere = socket.create_connection(("127.0.0.1", server.port), 20, ("127.0.0.2", 0))
    stack.callback(elsewhere.close)
    elsewhere.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert read_reply(elsewhere)[0] == 200
    for client in idle:
        client.close()
    for _ in range(30):
        client = connect(server, stack)
        client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert read_reply(client)[0] == 200
        client.close()


def test_1200_idle_connections_of_one_address_keep_nobody_out(module_server, stack):
    for _ in range(1200):
        connect(module_server, stack)
    elsewhere = socket.create_connection(("127.0.0.1", module_server.port), 20, ("127.0.0.2", 0))
    stack.callback(elsewhere.close)
    began = time.monotonic()
    elsewhere.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert read_reply(elsewhere)[0] == 200
    assert time.monotonic() - began < AT_ONCE_S


def test_a_long_body_that_nobody_reads_does_not_end_the_connection(module_server, stack):
    client = connect(module_server, stack)
    body = b"x" * 200_000
    head = f"PUT /nowhere HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    client.sendall(head.encode() + body)
    assert read_one(client)[0] == 404
    client.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert read_one(client)[0] == 200


def test_a_connection_is_kept_while_its_client_thinks(module_server, stack):
    client = connect(module_server, stack)
    for pause_s in (3.0, 0.0):
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_reply(client)[0] == 200
        time.sleep(pause_s)


def test_idle_connections_make_room_for_new_ones(server_factory, stack):
    server = server_factory(GUNICORN_CMD_ARGS="--worker-connections 8")
    kept = [connect(server, stack) for _ in range(12)]
    for client in kept:
        client.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert read_reply(client)[0] == 200
    assert_others_are_served(server)
    assert kept[0].recv(1) == b""
