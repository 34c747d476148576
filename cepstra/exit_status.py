"""Exit statuses of the commands and of the service's start; docs/command-line.md lists them."""

from enum import IntEnum


class Exit(IntEnum):
    """How a process ends; trying again helps with `NO_SERVICE` only."""

    OK = 0
    REJECTED = 1
    USAGE = 2
    INCONCLUSIVE = 3
    BAD_FILE = 4
    NO_SERVICE = 5
    INTERRUPTED = 130  # as of other programs
    UNREAD = 141  # as of them, too: nobody reads the output any more
