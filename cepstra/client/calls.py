"""The calls of a Cepstra service."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from . import operator_replies, replies
from .connection import Connection
from .errors import InvalidMessageError, ServerError, TooManyRequestsError

Message = Mapping[str, Any]
MOST_FRAMES_A_CALL = 2000  # one take may have as many, and does fit into a body
MOST_TAKES_A_CALL = 40
LONGEST_REST_S = 60.0  # between calls of `calibration`, where the service asks for one
MOST_RESTS = 30  # in a row


class Calls:
    """Every call once, for `AsyncClient` to await and for `Client` to wait for.

    Calls that may be made twice without harm are made again after a broken connection: all but
    `score`, `answer`, those that create something, and `train` and `test` of messages that do not
    name their `take`.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._call = connection.call

    async def train(self, speaker: str, message: Message) -> replies.Training:
        """Enrol one take; the speaker is created on its first."""
        return await self._keep(_path(speaker, "train"), message)

    async def test(self, speaker: str, message: Message) -> replies.Reference:
        """Add one take to the reference speech."""
        return await self._keep(_path(speaker, "test"), message)

    async def score(
        self, speaker: str, attempt: Message, system: str | None = None
    ) -> replies.Score:
        """Verify an attempt, which may carry `segments`.

        `system` names a network of the service's MODEL_FOLDERS that decides in place of the
        shipped system.
        """
        query = {} if system is None else {"system": system}
        return await self._call("PUT", _path(speaker, "score"), attempt, query=query)

    async def challenge(self, speaker: str, digits: int | None = None) -> replies.Challenge:
        """Get random digits to say, so many or as many as the service usually asks for."""
        query: dict[str, str | int] = {"speaker": speaker}
        if digits is not None:
            query["digits"] = digits
        return await self._call("POST", "/challenges", query=query)

    async def answer(self, speaker: str, challenge: str, attempt: Message) -> replies.Answered:
        """Answer a challenge: all digits as `segments`, or one `digit` a call, in order."""
        body = {**attempt, "challenge": challenge}
        return await self._call("PUT", _path(speaker, "score"), body)

    async def identify(self, attempt: Message, top: int = 10) -> replies.Identification:
        """Ask who of everybody enrolled is speaking; the `top` likeliest are listed."""
        return await self._call("PUT", "/identify", attempt, query={"top": top}, is_repeatable=True)

    async def recognise(
        self, name: str, attempt: Message, re_register: bool = False
    ) -> replies.Recognition:
        """Ask whose voice it is, and register who is new under that name."""
        query = {"speaker": name, "re_register": str(re_register).lower()}
        return await self._call("PUT", "/recognise", attempt, query=query)

    async def timeline(self, conversation: Message) -> replies.Timeline:
        """Ask who speaks when in frames of several people, or of both sides of a call."""
        return await self._call("PUT", "/timeline", conversation, is_repeatable=True)

    async def compare(self, first: Message, second: Message) -> replies.Comparison:
        """Ask whether two attempts are one voice."""
        body = {"first": first, "second": second}
        return await self._call("PUT", "/compare", body, is_repeatable=True)

    async def status(self, speaker: str) -> replies.Status:
        """Return progress, logs and thresholds; NotFoundError where there is no such speaker."""
        return await self._call("GET", _path(speaker, "status"))

    def speakers(self) -> AsyncGenerator[replies.Speaker, None]:
        """Go through all speakers in order of alias."""
        return self._listed("speakers")

    async def speaker(self, speaker: str) -> replies.Speaker:
        """Describe a speaker; NotFoundError where there is none."""
        return await self._call("GET", _path(speaker))

    async def create_speaker(self, speaker: str) -> replies.Speaker:
        """Create a speaker without speech."""
        return await self._call("POST", "/speakers", {"alias": speaker})

    async def rename(self, speaker: str, name: str) -> replies.Speaker:
        """Give a speaker another name."""
        return await self._call("PUT", _path(speaker), {"alias": name})

    async def delete(self, speaker: str) -> bool:
        """Forget everything about a speaker; False where there was nothing."""
        reply = await self._call("DELETE", "/delete", query={"speaker": speaker})
        return bool(reply["deleted"])

    async def forget_device(self, speaker: str, device: str) -> None:
        """Forget the takes of one device."""
        await self._call("DELETE", _path(speaker, "devices", device), is_repeatable=False)

    async def forget_take(self, speaker: str, take: str) -> None:
        """Forget one take."""
        await self._call("DELETE", _path(speaker, "takes", take), is_repeatable=False)

    async def consent(self, speaker: str, version: str) -> replies.ConsentGiven:
        """Record that the speaker agreed to that version of a text."""
        return await self._call(
            "POST", _path(speaker, "consent"), {"version": version}, is_repeatable=True
        )

    async def export(self, speaker: str) -> replies.Export:
        """Hand out all that is kept about a speaker."""
        return await self._call("GET", _path(speaker, "export"))

    async def import_export(self, export: Message, speaker: str | None = None) -> replies.Imported:
        """Take in what `export` gave, under its name or another, in as many calls as it takes."""
        name = export["alias"] if speaker is None else speaker
        told = replies.Imported(alias=name, takes_added=0, takes_known=0)
        for takes in _parts(export["takes"]):
            body = {**export, "takes": takes, "scoring_log": [], "audit_log": []}
            reply = await self._call("PUT", _path(name, "import"), body, is_repeatable=True)
            told["takes_added"] += reply["takes_added"]
            told["takes_known"] += reply["takes_known"]
        return told

    async def intrusion(self, speaker: str, limit: int = 50) -> list[replies.Intrusion]:
        """Try own and others' speech on the speaker's model, the own first."""
        query: dict[str, str | int] = {"speaker": speaker, "limit": limit}
        return (await self._call("GET", "/intrusionTest", query=query))["results"]

    async def benchmark(self, speaker: str, limit: int = 50) -> list[replies.Exchange]:
        """Try own speech on others' models and theirs on the own."""
        query: dict[str, str | int] = {"speaker": speaker, "limit": limit}
        return (await self._call("GET", "/benchmark", query=query))["results"]

    async def calibration(
        self,
        rate: float | None = None,
        digits: int | None = None,
        speakers: int = 100,
        progress: Callable[[replies.Calibration], None] | None = None,
    ) -> replies.Calibration:
        """Try those who are enrolled on one another, and name a threshold for that rate.

        It asks until everybody was tried, which may take minutes, and rests where the service
        asks for it; `progress` is told every reply.
        """
        wanted = {"rate": rate, "digits": digits, "speakers": speakers}
        query = {name: value for name, value in wanted.items() if value is not None}
        reply: replies.Calibration | None = None
        n_rests = 0
        while reply is None or reply["n_waiting"]:
            try:
                reply = await self._call("GET", "/calibration", query=query)
            except (TooManyRequestsError, ServerError) as error:
                rest_s, n_rests = error.retry_after_s, n_rests + 1
                if rest_s is None or rest_s > LONGEST_REST_S or n_rests > MOST_RESTS:
                    raise
                await self._connection.pause(rest_s)
                continue
            n_rests = 0
            if progress:
                progress(reply)
        return reply

    async def adopt_threshold(self, threshold: float) -> replies.InForce:
        """Hold every attempt to that threshold from now on."""
        return await self._call("PUT", "/calibration", {"threshold": threshold})

    async def undo_threshold(self) -> replies.InForce:
        """Take back the threshold that was adopted last."""
        return await self._call("DELETE", "/calibration", is_repeatable=False)

    async def threshold(self) -> replies.InForce:
        """Ask for the threshold in force; nothing is tried."""
        return await self._call("GET", "/threshold")

    def enrolments(self) -> AsyncGenerator[operator_replies.Enrolment, None]:
        """Go through everybody's enrolment in order of alias."""
        return self._listed("enrolments")

    async def attempts(
        self, by: str = "day", periods: int = 30, name: str | None = None
    ) -> list[operator_replies.AttemptCount]:
        """Count attempts of the newest hours or days, everybody's or one speaker's."""
        query: dict[str, str | int] = {"by": by, "periods": periods}
        if name is not None:
            query["name"] = name
        return (await self._call("GET", "/attempts", query=query))["counts"]

    async def audit(self, /, **wanted: str | int) -> list[operator_replies.FoundEntry]:
        """Search the audit log, newest first.

        Args:
            wanted: `name`, `speaker_id`, `action`, `decision`, `caller`, `since`, `until`,
                `before` and `limit`, as the reference explains them.
        """
        return (await self._call("GET", "/audit", query=wanted))["entries"]

    async def locks(self) -> list[operator_replies.Lock]:
        """List who has to wait after rejections."""
        return (await self._call("GET", "/locks"))["locks"]

    async def lift_lock(self, name: str) -> bool:
        """Let a name in again; False where nothing was counted for it."""
        return bool((await self._call("DELETE", _path(name, "lock")))["lifted"])

    async def keys(self) -> list[operator_replies.ApiKey]:
        """List all API keys, revoked ones too; never the keys themselves."""
        return (await self._call("GET", "/keys"))["keys"]

    async def create_key(
        self, name: str, scopes: Sequence[str], days: int | None = None, tenant: str | None = None
    ) -> operator_replies.MadeKey:
        """Make an API key that opens no more than the own one; nobody can read it again."""
        body = {"name": name, "scopes": list(scopes), "days": days}
        if tenant is not None:
            body["tenant"] = tenant
        return await self._call("POST", "/keys", body)

    async def revoke_key(self, number: int) -> None:
        """Close an API key for good."""
        await self._call("DELETE", f"/keys/{number}", is_repeatable=False)

    async def session(self) -> replies.Access:
        """Ask whether callers have to sign in, and as whom this one has."""
        return await self._call("GET", "/session")

    async def create_account(
        self, name: str, password: str, invitation: str | None = None
    ) -> replies.Account:
        """Create an account and its speaker, by invitation, unless anybody may."""
        body = {"name": name, "password": password}
        if invitation is not None:
            body["invitation"] = invitation
        return await self._call("POST", "/user", body)

    async def sign_in(self, name: str, password: str) -> replies.SignedIn:
        """Open a session; its token is shown with every call from now on."""
        body = {"name": name, "password": password}
        reply: replies.SignedIn = await self._call("POST", "/session", body)
        self._connection.use_token(reply["token"])
        return reply

    async def sign_out(self) -> None:
        """Close the session."""
        await self._call("DELETE", "/session", is_repeatable=False)
        self._connection.use_token(None)

    async def public_keys(self) -> list[dict[str, str]]:
        """Return the keys (JWK) that assertions are checked with."""
        return (await self._call("GET", "/.well-known/jwks.json"))["keys"]

    async def is_healthy(self) -> bool:
        """Ask whether the service can work; UnreachableError where nothing answers."""
        try:
            return bool((await self._call("GET", "/health"))["status"] == "ok")
        except ServerError:
            return False

    async def _listed(self, kind: str) -> AsyncGenerator[Any, None]:
        """Go through what is listed page by page, in order of alias."""
        after = ""
        while page := (await self._call("GET", f"/{kind}", query={"after": after}))[kind]:
            for each in page:
                yield each
            after = page[-1]["alias"]

    async def _keep(self, path: str, message: Message) -> Any:
        """Send a take; one that has a name is kept once, however often it is sent."""
        return await self._call("PUT", path, message, is_repeatable="take" in message)


def _parts(takes: Sequence[Message]) -> Iterator[list[Message]]:
    """Cut a list of takes, those for training first, into such as one body holds."""
    part: list[Message] = []
    for take in sorted(takes, key=lambda take: bool(take["role"] != "train")):
        n_frames = sum(len(each["mfcc"] or ()) for each in [*part, take])
        if part and (n_frames > MOST_FRAMES_A_CALL or len(part) == MOST_TAKES_A_CALL):
            yield part
            part = []
        part.append(take)
    if part:
        yield part


def _path(speaker: str, *rest: str) -> str:
    """Return the address of what is a speaker's: a word, or a word and a name of theirs.

    Raises:
        InvalidMessageError: a name would lead to another address, as ".." does.
    """
    named = {"speaker": speaker, **({rest[0].removesuffix("s"): rest[1]} if rest[1:] else {})}
    for field, name in named.items():
        if not isinstance(name, str) or name in ("", ".", ".."):
            text = f"expected a name of a character or more, not '.' or '..', got {name!r}"
            raise InvalidMessageError(400, "Bad Request", text, {field: [text]})
    return "/" + "/".join(quote(part, safe="") for part in ("speakers", speaker, *rest))
