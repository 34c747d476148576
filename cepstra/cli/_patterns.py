"""Options that find something in the name of a file."""

from __future__ import annotations

import re

import click


def pattern_with_group(
    ctx: click.Context, parameter: click.Parameter, value: str | None
) -> re.Pattern[str] | None:
    """Read a regular expression whose first group is what is looked for.

    Raises:
        click.BadParameter: it is none, or has no group.
    """
    if value is None:
        return None
    try:
        pattern = re.compile(value)
    except re.error as error:
        raise click.BadParameter(f"expected a regular expression: {error}") from None
    if pattern.groups < 1:
        raise click.BadParameter(f"expected a group in parentheses, got {value}")
    return pattern
