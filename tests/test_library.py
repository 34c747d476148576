"""`import cepstra`: the numbers of the service without one, files, pictures, and the documents."""

import json
import re
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from audio_files import CODECS, write_audio
from client_commands import Commands, run_python
from example_messages import OTHER, TEST, TRAIN
from safetensors.numpy import save
from server_driver import LENIENT
from surroundings import ROOT
from test_three_ways import recording

import cepstra
from cepstra.frontend.audio import read_audio
from cepstra.library.profile import verifiers
from cepstra.verification.errors import FrontEndMismatchError, NotTrainedError

FIGURES = ("average", "deviation", "min", "max", "length", "score", "result_reference")
FIGURES += ("llr", "probability", "threshold", "decision")
KEPT_TAKES = 60


@pytest.fixture(autouse=True)
def settings_of_the_service(monkeypatch):
    """The library reads the settings that the tests' servers start with."""
    for name, value in LENIENT.items():
        monkeypatch.setenv(name, value)
    verifiers.cache_clear()
    yield
    verifiers.cache_clear()


def parts(message: dict, n_frames: int, step: int, digits: bool = True) -> list[dict]:
    """Overlapping stretches of a message, as takes of digits."""
    frames, frontend = message["mfcc"], {"frontend": message["frontend"]}
    starts = range(0, len(frames) - n_frames + 1, step)
    cut = [{"mfcc": frames[at : at + n_frames], **frontend} for at in starts]
    return [{**take, "digit": n % 10} if digits else take for n, take in enumerate(cut)]


def tensors(takes: list[str]) -> bytes:
    """A profile's file with frames of the first take alone."""
    told = f'{{"alias": "a", "frontend": null, "takes": [{", ".join(takes)}]}}'
    frames = {"0.mfcc": np.ones((50, 13), np.float32)}
    return save(frames, {"format": "cepstra-profile-1", "profile": told})


def put(http, path: str, message: dict) -> dict:
    return http.put(path, json=message).raise_for_status().json()


def figures(report) -> dict:
    return {name: getattr(report, name) for name in FIGURES}


