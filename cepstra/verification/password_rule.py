"""Which passwords are good enough: long, and not what everybody tries first.

Length as NIST SP 800-63B-4, section 3.1.1.2, has it for passwords that stand alone; no rule on
kinds of characters, which it advises against. What is tried first is told by zxcvbn, which keeps
lists of leaked passwords, words and names, and knows rows of keys, repeats and disguises.
"""

from __future__ import annotations

import re

from cepstra.verification.errors import WeakPasswordError

LEAST = 15
LEAST_GUESSES_LOG10 = 11.0  # of zxcvbn: above "iloveyousomuch123", below three uncommon words
LOOKED_AT = 32  # characters: of symbols that stand for letters, 72 took zxcvbn 1.9 s, these 0.3 s
FAMOUS = ("correcthorsebatterystaple", "thequickbrownfox", "tobeornottobe")  # without spaces


def check(password: str, name: str) -> None:
    """Refuse a new password that would be guessed.

    Raises:
        WeakPasswordError: it is too short, or made of what is tried first.
    """
    if len(password) < LEAST:
        text = f"expected at least {LEAST} characters, got {len(password)}: several words are easy"
        raise WeakPasswordError("password", text)
    if is_guessable(password, name):
        text = (
            "expected a password that is not made of names, common words, rows of keys or repeats"
        )
        raise WeakPasswordError("password", text)


def is_guessable(password: str, name: str) -> bool:
    """Tell whether the password is a famous one, or few guesses lead to it."""
    from zxcvbn import zxcvbn  # 13 MB of lists, for those workers that see a new password

    letters = re.sub(r"[\W_]", "", password.casefold())
    if any(phrase in letters for phrase in FAMOUS):
        return True
    known = [name, *re.split(r"[\W_]+", name), "cepstra"]
    guesses_log10: float = zxcvbn(password[:LOOKED_AT], known)["guesses_log10"]
    return guesses_log10 < LEAST_GUESSES_LOG10
