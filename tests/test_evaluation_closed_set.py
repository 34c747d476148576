"""Classification on made-up scores whose answer is known, and on real digits."""

import numpy as np
import pytest
from client_commands import Commands
from small_protocol import with_every

from cepstra.evaluation import plots
from cepstra.evaluation.closed_set import Classification, with_unknown

OWN = np.array([0, 0, 1, 1, 2, 2])
SCORES = np.array([[5, 1, 0], [4, 0, 1], [0, 6, 1], [3, 2, 0], [0, 1, 7], [1, 0, 4]], float)
FOUND = Classification(("ann", "bob", "cid"), OWN, SCORES)


def test_one_of_six_goes_to_somebody_else():
    assert FOUND.predicted.tolist() == [0, 0, 1, 0, 2, 2]
    assert FOUND.accuracy == pytest.approx(5 / 6)
    # ann: precision 2/3, recall 1; bob: precision 1, recall 1/2; cid: 1
    assert FOUND.macro_f1 == pytest.approx((0.8 + 2 / 3 + 1.0) / 3)
    assert FOUND.confusion.tolist() == [[2, 0, 0], [1, 1, 0], [0, 0, 2]]


def test_the_unknown_are_rejected_and_the_known_identified_at_the_threshold():
    seen = with_unknown(FOUND, lambda n_speakers: 3.5, 1)
    assert seen.rejected == 1.0  # no attempt has 3.5 with another speaker
    assert 0.5 < seen.identified < 1.0  # bob's second attempt reaches it with nobody
    everybody = with_unknown(FOUND, lambda n_speakers: -1.0, 1)
    assert everybody.rejected == 0.0


def test_there_is_no_open_set_of_one_or_without_a_threshold():
    assert with_unknown(FOUND, lambda n_speakers: 3.5, 2) is None
    assert with_unknown(FOUND, lambda n_speakers: None, 1) is None


def test_the_command_on_real_digits(shared_dir, tmp_path):
    small = with_every(shared_dir, tmp_path / "shared", "fsdd", 40)
    page = tmp_path / "deep" / "page.md"
    done = Commands().run(
        "evaluate-closed-set", "--shared", small, "--corpus", "fsdd", "--out", page,
        "--system", "gmm-ubm", "--system", "dense-stats", "--system", "classic-meyda-16k-1",
        "--unknown", 2, "--processes", 1,
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    rows = [line for line in page.read_text().splitlines() if line.startswith("| ")]
    cells = {row.split("|")[1].strip(): row.split("|")[2:-1] for row in rows}
    for system in ("gmm-ubm", "dense-stats"):
        assert float(cells[system][0]) > 90  # six voices on the device they enrolled with
        assert float(cells[system][1]) > 90
        assert float(cells[system][2]) > 80
    assert cells["classic-meyda-16k-1"][2].strip() == "–"  # it knows no threshold
    assert (page.parent / "images" / "confusion-fsdd.png").read_bytes().startswith(b"\x89PNG")


def test_few_speakers_are_named_along_the_axes_of_a_confusion_matrix():
    axis = plots.confusion_figure({"one": np.eye(2, dtype=int)}, ["ann", "ben"]).axes[0]
    for labels in (axis.get_xticklabels(), axis.get_yticklabels()):
        assert [label.get_text() for label in labels] == ["ann", "ben"]
    many = plots.confusion_figure({"one": np.eye(30, dtype=int)}, [str(n) for n in range(30)])
    assert len(many.axes[0].get_xticks()) < 30