def test_every_number_is_the_services_to_the_bit(http):
    """Sixty-three takes, so that the oldest leave; then an attempt, a search, a comparison.

    They cut through words, too little to tell a voice by: the sender confirms it.
    """
    takes = parts(TRAIN, 80, (len(TRAIN["mfcc"]) - 80) // (KEPT_TAKES + 2))[: KEPT_TAKES + 3]
    assert len(takes) > KEPT_TAKES
    ann, bob = cepstra.Profile("ann"), cepstra.Profile("bob").enrol(*parts(OTHER, 150, 150))
    for take in takes:
        put(http, "/speakers/ann/train", {**take, "confirm_voice": True})
        ann.enrol(take)
    for take in parts(OTHER, 150, 150):
        put(http, "/speakers/bob/train", take)
    replies = [put(http, f"/speakers/{who}/score", TEST) for who in ("ann", "bob")]
    expected = [{name: reply[name] for name in FIGURES} for reply in replies]
    assert [figures(profile.verify(TEST)) for profile in (ann, bob)] == expected
    assert len(ann.takes) == KEPT_TAKES

    reply, found = put(http, "/identify", TEST), cepstra.Profile.identify(TEST, [ann, bob])
    assert [vars(rank) for rank in found.ranking] == reply["ranking"]
    for name in ("decision", "speaker", "threshold", "probability_none", "n_speakers"):
        assert getattr(found, name) == reply[name]
    reply = put(http, "/compare", {"first": TEST, "second": OTHER})
    compared = cepstra.Profile.compare(TEST, OTHER)
    told = {name: value for name, value in vars(compared).items() if name != "quality"}
    assert told == {name: reply[name] for name in told}


def test_long_takes_go_when_a_service_lets_them_go(http):
    """Four minutes of a role are kept: twelve takes of 20 s."""
    long = np.resize(np.array(TRAIN["mfcc"]), (2000, 20))
    takes = [{"mfcc": np.roll(long, 7 * n, axis=0).tolist(), "digit": 1} for n in range(14)]
    eve = cepstra.Profile("eve")
    for take in takes:
        take = {**take, "frontend": TRAIN["frontend"]}
        reply = put(http, "/speakers/eve/train", {**take, "confirm_voice": True})
        eve.enrol(take)
    assert len(eve.takes) == len(reply["training_log"]) == 12
    expected = put(http, "/speakers/eve/score", TEST)
    assert figures(eve.verify(TEST)) == {name: expected[name] for name in FIGURES}


def test_frames_of_any_front_end_and_reference_speech_are_scored_alike(http):
    takes = [{"mfcc": take["mfcc"]} for take in parts(TRAIN, 120, 100, digits=False)]
    attempt = {"mfcc": TEST["mfcc"]}
    profile = cepstra.Profile("cid").enrol(*takes[:3]).enrol(*takes[3:], role="reference")
    for take in takes[:3]:
        put(http, "/train?speaker=cid", take)
    for take in takes[3:]:
        put(http, "/test?speaker=cid", take)
    reply = put(http, "/score?speaker=cid", attempt)
    assert figures(profile.verify(attempt)) == {name: reply[name] for name in FIGURES}
    assert reply["score"] > 0


@pytest.mark.parametrize("ending", ["safetensors", "json"])
def test_a_profile_in_a_file_says_the_same(ending, tmp_path):
    profile = cepstra.Profile("Zoë").enrol(*parts(TRAIN, 120, 100))
    path = tmp_path / f"zoe.{ending}"
    profile.save(path)
    loaded = cepstra.Profile.load(path)
    assert (loaded.name, loaded.frontend) == ("Zoë", "meyda-16k-1")
    assert figures(loaded.verify(TEST)) == figures(profile.verify(TEST))
    assert figures(loaded.enrol(TEST).verify(OTHER)) == figures(profile.enrol(TEST).verify(OTHER))


def test_what_a_service_exports_is_a_profile(http, tmp_path):
    for take in parts(TRAIN, 120, 100):
        put(http, "/speakers/ann/train", take)
    expected = put(http, "/speakers/ann/score", TEST)
    path = tmp_path / "ann.json"
    path.write_bytes(http.get("/export?speaker=ann").raise_for_status().content)
    assert cepstra.Profile.load(path).verify(TEST).llr == expected["llr"]


def test_recordings_are_cut_as_the_command_line_cuts_them(
    http, module_server, shared_dir, tmp_path
):
    enrolled, attempt = (
        recording(shared_dir, "fstheo", takes, tmp_path / name, 44_100, "pcm_s16le")
        for name, takes in (("e.wav", slice(0, 300, 30)), ("a.wav", slice(7, 300, 40)))
    )
    command = Commands(CEPSTRA_URL=module_server.url)
    command.json("enrol", "theo", enrolled)
    said = command.json("verify", "theo", attempt)
    report = cepstra.Profile("theo").enrol(enrolled).verify(attempt)
    assert (report.llr, report.decision) == (said["llr"], said["decision"])
    message = json.loads(command.run("features", attempt).stdout)
    assert cepstra.features(attempt).mfcc.tolist() == message["mfcc"]
    samples = read_audio(attempt, 44_100)
    assert cepstra.features(samples, 44_100).mfcc.tolist() == message["mfcc"]


def test_wrong_speech_is_named_and_changes_nothing(tmp_path):
    profile = cepstra.Profile("ann").enrol(TRAIN)
    before, narrow = figures(profile.verify(TEST)), {"mfcc": [[1.0] * 13] * 50}
    for wrong, error, told in (
        ([[1.0] * 19], cepstra.SpeechError, r"mfcc: expected frames \(T, 20\), got \(1, 19\)"),
        ({"mfcc": [[1, float("nan")]]}, cepstra.SpeechError, "mfcc: expected finite numbers"),
        ({**TEST, "digit": 11}, cepstra.SpeechError, "digit: .*9"),
        (narrow, FrontEndMismatchError, "expected meyda-16k-1"),
        (tmp_path / "no.wav", ValueError, "no.wav"),
        (np.ones((100, 20)), cepstra.SpeechError, "speech: expected speech"),
    ):
        with pytest.raises(error, match=told):
            profile.enrol(TEST, wrong)
        assert figures(profile.verify(TEST)) == before
    with pytest.raises(NotTrainedError, match="bob"):
        cepstra.Profile("bob").verify(TEST)
    with pytest.raises(ValueError, match="'ann' twice"):
        cepstra.Profile.identify(TEST, [profile, profile])
    with pytest.raises(ValueError, match="top: expected 1 to 30, got -1"):
        cepstra.Profile.identify(TEST, [profile], top=-1)
    with pytest.raises(cepstra.SpeechError, match="got nothing"):
        profile.enrol()
    with pytest.raises(cepstra.SpeechError, match="role"):
        profile.enrol(TEST, role="w")
    for samples in (np.full(16_000, 3000, dtype=np.int16), np.full(16_000, np.nan)):
        with pytest.raises(cepstra.SpeechError, match="divide 16-bit ones by 32768"):
            cepstra.features(samples, 16_000)
    assert figures(profile.verify(TEST)) == before
    with pytest.raises(cepstra.SpeechError, match="numbers, got complex ndarray"):
        profile.verify(np.ones((50, 20), complex))
    with pytest.raises(cepstra.SpeechError, match="digits: expected a list .*, got 3"):
        profile.verify(TEST, digits=3)
    with pytest.raises(TypeError, match="expected profiles, got str"):
        cepstra.Profile.identify(TEST, ["ann"])


def test_what_is_not_taken_in_one_piece_is_told():
    profile = cepstra.Profile("ann")
    files = [Path("a.wav"), Path("b.wav")]
    with pytest.raises(cepstra.SpeechError, match="one recording or numbers, got list"):
        cepstra.features(files)
    for drawn in (files, "a.wav"):
        with pytest.raises(cepstra.SpeechError, match="what features.. returns, or frames"):
            cepstra.pictures.heat_map(drawn)
    with pytest.raises(cepstra.SpeechError, match="own: expected numbers, got str"):
        cepstra.pictures.scores("a.wav", [0.0], 0.0)
    for several in (files, iter(files), [TEST, TEST]):
        for call in (profile.enrol, profile.verify):
            told = rf"got a {type(several).__name__}; put \* in front of it"
            with pytest.raises(cepstra.SpeechError, match=told):
                call(several)


class Tensor:
    """As one of PyTorch that a gradient is wanted of."""

    def __array__(self, *_: object, **__: object) -> np.ndarray:
        raise RuntimeError("use detach()")


def test_what_a_reader_or_a_network_returns_is_told_how_to_hand_over():
    samples, frames = np.zeros(16_000), [np.ones((30, 20)), np.ones((40, 20))]
    with pytest.raises(cepstra.SpeechError, match=r"samples and their rate one by one, .* put \*"):
        cepstra.features((samples, 16_000))
    with pytest.raises(cepstra.SpeechError, match=r"got Tensor: use detach\(\)"):
        cepstra.features(Tensor(), 16_000)
    with pytest.raises(cepstra.SpeechError, match="one recording or numbers, got NoneType"):
        cepstra.features(None, 16_000)
    for several in (frames, [frames[0], frames[0]], iter(frames)):
        with pytest.raises(cepstra.SpeechError, match=r"one by one, got a .*; put \* in front"):
            cepstra.Profile("ann").enrol(several)
    for ragged in ([[1.0, 2.0], [3.0]], (samples, 16_000)):
        with pytest.raises(cepstra.SpeechError, match="speech: expected one recording or numbers"):
            cepstra.Profile("ann").enrol(ragged)


def test_profiles_and_curves_that_are_none_are_told():
    profile = cepstra.Profile("ann").enrol(TRAIN)
    with pytest.raises(TypeError, match="expected a list of profiles, got one"):
        cepstra.Profile.identify(TEST, profile, profile)
    for top in ("3", profile, 1.5):
        with pytest.raises(ValueError, match="top: expected 1 to 30, got "):
            cepstra.Profile.identify(TEST, [profile], top)
    for curves in ([[1.0], [0.0]], {}, {"ann": [1.0]}, {"ann": 1.0}):
        with pytest.raises(ValueError, match="curves: expected "):
            cepstra.pictures.det(curves)
    with pytest.raises(ValueError, match="threshold: expected a finite number, got"):
        cepstra.pictures.scores([1.0], 0.5, [0.0, -1.0])


@pytest.mark.parametrize("rate_hz", [None, "16000", 0, 7_999, 16_000.5, np.nan, np.inf, True])
def test_a_rate_that_samples_cannot_have_is_refused(rate_hz):
    told = re.escape(f"whole number of 8000 to 192000, got {rate_hz!r}")
    with pytest.raises(cepstra.SpeechError, match=told):
        cepstra.features(np.zeros(16_000), rate_hz)


def test_rates_and_digits_may_be_of_any_type_of_number(shared_dir):
    path = next((shared_dir / "corpora/fsdd/fstheo").glob("7_*.flac"))
    samples = read_audio(path, 8_000)
    heard = cepstra.features(samples, 8_000)
    assert cepstra.features(samples, np.float64(8_000)).mfcc.tolist() == heard.mfcc.tolist()
    with pytest.raises(cepstra.SpeechError, match="expected none beside a file"):
        cepstra.features(path, 8_000)
    profile = cepstra.Profile("theo").enrol(heard, heard, digits=np.array([7, 3]))
    assert [take.digit for take in profile.takes] == [7, 3]


@pytest.mark.parametrize("name", ["", " ann", "a\tb", "x" * 65, None, b"ann"])
def test_a_name_that_no_service_takes_is_refused(name):
    with pytest.raises(ValueError, match="name: expected 1 to 64 characters"):
        cepstra.Profile(name)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.pkl", b"", r"expected a name that ends in \.safetensors or \.json"),
        ("a.json", b"[]", "expected an object"),
        ("a.json", b"\xff", "utf-8"),
        ("a.json", b'{"alias": "a", "frontend": null, "takes": [1]}', "is no profile"),
        ("a.json", b'{"alias": "", "frontend": null, "takes": []}', "1 to 64 characters"),
        ("a.json", b'{"alias": "a", "takes": []}', "'frontend'"),
        ("a.json", b'{"alias": "a", "frontend": null, "takes": [{"mfcc": [[1]]}]}', "takes.0.mfcc"),
        ("a.json", b'{"alias": null, "frontend": null, "takes": []}', "1 to 64 characters"),
        ("a.json", b"[" * 100_000, "is no profile"),
        ("a.safetensors", b"no tensors at all", "is no profile"),
        ("a.safetensors", tensors(["{}", "{}"]), "is no profile: .*1.mfcc"),
        ("a.safetensors", tensors(["3"]), "each an object"),
    ],
)
def test_a_file_that_is_no_profile_is_named(name, content, told, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=told) as caught:
        cepstra.Profile.load(path).verify(TEST)
    assert name in str(caught.value)


