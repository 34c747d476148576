"""The outside shape of the audit log: what to look for, entries as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from cepstra.resources.about import about
from cepstra.resources.request_schema import RequestSchema
from cepstra.resources.schemas.alias import Alias
from cepstra.resources.schemas.moment import Moment
from cepstra.verification.audit_search import Numbered, Search

MOST_ENTRIES = 10_000
BIGGEST = 2**31 - 1
# A sign, plain or full-width, that begins a cell: of a field, or behind what some spreadsheets take
# for the end of one (by the system's language ";"; a tab).
FORMULA = re.compile(r"(?:^|(?<=[,;|\t]))(?=[ \t\"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])")
NUMBER = validate.Range(1, BIGGEST)


def _words(most: int) -> validate.Regexp:
    """Expect what the audit log has in its columns: plain words and numbers."""
    return validate.Regexp(
        f"^[ -~]{{1,{most}}}$", error=f"expected 1 to {most} printable characters of ASCII"
    )


class SearchSchema(RequestSchema):
    """What entries are looked for."""

    name = Alias(is_whole=True, load_default=None, **about("the speaker's name now"))
    speaker_id = fields.Integer(
        load_default=None,
        validate=NUMBER,
        **about("the speaker's number, deleted or not; `name` goes before it"),
    )
    action = fields.String(
        load_default=None,
        validate=_words(32),
        **about("what was asked for, such as score, train or delete"),
    )
    decision = fields.String(
        load_default=None,
        validate=_words(16),
        **about("how it ended: done, refused, accept, reject or inconclusive"),
    )
    caller = fields.String(
        load_default=None,
        validate=_words(64),
        **about("who asked, such as `key 3`, `account 7`, `local` or `cli`"),
    )
    since = Moment(load_default=None, **about("the first moment, with its zone"))
    until = Moment(load_default=None, **about("the first moment after, with its zone"))
    before = fields.Integer(
        load_default=None, validate=NUMBER, **about("`id` of the last one seen: only older ones")
    )
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(1, MOST_ENTRIES),
        **about(f"how many at most, 1 to {MOST_ENTRIES}"),
    )

    @post_load
    def _gather(self, found: dict[str, Any], **kwargs: object) -> dict[str, Any]:
        apart = {name: found.pop(name) for name in ("name", "limit")}
        return {"wanted": Search(**found), **apart}


class FoundEntrySchema(Schema):
    """Something that was done or refused."""

    id = fields.Integer(**about("its number"))
    datetime = fields.DateTime(attribute="created_at", **about("when it came"))
    caller = fields.String(**about("id of the token or key that asked"))
    action = fields.String(**about("what was done"))
    speaker_id = fields.Integer(
        allow_none=True, **about("number of the speaker; null: about nobody")
    )
    speaker = fields.String(allow_none=True, **about("the speaker's name now; null once deleted"))
    decision = fields.String(**about("how it ended"))
    reason = fields.String(allow_none=True, **about("why, where that is told"))
    address = fields.String(allow_none=True, **about("where the call came from"))


class FoundEntriesSchema(Schema):
    """Reply of /audit."""

    entries = fields.List(fields.Nested(FoundEntrySchema), **about("newest first"))


def audit_csv(entries: Sequence[Numbered]) -> str:
    """Return entries as a table with a heading (RFC 4180).

    What a spreadsheet would take for a formula gets an apostrophe before it, for names and
    addresses are others' words.
    """
    told = FoundEntrySchema(many=True).dump(entries)
    text = io.StringIO()
    table = csv.DictWriter(text, list(FoundEntrySchema().fields))
    table.writeheader()
    table.writerows({name: _harmless(value) for name, value in each.items()} for each in told)
    return text.getvalue()


def _harmless(value: object) -> object:
    return FORMULA.sub("'", value) if isinstance(value, str) else value
