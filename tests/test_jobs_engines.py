"""One process, this machine's cores and a cluster on sockets all give the same result."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import numpy as np
import pytest
from client_commands import Commands
from server_driver import free_port
from surroundings import ROOT
from test_evaluate_command import write_rows

from cepstra.cli._workers import Workers
from cepstra.jobs.cluster import local_cluster, running_cluster
from cepstra.jobs.engine import batches
from cepstra.jobs.single_process import SingleProcess


@pytest.fixture(scope="module")
def scheduler_url():
    """A scheduler and a worker in processes of their own, as on two machines."""
    address = f"tcp://127.0.0.1:{free_port()}"
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard"]
    scheduler += ["--host", address]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1"]
    quiet = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    programs = [subprocess.Popen(command, **quiet) for command in (scheduler, worker)]
    try:
        from distributed import Client

        with Client(address, timeout=60) as client:
            client.wait_for_workers(1, timeout=60)
        yield address
    finally:
        for program in reversed(programs):
            program.terminate()
            program.wait(timeout=60)


@pytest.fixture(scope="module")
def clusters(scheduler_url):
    with local_cluster(2) as local, running_cluster(scheduler_url) as remote:
        yield {"local": local, "remote": remote}


@pytest.fixture(params=["local", "remote"])
def cluster(request, clusters):
    return clusters[request.param]


def test_parts_come_back_in_order(cluster):
    parts = [np.full(3, i) for i in range(11)]
    for engine in (SingleProcess(), cluster):
        doubled = engine.place(parts).apply(np.multiply, 2)
        assert [part[0] for part in doubled] == [2 * i for i in range(11)]
        assert [part[0] for part in engine.map(np.add, iter(parts), 1)] == list(range(1, 12))
        numbered = list(engine.place(parts).numbered())
        assert [number for number, part in numbered] == [part[0] for number, part in numbered]


def test_a_list_is_one_part(cluster):
    for engine in (SingleProcess(), cluster):
        parts = engine.place([[1, 2], [3]])
        assert list(parts.apply(len)) == [2, 1]
        assert list(parts.together(len)) == [2]


def test_sums_are_equal_to_the_bit(cluster):
    values = np.random.default_rng(0).standard_normal((1001, 40)) * 1e6
    parts = [values[i : i + 77] for i in range(0, len(values), 77)]
    alone = SingleProcess().place(parts).total(np.sum, 0)
    assert cluster.place(parts).total(np.sum, 0).tobytes() == alone.tobytes()
    np.testing.assert_allclose(alone, values.sum(axis=0), rtol=1e-9)


def test_an_error_in_a_part_reaches_the_caller(cluster):
    for engine in (SingleProcess(), cluster):
        with pytest.raises(ZeroDivisionError):
            list(engine.map(divmod, [1], 0))


INTERRUPTED = """
import logging
import signal
from cepstra.jobs.cluster import local_cluster

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
try:
    print("starts", flush=True)
    with local_cluster(1) as engine:
        list(engine.map(exec, ["print('works', flush=True); sum(range(10**11))"]))
except KeyboardInterrupt:
    print("interrupted")
if "engine" in vars():
    logging.getLogger("distributed.batched").info("of a connection that was cut, a little later")
"""


def test_ctrl_c_ends_workers_at_once_and_without_a_word_of_theirs():
    """A terminal sends it to all processes of a command, its workers too."""
    command = [sys.executable, "-c", INTERRUPTED]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    for meanwhile in ("starts\n", "starts\nworks\n"):
        with subprocess.Popen(command, start_new_session=True, **pipes) as process:
            try:
                assert process.stdout.read(len(meanwhile)) == meanwhile
                began = time.monotonic()
                os.killpg(process.pid, signal.SIGINT)
                assert process.communicate(timeout=60) == ("interrupted\n", "")
                assert time.monotonic() - began < 4  # s, which Dask grants a worker
            finally:
                process.kill()
        assert process.returncode == 0


def test_batches_hold_everything_once():
    assert batches(range(5), 2) == [range(0, 2), range(2, 4), range(4, 5)]


def test_nothing_to_add_is_an_error():
    with pytest.raises(ValueError, match="at least 1"):
        SingleProcess().place([]).total(len)


def evaluate(audio: Path, lists: Path, *options: object) -> dict:
    own = ("--enrol", lists / "enrol.csv", "--trials", lists / "trials.csv", "--out", lists / "out")
    done = Commands().run("evaluate", audio, *own, *options)
    assert done.exit_code == 0, done.stderr
    return json.loads((lists / "out" / "figures.json").read_text())["systems"]["fusion"]


def test_evaluate_gives_the_same_figures_on_a_cluster(shared_dir, scheduler_url, tmp_path):
    voices = ("fsgeorge", "fsjackson")

    def files(speaker: str, take: int) -> str:
        return " ".join(f"{speaker}/{digit}_{speaker}_{take}" for digit in range(3))

    enrol = [(voice, files(voice, 0)) for voice in voices]
    trials = [
        (model, voice, int(model == voice), files(voice, take))
        for model in voices
        for voice in voices
        for take in (3, 4, 5)
    ]
    write_rows(tmp_path / "enrol.csv", "speaker,files", enrol)
    write_rows(tmp_path / "trials.csv", "model,speaker,target,files", trials)
    audio = shared_dir / "corpora" / "fsdd"
    alone = evaluate(audio, tmp_path, "--processes", 1)
    assert alone["n_trials"] == 12
    assert alone == evaluate(audio, tmp_path, "--scheduler", scheduler_url)


def test_a_scheduler_that_does_not_answer_is_named():
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(click.ClickException, match=address):
        Workers(address, 1).started().__enter__()
