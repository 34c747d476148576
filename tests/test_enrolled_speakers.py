"""What a call costs does not grow with the number of speakers: same statements, same rows, indexes.

Counted, not timed: `cepstra bench` measures.
"""

from collections import Counter

import pytest
import sqlalchemy as sa

from benchmarks.made_up_speakers import fill
from benchmarks.messages import messages
from cepstra.api import create_app
from cepstra.config import Config

FEW, MANY = 1, 600  # more than a worker keeps ready
NEWEST = "?speaker=target"
CALLS = [f"/train{NEWEST}", f"/score{NEWEST}", f"/test{NEWEST}", "/score?speaker=s1"]


class Watched:
    """An application on a database that notes the statements of a call and the rows they give."""

    def __init__(self, database_url: str, n_speakers: int) -> None:
        fill(database_url, n_speakers)
        app = create_app(Config(database_url=database_url, audit_log="none"))
        self.engine = app.extensions["service"].store.engine
        self.client = app.test_client()
        self.statements: list[tuple[str, object]] = []
        sa.event.listen(self.engine, "before_cursor_execute", self._note)
        for index in range(8):
            self.put(CALLS[0], index)

    def _note(self, connection, cursor, statement, parameters, context, executemany) -> None:
        self.statements.append((statement, parameters))

    def put(self, path: str, index: int = 0) -> list[tuple[str, object]]:
        self.statements.clear()
        reply = self.client.put(path, data=messages()[index], content_type="application/json")
        assert reply.status_code == 200, reply.data
        return list(self.statements)

    def plan(self, statement: str, parameters: object) -> list[str]:
        with self.engine.connect() as connection:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            return [row.detail for row in rows]


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sizes")
    return {size: Watched(f"sqlite:///{folder}/{size}.db", size) for size in (FEW, MANY)}


@pytest.mark.parametrize("path", CALLS)
def test_a_call_says_the_same_however_many_are_enrolled(watched, path):
    said = [[text for text, _ in watched[size].put(path)] for size in (FEW, MANY)]
    assert said[0] == said[1]


@pytest.mark.parametrize(("path", "most"), [(CALLS[0], 21), (CALLS[1], 7)])
def test_a_call_does_not_say_much(watched, path, most):
    """Settings of the connection, PRAGMA, read no table.

    A take asks for the account and the consent before the work and for the account again once
    the speaker is locked, is compared with the newest before it, notes the key that it is sealed
    with, and keeps the voiceprint in step. A score asks which threshold is in force.
    """
    watched[MANY].put(path)
    said = [text for text, _ in watched[MANY].put(path) if not text.startswith("PRAGMA")]
    assert len(said) <= most, "\n".join(said)


@pytest.mark.parametrize("path", CALLS)
def test_no_statement_goes_through_a_whole_table(watched, path):
    steps = Counter(
        step
        for statement, parameters in watched[MANY].put(path)
        if statement.startswith(("SELECT", "UPDATE", "DELETE", "INSERT"))
        for step in watched[MANY].plan(statement, parameters)
    )
    assert steps, "nothing was explained"
    yielded = [step for step in steps if step.startswith("CO-ROUTINE ")]  # rows that were found
    no_tables = {step.removeprefix("CO-ROUTINE ") for step in yielded} | {"CONSTANT ROW"}
    scanned = {step.removeprefix("SCAN ") for step in steps if step.startswith("SCAN ")}
    assert not scanned - no_tables - {"voiceprint_counters"}  # the counters are one row
