"""Settings: read once, refused clearly, documented."""

from contextlib import suppress
from dataclasses import fields

import pytest

from cepstra.config import Config, SettingError


def test_the_environment_overrides_the_defaults():
    config = Config.from_environment({"PORT": "8080", "DATABASE_URL": "sqlite:///x.db"})
    assert (config.port, config.database_url, config.host) == (8080, "sqlite:///x.db", "127.0.0.1")


@pytest.mark.parametrize("url", ["mysql://localhost/x", "cepstra.db", "postgresq://localhost/x"])
def test_a_database_of_another_kind_is_refused_without_repeating_its_password(url):
    with pytest.raises(SettingError, match="DATABASE_URL: expected sqlite:///FILE or postgresql:"):
        Config(database_url=url).check()


def test_events_that_nobody_could_check_are_not_sent():
    with pytest.raises(SettingError, match="WEBHOOK_SECRET: expected one with WEBHOOK_URL"):
        Config(webhook_url="https://shop.example/events").check()


def test_true_and_false_are_taken_in_any_case_and_nothing_else():
    with pytest.raises(SettingError, match="REQUIRE_CONSENT: expected true or false, got 'yes'"):
        Config.from_environment({"REQUIRE_CONSENT": "yes"})
    assert Config.from_environment({"REQUIRE_CONSENT": "True"}).require_consent
    assert not Config.from_environment({"REQUIRE_CONSENT": "false"}).require_consent


def test_a_challenge_is_of_3_to_6_digits_and_its_least_of_no_more():
    with pytest.raises(SettingError, match="CHALLENGE_DIGITS: expected 3 to 6, got 2"):
        Config(challenge_digits=2).check()
    with pytest.raises(SettingError, match="CHALLENGE_DIGITS: expected 3 to 6, got 7"):
        Config(challenge_digits=7).check()
    with pytest.raises(SettingError, match="CHALLENGE_MIN_DIGITS: expected 3 to 6, got 2"):
        Config(challenge_min_digits=2).check()
    with pytest.raises(SettingError, match="CHALLENGE_MIN_DIGITS: expected at most 4, got 5"):
        Config(challenge_digits=4, challenge_min_digits=5).check()


@pytest.mark.parametrize("spec", [spec for spec in fields(Config) if type(spec.default) is int])
def test_no_number_is_too_large_to_be_used_or_refused(spec):
    """A moment so far away that no calendar has it ended the start, or calls with 500."""
    for text in ("999999999999", "9" * 400):
        with suppress(SettingError):
            Config.from_environment({spec.name.upper(): text}).check()
    kind = {"s": "seconds", "days": "days"}.get(spec.name.rpartition("_")[2])
    if kind:
        with pytest.raises(SettingError, match=f"{spec.name.upper()}: expected . to 3"):
            Config.from_environment({spec.name.upper(): "999999999999"}).check()
