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


@pytest.mark.parametrize("setting", fields(Config), ids=lambda setting: setting.name)
def test_every_setting_is_in_the_readme_with_its_default(setting):
    shown = f"`{setting.default}`" if setting.default != "" else "none"
    assert f"| `{setting.name.upper()}` | {shown} |" in README
