"""What a speaker may be called: any text that people write, one spelling of it, never changed.

Only `/` is left out, and `.` and `..`: names stand in addresses (/speakers/NAME), where these part
or lead up, and what is between a caller and the service unescapes them. Whoever is of no tenant
reads the names of a tenant's speakers as TENANT/NAME.
"""

from __future__ import annotations

import unicodedata

from cepstra.store.tenancy import TENANT_PATTERN as TENANT_PATTERN
from cepstra.store.tenancy import TENANT_RULE as TENANT_RULE
from cepstra.store.tenancy import is_tenant, joined, parted

LONGEST_NAME = 64
NAME_RULE = "1 to 64 characters, no control characters, no '/', no space at the ends"
WHOLE_NAME_RULE = f"{NAME_RULE}; of a tenant TENANT/NAME, where TENANT is {TENANT_RULE}"
CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
JOINERS = "\u200c\u200d"  # which letters and pictures beyond Latin, Greek and Cyrillic need
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters without ink
NO_TEXT = "\ufffd"  # in place of bytes that were no text: names may not meet in it


def normal_name(text: str) -> str:
    """Return the text in Unicode's normal form C, in which letters have one spelling."""
    return unicodedata.normalize("NFC", text)


def is_name(text: str) -> bool:
    """Tell whether a text in normal form is a name."""
    if not 1 <= len(text) <= LONGEST_NAME or text != text.strip() or text in (".", ".."):
        return False
    return all(
        char not in ("/", NO_TEXT) and unicodedata.category(char) not in CONTROL for char in text
    )


def is_plain_to_see(name: str) -> bool:
    """Tell whether a name shows all that it holds: else it could look like somebody else's."""
    for before, char in zip(f" {name}", name, strict=False):
        is_joint = char in JOINERS and before >= "\u0590"
        if char in BLANK or (unicodedata.category(char) == "Cf" and not is_joint):
            return False
    return True


def is_whole_name(text: str) -> bool:
    """Tell whether a text in normal form is a name, or TENANT/NAME."""
    tenant, name = parted(text)
    return is_name(name) and joined(tenant, name) == text and (not tenant or is_tenant(tenant))


def likeness(name: str) -> str:
    """Return what names that differ by case and accents alone have in common."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char)).replace("ł", "l")
