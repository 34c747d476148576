"""Settings: read once, refused clearly, documented."""

from dataclasses import fields
from pathlib import Path

import pytest

from config import Config, SettingError

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()


def test_the_environment_overrides_the_defaults():
    config = Config.from_environment({"PORT": "8080", "DATABASE_URL": "sqlite:///x.db"})
    assert (config.port, config.database_url, config.host) == (8080, "sqlite:///x.db", "127.0.0.1")


def test_a_port_that_is_no_number_is_named():
    with pytest.raises(SettingError, match="PORT: expected a whole number, got 'many'"):
        Config.from_environment({"PORT": "many"})


def test_what_is_neither_true_nor_false_is_named():
    with pytest.raises(SettingError, match="REQUIRE_CONSENT: expected true or false, got 'yes'"):
        Config.from_environment({"REQUIRE_CONSENT": "yes"})
    assert Config.from_environment({"REQUIRE_CONSENT": "True"}).require_consent
    assert not Config.from_environment({"REQUIRE_CONSENT": "false"}).require_consent


@pytest.mark.parametrize("setting", fields(Config), ids=lambda setting: setting.name)
def test_every_setting_is_in_the_readme_with_its_default(setting):
    shown = f"`{setting.default}`" if setting.default != "" else "none"
    shown = shown.lower() if isinstance(setting.default, bool) else shown
    assert f"| `{setting.name.upper()}` | {shown} |" in README
