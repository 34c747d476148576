"""PUT /timeline over real HTTP: a meeting of background speakers whose turns are known."""

import httpx
import numpy as np
import pytest
from caller_driver import HTTP, make_key

from cepstra.evaluation.diarization import Spoken, errors
from cepstra.evaluation.joined_meetings import join, join_call, stretches
from cepstra.frontend.continuous import stream_cepstra

SPEAKERS = ("fash", "fcaw", "mmsh")
FRONT_END = "meyda-16k-1"


def frames_of(samples) -> list[list[float]]:
    return np.concatenate(list(stream_cepstra([samples.astype(np.float32)]))).tolist()


@pytest.fixture(scope="module")
def recordings(shared_dir):
    folder = shared_dir / "corpora" / "an4" / "background"
    return {name: sorted((folder / name).glob("*.flac")) for name in SPEAKERS}


@pytest.fixture(scope="module")
def meeting(recordings):
    voices = {
        n: [part for p in paths[:4] for part in stretches(p)] for n, paths in recordings.items()
    }
    return join("meeting", voices, np.random.default_rng(1), overlaps=0.0)


@pytest.fixture(scope="module")
def body(meeting):
    return {"mfcc": frames_of(meeting.samples), "frontend": FRONT_END}


def enrol(http, paths) -> None:
    samples = np.concatenate([part for path in paths for part in stretches(path)])
    take = {"mfcc": frames_of(samples)[:2000], "frontend": FRONT_END}
    http.put("/speakers/fash/train", json=take).raise_for_status()


def test_an_enrolled_voice_has_its_name_and_the_others_have_numbers(
    module_server, recordings, meeting, body
):
    with httpx.Client(base_url=module_server.url, timeout=60) as http:
        enrol(http, recordings["fash"][4:])
        reply = http.put("/timeline", json=body)
        assert reply.status_code == 200, reply.text
        told = reply.json()
    places = [n for n, voice in enumerate(told["voices"], 1) if voice["speaker"] is None]
    assert [told["voices"][n - 1]["name"] for n in places] == [f"voice {n}" for n in places]
    assert len(places) == 2
    known = [voice for voice in told["voices"] if voice["speaker"] == "fash"]
    assert known[0]["name"] == "fash" and known[0]["llr"] > 0
    truth = [Spoken(turn.speaker, turn.start_s, turn.end_s) for turn in meeting.turns]
    said = [Spoken(s["voice"], s["start_s"], s["end_s"]) for s in told["segments"]]
    assert errors(truth, said, 0.25).rate < 0.05
    own = [[s for s in spoken if s.label == "fash"] for spoken in (truth, said)]
    assert errors(*own, 0.25).rate < 0.05
    assert told["duration_s"] == len(body["mfcc"]) / 100


def test_each_side_of_a_call_is_heard_by_itself(module_server, recordings):
    sides = [
        {name: [p for path in recordings[name][:4] for p in stretches(path)]}
        for name in SPEAKERS[:2]
    ]
    call = join_call("call", sides, np.random.default_rng(4))
    first, second = map(frames_of, call.samples)
    with httpx.Client(base_url=module_server.url, timeout=60) as http:
        body = {"mfcc": first, "other_side": second, "frontend": FRONT_END}
        told = http.put("/timeline", json=body).json()
    sides_of = {(s["voice"], s["channel"]) for s in told["segments"]}
    assert sorted(channel for _, channel in sides_of) == ["left", "right"]
    truth = [Spoken(turn.speaker, turn.start_s, turn.end_s) for turn in call.turns]
    said = [Spoken(s["voice"], s["start_s"], s["end_s"]) for s in told["segments"]]
    assert errors(truth, said, 0.25).rate < 0.02


def test_who_may_not_identify_may_not_ask_and_ratios_are_for_those_with_scores(
    server_factory, auth_on, recordings, body
):
    server = server_factory(**auth_on)
    with httpx.Client(base_url=server.url, timeout=60) as http:
        http.headers["Authorization"] = f"Bearer {make_key(server, 'enrol')}"
        enrol(http, recordings["fash"][4:])
        refused = http.put("/timeline", json=body)
        assert refused.status_code == 403
        http.headers["Authorization"] = f"Bearer {make_key(server, 'identify')}"
        told = http.put("/timeline", json=body).json()
    assert "fash" in [voice["speaker"] for voice in told["voices"]]
    assert [voice["llr"] for voice in told["voices"]] == [None] * 3


FRAME = [1.0] * 20


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"frontend": None}, "frontend", "null"),
        ({"frontend": "other"}, "frontend", "expected meyda-16k-1"),
        ({"mfcc": [[1.0] * 19]}, "mfcc", "expected 20 coefficients of meyda-16k-1, got 19"),
        ({"mfcc": [FRAME] * 12_001}, "mfcc", "expected 1 to 12000 frames, got 12001"),
        ({"other_side": [FRAME] * 2}, "other_side", "expected 1 frames of 20 coefficients as in"),
        ({"other_side": [FRAME] * 6001}, "other_side", "expected 1 to 6000 frames, got 6001"),
        ({"digit": 3}, "digit", "expected no field but mfcc, "),
    ],
)
def test_what_is_wrong_is_named(module_server, change, field, said):
    body = {"mfcc": [FRAME], "frontend": FRONT_END, **change}
    reply = HTTP.put(f"{module_server.url}/timeline", json=body, timeout=30)
    assert reply.status_code == 400
    assert said in str(reply.json()["errors"][field]), reply.text


def test_nobody_speaks_in_silence(module_server):
    body = {"mfcc": [FRAME] * 300, "frontend": FRONT_END}
    told = HTTP.put(f"{module_server.url}/timeline", json=body, timeout=30).json()
    assert told == {"duration_s": 3.0, "voices": [], "segments": []}
