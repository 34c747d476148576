"""What a speaker may be called: any text that people write, one spelling of it, never changed.

Only `/` is left out, and `.` and `..`: names stand in addresses (/speakers/NAME), where these part
or lead up, and what is between a caller and the service unescapes them. Whoever is of no tenant
reads the names of a tenant's speakers as TENANT/NAME.
"""

from __future__ import annotations

import unicodedata

from cepstra.store.likeness import UNSEEN
from cepstra.store.tenancy import TENANT_PATTERN as TENANT_PATTERN
from cepstra.store.tenancy import TENANT_RULE as TENANT_RULE
from cepstra.store.tenancy import is_tenant, joined, parted

LONGEST_NAME = 64
NAME_RULE = "1 to 64 characters, no control characters, no '/', no space at the ends"
WHOLE_NAME_RULE = f"{NAME_RULE}; of a tenant TENANT/NAME, where TENANT is {TENANT_RULE}"
PLAIN_RULE = "a name that shows all it holds"
CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})
NON_JOINER, JOINER, AS_PICTURE = "\u200c", "\u200d", "\ufe0f"
VIRAMA = 9  # its combining class
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
    around = zip(f" {name}", name, f"{name[1:]} ", strict=False)
    return "  " not in name and not any(
        UNSEEN.match(char) and not _is_joint(before, char, after) for before, char, after in around
    )


def _is_joint(before: str, char: str, after: str) -> bool:
    """Tell whether a character changes how those beside it look (RFC 5892, A.1 and A.2)."""
    kind = unicodedata.category(before)
    if char == AS_PICTURE:
        return kind == "So"
    if char == NON_JOINER and unicodedata.bidirectional(before) == "AL":
        return unicodedata.bidirectional(after) == "AL"
    is_of_pictures = kind in ("So", "Sk") or before == AS_PICTURE
    if char == JOINER and is_of_pictures:
        return unicodedata.category(after) == "So"
    return char in (NON_JOINER, JOINER) and unicodedata.combining(before) == VIRAMA


def is_whole_name(text: str) -> bool:
    """Tell whether a text in normal form is a name, or TENANT/NAME."""
    tenant, name = parted(text)
    return is_name(name) and joined(tenant, name) == text and (not tenant or is_tenant(tenant))
