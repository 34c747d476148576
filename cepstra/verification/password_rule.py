"""Which passwords are good enough: long, and not what everybody tries first.

Length as NIST SP 800-63B-4, section 3.1.1.2, has it for passwords that stand alone; no rule on
kinds of characters, which it advises against.
"""

from __future__ import annotations

import re

from cepstra.verification.errors import WeakPasswordError

LEAST = 15
FEWEST_DIFFERENT = 6
MOST_GUESSABLE_REST = 4  # letters that are left when all that is guessed first is taken out

DISGUISES = str.maketrans("013457@$!€", "oleastasie")
ROWS = """
abcdefghijklmnopqrstuvwxyz qwertyuiop qwertzuiop azertyuiop asdfghjkl zxcvbnm
1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik 1qazxsw23edcvfr45tgbnhy67ujm qazwsxedcrfvtgbyhnujmik
qazxswedcvfrtgbnhyujm 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0
""".split()  # across and down the keyboard, and in zigzags
LEAST_RUN = 4
WORDS = """
account admin administrator apple april august autumn baseball batman begin bitch cepstra changeit
changeme charlie chelsea computer correcthorsebatterystaple daniel december default donald dragon
enter entry family february football forever freedom fuckyou geheim google guest hallo hannover
harry hello hockey hunter iloveyou internet january jennifer jesus jordan killer letmein liebe
liverpool login love lovely manchester march master matrix michael michaeljackson michelle monkey
muchisimo mucho mustang ninja november october pass passphrase passwd password passwort pokemon
potter princess qazwsx root samsung schatz secret september service shadow soccer somuch speaker
spring starwars summer sunshine super superman system tequiero test testing thankyou
thequickbrownfox thisismy thomas tobeornottobe trustno united user verify verymuch voice welcome
whatever whatsup willkommen winter
""".split()
_WORD = re.compile("|".join(sorted(WORDS, key=len, reverse=True)))


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
    """Tell whether hardly anything is left without common words, the name, runs and repeats."""
    plain = password.casefold()
    if len(set(plain)) < FEWEST_DIFFERENT or _repeats(plain):
        return True
    nameless = plain.replace(name.casefold(), "")
    return any(_is_little(text) for text in (nameless, nameless.translate(DISGUISES)))


def _is_little(text: str) -> bool:
    """Tell whether common words and runs are nearly all that there is; digits do not count."""
    rest = _without_runs(_WORD.sub("", text))
    return len(re.sub(r"[\W\d_]", "", rest)) <= MOST_GUESSABLE_REST


def _repeats(text: str) -> bool:
    """Tell whether the text is one piece again and again."""
    return text in (text + text)[1:-1]


def _without_runs(text: str) -> str:
    """Take out rows of keys and of the alphabet, there and back."""
    for row in (*ROWS, *(row[::-1] for row in ROWS)):
        for length in range(len(row), LEAST_RUN - 1, -1):
            for start in range(len(row) - length + 1):
                text = text.replace(row[start : start + length], "")
    return text
