"""PROMPT_WORDS: what the page asks for in place of digits; ten different words, or none."""

import os
import subprocess
import sys

import pytest
from caller_driver import HTTP
from surroundings import ROOT

from cepstra.client import Client
from cepstra.config import Config, SettingError

WORDS = "moon,river,window,apple,garden,silver,bread,tiger,lamp,yellow"
EXPECTED = "PROMPT_WORDS: expected 10 different words, commas between, each of 1 to 16 printable"
REFUSED = {
    "nine": "moon,river,window,apple,garden,silver,bread,tiger,lamp",
    "eleven": f"{WORDS},green",
    "twice": WORDS.replace("river", "moon"),
    "twice, in capitals": WORDS.replace("river", "MOON"),
    "twice, composed otherwise": WORDS.replace("moon", "m\u00fcll").replace("lamp", "mu\u0308ll"),
    "an empty one": WORDS.replace("river", ""),
    "nothing but a space": " ",
    "a comma at the end": f"{WORDS},",
    "too long": WORDS.replace("river", 17 * "r"),
    "two lines": WORDS.replace("river", "riv\ner"),
    "turned round": WORDS.replace("river", "\u202eriver"),
    "unseen": WORDS.replace("river", "\u200b"),
    "no text": WORDS.replace("river", "\udcff"),
}
TAKEN = {
    "plain": WORDS,
    "spaces after commas": WORDS.replace(",", ", "),
    "two words in one": WORDS.replace("river", "ice cream"),
    "long": WORDS.replace("river", 16 * "r"),
    "markup, which is text as any other": WORDS.replace("river", "<b>&amp;</b>"),
    "other scripts": "قمر,نهر,窗户,яблоко,κήπος,銀,хлеб,호랑이,लैंप,żółty",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_anything_but_ten_different_words_is_refused(text):
    with pytest.raises(SettingError, match=EXPECTED) as refused:
        Config.from_environment({"PROMPT_WORDS": text}).check()
    assert str(refused.value).endswith(f"got {text!r}")


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_ten_different_words_are_taken_as_they_are(text):
    config = Config.from_environment({"PROMPT_WORDS": text})
    config.check()
    assert config.words_to_say == [word.strip() for word in text.split(",")]


@pytest.mark.parametrize("command", [("-m", "gunicorn", "api:app"), ("api.py",)])
@pytest.mark.parametrize("why", ["nine", "twice"])
def test_no_server_starts_with_others(tmp_path, command, why):
    settings = {"PROMPT_WORDS": REFUSED[why], "DATABASE_URL": f"sqlite:///{tmp_path}/c.db"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT, env={**os.environ, "PORT": "0", **settings},
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert EXPECTED in done.stderr and f"got {REFUSED[why]!r}" in done.stderr


def test_the_session_tells_the_words_to_everybody(serve, auth_on):
    server = serve(**auth_on, PROMPT_WORDS=TAKEN["other scripts"])
    told = HTTP.get(f"{server.url}/session").json()
    assert told["prompt_words"] == TAKEN["other scripts"].split(",")
    with Client(server.url) as client:
        assert client.session()["prompt_words"] == told["prompt_words"]


def test_without_words_there_are_digits(module_server):
    assert HTTP.get(f"{module_server.url}/session").json()["prompt_words"] == []
