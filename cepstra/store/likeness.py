"""What names have in common that people could take for one another.

The table of speakers keeps it in a column: after a change here a migration has to empty that, and
names are compared one by one until it is filled again.
"""

from __future__ import annotations

import re
import unicodedata

from cepstra.store.tenancy import joined, parted

# Unicode's Default_Ignorable_Code_Point, letters without ink, and spaces that look like " ".
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\u00a0\u1680\u2000-\u200a\u202f\u205f]"
)


def likeness(name: str) -> str:
    """Return what names have in common that differ by case, accents and what is not seen alone."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if not unicodedata.combining(char)).replace("ł", "l")
    seen = UNSEEN.sub(lambda found: " " if found[0].isspace() else "", letters)
    return " ".join(seen.split())


def whole_likeness(kept_name: str) -> str:
    """Return the same of a name in the database, behind its tenant."""
    tenant, name = parted(kept_name)
    return joined(tenant, likeness(name))
