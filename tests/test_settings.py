"""Settings: read once, refused clearly, documented."""

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


def test_what_is_neither_true_nor_false_is_named():
    with pytest.raises(SettingError, match="REQUIRE_CONSENT: expected true or false, got 'yes'"):
        Config.from_environment({"REQUIRE_CONSENT": "yes"})
    assert Config.from_environment({"REQUIRE_CONSENT": "True"}).require_consent
    assert not Config.from_environment({"REQUIRE_CONSENT": "false"}).require_consent


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"challenge_digits": 2}, "CHALLENGE_DIGITS: expected 3 to 6, got 2"),
        ({"challenge_digits": 7}, "CHALLENGE_DIGITS: expected 3 to 6, got 7"),
        ({"challenge_min_digits": 2}, "CHALLENGE_MIN_DIGITS: expected 3 to 6, got 2"),
        (
            {"challenge_digits": 4, "challenge_min_digits": 5},
            "CHALLENGE_MIN_DIGITS: expected at most 4, got 5",
        ),
        ({"digit_takes": 0}, "DIGIT_TAKES: expected at least 1, got 0"),
        ({"replay_days": 0}, "REPLAY_DAYS: expected at least 1, got 0"),
    ],
)
def test_numbers_out_of_bounds_are_refused(settings, named):
    with pytest.raises(SettingError, match=named):
        Config(**settings).check()
