"""How many challenges are posed for a speaker within an hour, whoever asks, answered or not.

Without a limit, somebody with recordings of a few digits asks until just those come up.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cepstra.store import lockouts
from cepstra.store.lockouts import Lockout
from cepstra.verification.errors import LockedOutError

WINDOW = timedelta(hours=1)


def charge(connection: Connection, alias: str, most: int, now: datetime) -> None:
    """Count a challenge; the count is kept like that of rejections, `locked_until` ends the hour.

    Raises:
        LockedOutError: there were as many as may be.
    """
    counted = lockouts.lock(connection, "posed", alias, now)
    ends = counted.locked_until
    if ends is None or ends <= now:
        counted, ends = Lockout(), now + WINDOW
    if counted.rejects >= most:
        wait_s = math.ceil((ends - now).total_seconds())
        text = f"expected at most {most} challenges an hour: try again in {wait_s} s"
        raise LockedOutError("speaker", text, wait_s)
    lockouts.save(connection, "posed", alias, Lockout(counted.rejects + 1, ends), now)
