"""Checks of a setting's value: each returns None, or what it expected."""

from __future__ import annotations

import base64
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from limits import parse_many

Value = str | int | float
Check = Callable[[Value], str | None]

DATABASES = ("sqlite", "postgresql", "postgres", "postgresql+psycopg")
N_WORDS, LONGEST_WORD = 10, 16
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?")


def between(least: float, most: float | None = None) -> Check:
    """Return a check that a number is at least `least` and at most `most`."""
    expected = f"at least {least}" if most is None else f"{least} to {most}"

    def check(value: Value) -> str | None:
        number = float(value) if isinstance(value, str) else value  # any number of digits
        return None if number >= least and (most is None or number <= most) else expected

    return check


NONE_OR_MORE, ONE_OR_MORE = between(0), between(1)
# Else a moment so far away that no calendar has it.
SECONDS, SOME_DAYS, DAYS = between(1, 31_536_000), between(0, 36_500), between(1, 36_500)


def one_of(*texts: str) -> Check:
    """Return a check that a text is one of those."""
    expected = f"{', '.join(texts[:-1])} or {texts[-1]}"
    return lambda value: None if value in texts else expected


def any_value(_: Value) -> None:
    """Expect nothing more than the setting's type."""


def some_text(value: Value) -> str | None:
    """Expect any text but an empty one."""
    return None if str(value).strip() else "some text"


def share(value: Value) -> str | None:
    """Expect a share between none and all, both left out."""
    return None if 0 < float(value) < 1 else "more than 0 and less than 1"


def rate(value: Value) -> str | None:
    """Expect a rate of the package `limits`."""
    try:
        parse_many(str(value))
    except ValueError:
        return "a rate such as 60 per minute"
    return None


def origins(value: Value) -> str | None:
    """Expect origins of web pages, or nothing."""
    parts = str(value).replace(",", " ").split()
    good = all(ORIGIN.fullmatch(part) for part in parts)
    return None if good else "origins such as https://shop.example"


def split_words(text: str) -> list[str]:
    """Return the words of a setting, between commas; none of an empty one."""
    return [word.strip() for word in text.split(",")] if text else []


def ten_words(value: Value) -> str | None:
    """Expect a word for each digit, in upper or lower case another one each, or nothing."""
    words = split_words(str(value))
    good = all(0 < len(word) <= LONGEST_WORD and word.isprintable() for word in words)
    different = {unicodedata.normalize("NFKC", word).casefold() for word in words}
    if not words or (good and len(words) == len(different) == N_WORDS):
        return None
    return (
        f"{N_WORDS} different words, commas between, "
        f"each of 1 to {LONGEST_WORD} printable characters"
    )


def database_url(value: Value) -> str | None:
    """Expect the URL of an SQLite file or a PostgreSQL database."""
    good = str(value).partition("://")[0] in DATABASES
    return None if good else "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"


def count_storage(value: Value) -> str | None:
    """Expect where the package `limits` may count."""
    good = re.match(r"(memory|rediss?|redis\+unix)://", str(value))
    return None if good else "memory:// or redis://HOST"


def token(value: Value) -> str | None:
    """Expect a text that is hard to guess, or nothing."""
    good = not value or re.fullmatch(r"[\x21-\x7e]{16,}", str(value))
    return None if good else "16 characters or more, without spaces"


def webhook_url(value: Value) -> str | None:
    """Expect a URL that only its owner reads, or nothing."""
    good = re.match(r"https://[^\s@/]+(/\S*)?$|http://(127\.0\.0\.1|localhost)[:/]", str(value))
    return None if good or not value else "https://HOST/PATH (http on this machine alone)"


def webhook_secret(value: Value) -> str | None:
    """Expect what signs events, in the form of Standard Webhooks, or nothing."""
    text = str(value)
    try:
        key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except ValueError:
        key = b""
    good = text.startswith("whsec_") and 24 <= len(key) <= 64
    return None if good or not value else "whsec_ and 24 to 64 bytes in base64"


def line_target(value: Value) -> str | None:
    """Expect standard output, nowhere, or a file that can be written."""
    if value in ("stdout", "none"):
        return None
    path = Path(str(value))
    target = path if path.exists() else path.absolute().parent
    good = str(value).strip() and not path.is_dir() and os.access(target, os.W_OK)
    return None if good else "stdout, none or a file that can be written"


def without_password(value: Value) -> Value:
    """Return a value as it may be shown: a URL loses the password in it."""
    return re.sub(r"(?<=:)[^:@/]*(?=@)", "***", value) if isinstance(value, str) else value
