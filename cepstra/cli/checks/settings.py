"""The settings in the environment, and the keys among them."""

from __future__ import annotations

from collections.abc import Iterable

from cepstra.cli.checks.finding import Finding, ok, wrong

MEND = "set it as the table of settings in docs/reference.md says, or unset it"
SECRETS_MEND = "cepstra make-secrets prints fresh ones; keep them and set them"


def check_settings() -> Iterable[Finding]:
    """They can be read and are safe together; keys have the right form."""
    from cepstra.config import Config, SettingError
    from cepstra.store.keyring import KeyringError, parse_keys
    from cepstra.verification.signing import SigningKeys

    try:
        config = Config.from_environment()
        config.check()
    except SettingError as error:
        is_missing_key = "make-secrets" in str(error)
        return [wrong("settings", str(error), SECRETS_MEND if is_missing_key else MEND)]
    try:
        SigningKeys.from_text(config.signing_keys)
    except ValueError as error:
        return [wrong("settings", f"SIGNING_KEYS: {error}", SECRETS_MEND)]
    try:
        if config.data_keys.strip():
            parse_keys(config.data_keys, "DATA_KEYS")
    except KeyringError as error:
        return [wrong("settings", str(error), SECRETS_MEND)]
    auth = "on" if config.auth_is_on else "off"
    return [ok("settings", f"http://{config.address}, auth {auth}")]
