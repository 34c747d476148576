"""The lists of a protocol: what is read, and how mistakes are named."""

import pytest

from cepstra.evaluation.protocol import (
    ProtocolError,
    Trial,
    digit_of,
    locate,
    read_enrolment,
    read_trials,
    write_enrolment,
)


@pytest.fixture
def write(tmp_path):
    def write_text(text: str):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write_text


def test_lists_are_read_in_order(write):
    assert read_enrolment(write("speaker,files\nann,ann/0 ann/1\nbob,bob/0\n")) == {
        "ann": ("ann/0", "ann/1"),
        "bob": ("bob/0",),
    }
    trials = write("model,speaker,target,files\nann,ann,1,ann/2\nann,bob,0,bob/1 bob/2\n")
    assert read_trials(trials, ["ann"]) == [
        Trial("ann", "ann", True, ("ann/2",)),
        Trial("ann", "bob", False, ("bob/1", "bob/2")),
    ]


def test_column_order_windows_line_ends_and_a_byte_order_mark_do_not_matter(write):
    path = write("\ufefffiles,speaker\r\nann/0,ann\r\n")
    assert read_enrolment(path) == {"ann": ("ann/0",)}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "line 1.*speaker, files"),
        ("speaker\nann\n", "line 1.*column files is missing"),
        ("speaker,files\n", "list is empty"),
        ("speaker,files\nann,ann/0\n,bob/0\n", "line 3, column speaker"),
        ("speaker,files\nann\n", "line 2, column files"),
        ("speaker,files\nann,a\nann,b\n", "line 3, column speaker.*'ann' appears twice"),
    ],
)
def test_mistakes_in_enrolment_are_named(write, text, complaint):
    with pytest.raises(ProtocolError, match=complaint):
        read_enrolment(write(text))


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("ann,ann,1,a\neve,bob,0,b\n", "line 3, column model: 'eve' is not enrolled"),
        ("ann,ann,yes,a\n", "line 2, column target: expected 0 or 1, got 'yes'"),
        ("ann,ann,1,\n", "line 2, column files"),
        ("ann,,1,a\n", "line 2, column speaker"),
        ("ann,ann,1,a\n", "both targets.*impostors"),
    ],
)
def test_mistakes_in_trials_are_named(write, rows, complaint):
    with pytest.raises(ProtocolError, match=complaint):
        read_trials(write("model,speaker,target,files\n" + rows), ["ann"])


def test_a_missing_or_binary_list_is_named(tmp_path):
    with pytest.raises(ProtocolError, match=r"nowhere\.csv: no such file"):
        read_enrolment(tmp_path / "nowhere.csv")
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"\xff\xfe\x00speaker,files")
    with pytest.raises(ProtocolError, match=r"binary\.csv"):
        read_enrolment(binary)


def test_recordings_are_found_with_any_suffix(tmp_path):
    for name in ("a.v1.flac", "b.wav", "c.ogg"):
        (tmp_path / name).touch()
    found = locate(["a.v1", "b", "c.ogg", "b"], tmp_path)
    assert {name: path.name for name, path in found.items()} == {
        "a.v1": "a.v1.flac",
        "b": "b.wav",
        "c.ogg": "c.ogg",
    }


def test_missing_recordings_are_counted_and_named(tmp_path):
    (tmp_path / "here.flac").touch()
    with pytest.raises(ProtocolError, match="2 of 3 recordings are missing.*: gone/1, gone/2"):
        locate(["here", "gone/1", "gone/2"], tmp_path)


@pytest.mark.parametrize(
    ("file", "digit"),
    [
        ("ann/7_ann_0", 7),
        ("0_x_1", 0),
        ("ann/12_ann_0", None),
        ("ann/hello", None),
        ("1_a/x", None),
    ],
)
def test_digit_comes_from_the_file_name(file, digit):
    assert digit_of(file) == digit


def test_shared_protocols_are_valid(shared_dir):
    for name, corpus in (("fsdd", "fsdd"), ("speech_commands_dev", "speech_commands/dev")):
        enrolment = read_enrolment(shared_dir / "protocol" / f"{name}.enrol.csv")
        trials = read_trials(shared_dir / "protocol" / f"{name}.trials.csv", enrolment)
        enrolled = {file for files in enrolment.values() for file in files}
        tested = {file for trial in trials for file in trial.files}
        assert not enrolled & tested
        assert (
            locate(enrolled | tested, shared_dir / "corpora" / corpus).keys() == enrolled | tested
        )


def test_lists_name_files_whose_names_are_no_text(tmp_path):
    files = {"ann": ("ann/a \udcff\n'1'", "ann/b")}
    write_enrolment(tmp_path / "enrol.csv", files)
    assert b"\xff" in (tmp_path / "enrol.csv").read_bytes()
    assert read_enrolment(tmp_path / "enrol.csv") == files