def test_two_profiles_are_written_at_once_into_one_folder(tmp_path):
    profiles = [cepstra.Profile(str(n)).enrol(TEST) for n in range(4)]
    for _ in range(20):
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda each: each.save(tmp_path / f"{each.name}.json"), profiles))
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{n}.json" for n in range(4)]
    assert [cepstra.Profile.load(tmp_path / f"{n}.json").name for n in range(4)] == list("0123")


def test_help_is_there_without_matplotlib():
    program = "import sys; sys.modules['matplotlib'] = None; import cepstra; help(cepstra)"
    assert "class Profile" in run_python("-c", program).stdout


def test_importing_loads_nothing_heavy_and_using_it_no_server():
    program = (
        "import sys, cepstra; first = 'numpy' in sys.modules; cepstra.Profile; "
        "print(first, *[m for m in ('flask', 'gunicorn', 'matplotlib', 'av') if m in sys.modules])"
    )
    assert run_python("-c", program).stdout.split() == ["False"]
    assert set(cepstra.__all__) <= set(dir(cepstra))


@pytest.fixture
def voices(shared_dir, tmp_path) -> Path:
    """A folder as the documents want it: WAVs of two people, and the README's messages."""
    for name, voice in (("ann", "fstheo"), ("ben", "fsjackson")):
        (tmp_path / "voices" / name).mkdir(parents=True)
        files = (shared_dir / "corpora" / "fsdd" / voice).iterdir()
        by_take = sorted(files, key=lambda path: path.stem.split("_")[::-1])
        for number, path in enumerate(by_take[:40]):
            write_wav(tmp_path / "voices" / name / f"{number:02}.wav", read_audio(path))
    for path in ROOT.glob("mfcc_*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def write_wav(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes((32767 * np.clip(samples, -1, 1)).astype("<i2").tobytes())


def test_the_documents_examples_run(voices, monkeypatch):
    text = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 5
    monkeypatch.chdir(voices)
    names: dict = {}
    for number, block in enumerate(blocks):
        exec(compile(block, f"docs/library.md, example {number}", "exec"), names)
    assert names["report"].decision == "accept"
    assert names["found"].speaker == "ann"
    assert (voices / "det.png").read_bytes().startswith(b"\x89PNG")


def test_the_notebook_runs_from_two_folders_to_a_det_curve(voices, monkeypatch):
    notebook = json.loads((ROOT / "examples" / "notebook.ipynb").read_text(encoding="utf-8"))
    assert notebook["nbformat"] == 4
    cells = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    monkeypatch.chdir(voices)
    for path in Path("voices/ben").iterdir():
        write_audio(path.with_suffix(".m4a"), read_audio(path), 16_000, CODECS["m4a"])
        path.unlink()
    Path("voices/ann/.DS_Store").touch()
    names: dict = {}
    for number, cell in enumerate(cells):
        exec(compile(cell, f"examples/notebook.ipynb, cell {number}", "exec"), names)
    assert len(names["own"]) >= 10 and len(names["others"]) >= 10
    assert np.median(names["own"]) > np.median(names["others"])
    assert names["curve"]._repr_png_().startswith(b"\x89PNG")


def test_two_voices_without_an_error_have_a_curve_to_see(tmp_path):
    """The curve runs along the border, and a threshold of the caller's is not called shipped."""
    picture = cepstra.pictures.det({"ours": ([3, 4, 5], [-3, -4, -1])})
    axis = picture.figure.axes[0]
    curve = next(line for line in axis.lines if line.get_label() == "ours, EER 0.0%")
    (left, right), (low, high) = axis.get_xlim(), axis.get_ylim()
    x, y = curve.get_data()
    assert ((left < x) & (x < right) & (low < y) & (y < high)).any()
    scores = cepstra.pictures.scores([3, 4, 5], [-3, -4, -1], 1.0)
    legend = scores.figure.axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()][-1] == "threshold"
    scores.save(tmp_path / "scores.svg")
    assert "<svg" in (tmp_path / "scores.svg").read_text(encoding="utf-8")
    for wrong in (None, np.nan):  # frames of one's own have no threshold
        with pytest.raises(ValueError, match="threshold: expected a finite number"):
            cepstra.pictures.scores([3], [1], wrong)
