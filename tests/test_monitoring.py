"""Health, numbers and log lines of a real server with several workers; never a speaker's name."""

import json
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psutil
import pytest
import sqlalchemy as sa
from caller_driver import HTTP, bearer, make_key
from example_messages import TEST, TRAIN
from prometheus_client.parser import text_string_to_metric_families

from cepstra.monitoring import log_lines
from cepstra.store.tables import speakers

NAME = "oliviasnameoncefound"
FOLDERS = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else Path("/tmp")


def samples(text: str) -> dict[tuple, float]:
    """Return (name, labels) -> value."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[(sample.name, *sorted(sample.labels.values()))] = sample.value
    return found


def read(server) -> dict[tuple, float]:
    return samples(HTTP.get(f"{server.url}/metrics", timeout=30).raise_for_status().text)


def workers(server) -> list[int]:
    return [child.pid for child in psutil.Process(server.process.pid).children()]


def do_everything(url: str) -> None:
    with httpx.Client(base_url=url, timeout=30) as http:
        http.put(f"/train?speaker={NAME}", json=TRAIN).raise_for_status()
        http.put(f"/speakers/{NAME}/test", json=TEST).raise_for_status()
        http.put(f"/speakers/{NAME}/score", json=TEST).raise_for_status()
        assert http.put(f"/score?speaker={NAME}", json={"mfcc": NAME}).status_code == 400
        assert http.get(f"/{NAME}").status_code == 404
        assert http.request("BREW", f"/speakers/{NAME}").status_code == 405


def folders(server) -> list[Path]:
    return list(FOLDERS.glob(f"cepstra-metrics-{server.process.pid}-*"))


def test_numbers_add_up_over_workers_and_outlive_them(server_factory):
    server = server_factory(workers=2)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: HTTP.get(f"{server.url}/doc", timeout=30), range(20)))
    do_everything(server.url)
    counted = read(server)
    assert counted["cepstra_requests_total", "/doc", "200", "GET"] == 20
    assert counted["cepstra_request_duration_seconds_count", "/doc", "GET"] == 20
    assert counted["cepstra_enrolments_total", "train"] == 1
    assert counted["cepstra_enrolments_total", "reference"] == 1
    decided = sum(v for key, v in counted.items() if key[0] == "cepstra_decisions_total")
    assert decided == 1
    assert counted["cepstra_requests_total", "404", "GET", "unmatched"] == 1
    assert counted["cepstra_requests_total", "405", "other", "unmatched"] == 1
    assert counted["cepstra_requests_in_flight",] == 1  # the one that asks
    assert counted["cepstra_backlog",] == 0
    assert any(key[0] == "cepstra_info" and "meyda-16k-1" in key for key in counted)

    for pid in workers(server):
        os.kill(pid, signal.SIGKILL)
    again = until_read(server)
    assert again["cepstra_requests_total", "/doc", "200", "GET"] == 20
    assert again["cepstra_requests_in_flight",] == 1
    assert len(folders(server)) == 1
    server.stop()
    assert folders(server) == []


def until_read(server) -> dict[tuple, float]:
    """Ask again where a killed worker took the connection along."""
    for _ in range(100):
        try:
            return read(server)
        except httpx.TransportError:
            continue
    raise AssertionError("the server did not come back")


def test_nothing_that_callers_choose_is_in_numbers_or_lines(server_factory, capfd):
    server = server_factory(AUDIT_LOG="none", LOG_FORMAT="json")
    capfd.readouterr()
    do_everything(server.url)
    numbers = HTTP.get(f"{server.url}/metrics").text
    printed = capfd.readouterr()
    assert NAME not in numbers + printed.err + printed.out
    lines = [json.loads(line) for line in printed.err.splitlines()]
    told = [(line["method"], line["route"], line["status"]) for line in lines]
    assert told == [
        ("PUT", "/train", 200),
        ("PUT", "/speakers/<speaker>/test", 200),
        ("PUT", "/speakers/<speaker>/score", 200),
        ("PUT", "/score", 400),
        ("GET", "unmatched", 404),
        ("other", "unmatched", 405),
        ("GET", "/metrics", 200),
    ]
    fields = {"time", "level", "logger", "message", "request_id"}
    assert all(set(line) == fields | {"method", "route", "status", "duration_ms"} for line in lines)
    assert all(line["duration_ms"] > 0 for line in lines)
    assert len({line["request_id"] for line in lines}) == len(lines)


def test_a_request_that_no_parser_reads_is_not_quoted(server_factory, capfd):
    server = server_factory(AUDIT_LOG="none", LOG_FORMAT="json")
    capfd.readouterr()
    for head in (f"Authorization Bearer {NAME}", f"X: a\r\n {NAME}", f"{NAME}\0: a"):
        with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
            client.sendall(f"GET /speakers/{NAME} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(f"GET /speakers/{NAME} {NAME} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert client.recv(100).startswith(b"HTTP/1.1 400 ")
    server.stop()
    printed = capfd.readouterr().err
    assert printed.count("Invalid request from ip=127.0.0.1: ") >= 3, printed
    assert NAME not in printed


@pytest.mark.parametrize("path", ["/status", "/nowhere", "/score"])
def test_the_id_of_a_request_is_in_reply_and_line(module_server, path):
    url = module_server.url + path
    given = HTTP.get(url, headers={"X-Request-ID": "order-66.a_b"})
    assert given.headers["X-Request-ID"] == "order-66.a_b"
    for unfit in ("short", "x" * 65, "a b c d e f", "{}\tabcdefgh", ""):
        made = HTTP.get(url, headers={"X-Request-ID": unfit}).headers["X-Request-ID"]
        assert made != unfit and len(made) == 32


def test_a_request_is_told_with_its_id_as_text_too(server_factory, capfd):
    server = server_factory(LOG_FORMAT="text")
    capfd.readouterr()
    HTTP.get(f"{server.url}/status", headers={"X-Request-ID": "order-66"})
    (line,) = capfd.readouterr().err.splitlines()
    assert "INFO" in line and "GET /status 200" in line and line.endswith("order-66")


def test_the_level_leaves_lines_out(server_factory, capfd):
    server = server_factory(LOG_LEVEL="error", LOG_FORMAT="json")
    HTTP.get(f"{server.url}/status")
    assert capfd.readouterr().err == ""


def test_an_exception_is_told_without_what_a_database_quotes(store):
    added = sa.insert(speakers).values(alias=NAME, revision=None)
    with pytest.raises(sa.exc.IntegrityError) as caught, store.writing() as connection:
        connection.execute(added)
    text = log_lines.describe(caught.value)
    assert "IntegrityError" in text and 'File "' in text
    assert NAME not in text + str(caught.value)


def test_health_tells_living_from_ready(module_server):
    for path in ("/health", "/health/live", "/health/ready"):
        reply = HTTP.get(module_server.url + path)
        assert (reply.status_code, reply.json()) == (200, {"status": "ok"})


def test_the_metrics_token_opens_metrics_and_nothing_else(guarded_server):
    token = guarded_server.settings["METRICS_TOKEN"]
    url = guarded_server.url
    assert HTTP.get(f"{url}/metrics").status_code == 401
    assert HTTP.get(f"{url}/metrics", headers=bearer(token + "x")).status_code == 401
    assert HTTP.get(f"{url}/metrics", headers=bearer(make_key(guarded_server))).status_code == 403
    read_it = HTTP.get(f"{url}/metrics", headers=bearer(token))
    assert read_it.status_code == 200
    assert read_it.headers["Content-Type"].startswith("text/plain; version=")
    for path in ("/status", "/speakers", "/identify"):
        assert HTTP.get(url + path, headers=bearer(token)).status_code in (403, 405)
