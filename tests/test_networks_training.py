"""Training of the networks, where PyTorch is installed: shapes, export, same seed same file."""

import os
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from client_commands import run_python

from cepstra.cli.train_embedding import command
from cepstra.jobs.single_process import SingleProcess
from cepstra.neural.utterance import HAS_ZCR
from cepstra.training.networks.families import FAMILIES
from cepstra.training.networks.spoken_takes import OwnFolder, loaded, make_takes, saved

PARAMETERS = (50_000, 150_000)


run_cli = partial(run_python, "-m", "cepstra", "train-embedding", COLUMNS="120")


@pytest.fixture(scope="module")
def corpora(shared_dir, tmp_path_factory) -> Path:
    """A few background speakers of each corpus."""
    folder = tmp_path_factory.mktemp("corpora")
    for corpus, n_speakers in (("speech_commands", 12), ("librispeech", 3), ("an4", 4)):
        speakers = sorted((shared_dir / "corpora" / corpus / "background").iterdir())
        target = folder / corpus / "background"
        target.mkdir(parents=True)
        for speaker in speakers[:n_speakers]:
            (target / speaker.name).symlink_to(speaker)
    return folder


def recordings_of(corpora: Path, n_speakers: int):
    from cepstra.training.recordings import find_recordings

    found = find_recordings(corpora)
    speakers = list(dict.fromkeys(r.speaker for r in found))[:n_speakers]
    return [r for r in found if r.speaker in speakers]


def test_takes_come_in_all_versions_and_survive_a_file(corpora, tmp_path):
    recordings = recordings_of(corpora, 8)
    takes = make_takes(recordings, n_versions=3, seed=1, engine=SingleProcess())
    again = make_takes(recordings, n_versions=3, seed=1, engine=SingleProcess())
    other = make_takes(recordings, n_versions=3, seed=2, engine=SingleProcess())
    assert 0 < takes.held_out.sum() < len(takes.held_out)
    assert set(takes.versions[~takes.held_out]) == {0, 1, 2}
    assert set(takes.speeds[~takes.held_out]) == {0, 1, 2}
    assert set(takes.versions[takes.held_out]) == {0, 1, 2, 3, 4}
    assert set(takes.speeds[takes.held_out]) == {1}
    assert takes.spans[-1].sum() == len(takes.frames)
    np.testing.assert_array_equal(takes.frames, again.frames)
    assert takes.frames.shape != other.frames.shape or (takes.frames != other.frames).any()
    assert (takes.vectors[:, HAS_ZCR:] == 1).all()
    kept = set(takes.speakers[takes.held_out])
    own = make_takes(recordings, 1, seed=1, engine=SingleProcess(), own=OwnFolder(kept))
    assert (own.vectors[:, HAS_ZCR:] == 0).all()  # as their network sees attempts in a service
    saved(takes, tmp_path / "takes.npz")
    for name, values in vars(loaded(tmp_path / "takes.npz")).items():
        np.testing.assert_array_equal(values, getattr(takes, name))


def test_without_pytorch_the_command_says_what_to_do(tmp_path):
    (tmp_path / "torch.py").write_text("raise ModuleNotFoundError('absent', name='torch')")
    python_path = os.pathsep.join(filter(None, [str(tmp_path), os.environ.get("PYTHONPATH")]))
    done = run_cli("dense-stats", "--corpora", tmp_path, PYTHONPATH=python_path)
    assert done.returncode == 2  # 1 would be a training that failed
    assert "train-embedding needs torch, which is not installed: make setup-training" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_family_that_has_no_teacher_takes_no_further_speakers(tmp_path):
    done = run_cli("cnn-lstm", "--corpora", tmp_path, "--more", tmp_path)
    assert done.returncode == 2
    assert "cnn-lstm learns from --corpora alone" in done.stderr


@pytest.mark.parametrize("family", ["crnn-attention", "cnn-lstm", "dense-stats"])
def test_an_exported_network_says_what_pytorch_says(family, torch):
    import importlib

    import onnxruntime

    from cepstra.training.networks.classification import UnitOutput
    from cepstra.training.networks.onnx_export import exported

    torch.manual_seed(3)
    family = importlib.import_module(FAMILIES[family]).FAMILY
    network = UnitOutput(family.network())
    assert PARAMETERS[0] <= sum(p.numel() for p in network.parameters()) <= PARAMETERS[1]
    shapes = [(1, 56)] if family.sees == "vector" else [(1, n, 40) for n in (8, 51, 260)]
    for _ in range(3):  # batch normalisation gets something to remember
        network(torch.randn((16, *shapes[-1][1:])))
    network.eval()
    content = exported(network, torch.zeros(shapes[0])).SerializeToString()
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    for shape in shapes:
        example = torch.randn(shape)
        with torch.inference_mode():
            expected = network(example).numpy()
        found = session.run(None, {"input": example.numpy()})[0]
        assert found.shape == expected.shape
        assert (found @ expected.T).item() > 0.9999  # weights are kept in 16 bits


@pytest.mark.parametrize("family", ["crnn-attention", "cnn-lstm", "dense-stats"])
def test_the_same_seed_gives_the_same_file(family, torch, corpora, tmp_path):
    """In a process of its own and in this one: no order of a set may count."""
    arguments = [family, "--corpora", corpora, "--build", corpora / "build"]
    arguments += ["--processes", 1, "--steps", 3, "--out"]
    own = run_cli(*arguments, tmp_path / "1.onnx")
    assert own.returncode == 0, own.stderr
    assert "parameters" in own.stdout
    here = CliRunner().invoke(command, [str(each) for each in [*arguments, tmp_path / "2.onnx"]])
    assert here.exit_code == 0, here.output
    assert (tmp_path / "1.onnx").read_bytes() == (tmp_path / "2.onnx").read_bytes()
