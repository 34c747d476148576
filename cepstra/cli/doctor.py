"""`doctor`: check this installation and the service, and say how to mend what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import partial

import click

from cepstra.cli.checks.database import check_database
from cepstra.cli.checks.finding import Check, Finding, State, note, wrong
from cepstra.cli.checks.installation import check_packages, check_page, check_python
from cepstra.cli.checks.models import check_models
from cepstra.cli.checks.service import check_service
from cepstra.cli.checks.settings import check_settings

COLOURS = {State.OK: "green", State.NOTE: "yellow", State.WRONG: "red"}


@click.command("doctor")
@click.option("--url", envvar="CEPSTRA_URL", help="The service.  [default: that of HOST and PORT]")
@click.option("--token", envvar="CEPSTRA_TOKEN", help="API key or session token for it.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(ctx: click.Context, /, url: str | None, token: str | None, as_json: bool) -> None:
    """Check Python, packages, page, models, settings, database and service; change nothing.

    The exit status is 1 where something is wrong, and 0 where there are notes at most.
    """
    given = ctx.obj or {}
    findings = list(_examine(given.get("url") or url, given.get("token") or token))
    if as_json or given.get("as_json"):
        click.echo(json.dumps({"findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        for finding in findings:
            _print(finding)
    ctx.exit(int(any(finding.state is State.WRONG for finding in findings)))


def _examine(url: str | None, token: str | None) -> Iterator[Finding]:
    yield from check_python()
    yield from check_packages()
    yield from check_page()
    checks: dict[str, Check] = {
        "models": check_models,
        "settings": check_settings,
        "database": check_database,
        "service": partial(check_service, url, token),
    }
    for name, check in checks.items():
        yield from _guarded(name, check)


def _guarded(name: str, check: Callable[[], Iterable[Finding]]) -> Iterable[Finding]:
    """A check must never end the others; what it needs may be what is broken."""
    from cepstra.config import SettingError

    try:
        return list(check())
    except ImportError as error:
        text = f"cannot be checked without {error.name}, which cannot be imported"
        return [note(name, text, "see packages")]
    except SettingError:
        return [note(name, "cannot be checked", "see settings")]
    except Exception as error:
        text = " ".join(f"{type(error).__name__}: {error}".split())
        return [wrong(name, text, "please report this with the line above")]


def _print(finding: Finding) -> None:
    state = click.style(f"{finding.state.value:6}", fg=COLOURS[finding.state])
    click.echo(f"{state}{finding.check}: {finding.found}")
    if finding.mend:
        click.echo(f"      mend: {finding.mend}")
