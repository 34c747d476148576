"""The service: `cepstra serve` serves it here, `gunicorn api:app` serves it anywhere."""

from __future__ import annotations

if __name__ == "__main__":  # before all the rest: gunicorn, which this becomes, loads it
    from cepstra.server import start_up

    start_up.serve()

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, send_from_directory
from flask_restful import Api, Resource
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import NotFound

from cepstra.config import FEWEST_DIGITS, Config
from cepstra.monitoring import metrics
from cepstra.resources import (
    accounts,
    admission,
    calibration,
    challenges,
    consent,
    errors,
    export,
    identification,
    operators,
    score,
    service,
    speakers,
    takes,
    timeline,
)
from cepstra.resources.addresses import part_by_slashes
from cepstra.resources.browser_policy import apply_policy
from cepstra.resources.rate_limits import limit_rates
from cepstra.resources.request_log import follow_requests
from cepstra.server import start_up
from cepstra.store import Store, connect, prepare
from cepstra.store.availability import is_passing
from cepstra.verification import audit, own_threshold, retention, shipped
from cepstra.verification.assertions import Assertions
from cepstra.verification.audit import Origin
from cepstra.verification.gallery import (
    Galleries,
    IndexedGallery,
    galleries_in_memory,
    indexed_galleries,
)
from cepstra.verification.lockout import LockoutRule
from cepstra.verification.registration import Registration
from cepstra.verification.registry import VerifierRegistry, load_verifiers
from cepstra.verification.replay import ReplayGuard, load_replay_detector
from cepstra.verification.retention import Retention
from cepstra.verification.security_policy import SecurityPolicy
from cepstra.verification.service import Service
from cepstra.verification.sessions import Sessions
from cepstra.verification.signing import SigningKeys
from cepstra.verification.spoken_digits import load_spoken_digits

log = logging.getLogger(__name__)

STATIC = Path(__file__).resolve().parent / "static"

ROUTES: list[tuple[type[Resource], tuple[str, ...]]] = [
    (takes.Train, ("/train", "/speakers/<speaker>/train")),
    (takes.Test, ("/test", "/speakers/<speaker>/test")),
    (score.Score, ("/score", "/speakers/<speaker>/score")),
    (identification.Compare, ("/compare",)),
    (identification.Identify, ("/identify",)),
    (identification.Recognise, ("/recognise",)),
    (timeline.Timeline, ("/timeline",)),
    (identification.Benchmark, ("/benchmark",)),
    (identification.IntrusionTest, ("/intrusionTest",)),
    (calibration.Calibration, ("/calibration",)),
    (calibration.Threshold, ("/threshold",)),
    (consent.Consent, ("/consent", "/speakers/<speaker>/consent")),
    (speakers.Status, ("/status",)),
    (speakers.SpeakerStatus, ("/speakers/<speaker>/status",)),
    (export.Export, ("/export", "/speakers/<speaker>/export")),
    (export.Import, ("/import", "/speakers/<speaker>/import")),
    (speakers.Delete, ("/delete",)),
    (speakers.Speakers, ("/speakers",)),
    (speakers.Speaker, ("/speakers/<speaker>",)),
    (operators.Enrolments, ("/enrolments",)),
    (operators.Attempts, ("/attempts",)),
    (operators.Locks, ("/locks",)),
    (operators.Lock, ("/speakers/<speaker>/lock",)),
    (operators.Keys, ("/keys",)),
    (operators.Key, ("/keys/<key>",)),
    (operators.Audit, ("/audit",)),
    (operators.AuditCsv, ("/audit.csv",)),
    (challenges.Challenges, ("/challenges",)),
    (accounts.User, ("/user",)),
    (accounts.Session, ("/session",)),
    (takes.Device, ("/speakers/<speaker>/devices/<device>",)),
    (takes.Take, ("/speakers/<speaker>/takes/<take>",)),
    (service.Doc, ("/doc",)),
    (service.Health, ("/health", "/health/ready")),
    (service.Live, ("/health/live",)),
    (service.Metrics, ("/metrics",)),
    (service.Jwks, ("/.well-known/jwks.json",)),
]


class OneShapeApi(Api):  # type: ignore[misc]
    """flask-restful with our error shape in place of its own."""

    def handle_error(self, e: Exception) -> Response:
        """Answer an exception raised by a resource."""
        return errors.respond(e)


def create_app(config: Config | None = None) -> Flask:
    """Build the application and bring its database up to date.

    Raises:
        SettingError: a setting cannot be read, or the settings are not safe together.
        KeyringError: the key that data are encrypted with is missing.
        VectorIndexError, ModelFolderError: the index or network asked for is not there.
    """
    config = config or Config.from_environment()
    config.check()
    keys = start_up.read_signing_keys(config)
    app = Flask(__name__, static_folder=str(STATIC), static_url_path="/static")
    app.config["MAX_CONTENT_LENGTH"] = config.max_body_bytes
    store = open_kept_data(config)
    systems = load_verifiers(config, config.model_folders)
    app.extensions["service"] = Service(
        store,
        systems,
        choose_security_policy(config, keys),
        choose_galleries(config, store, systems),
        require_consent=config.require_consent,
    )
    warn_of_outdated_threshold(store, systems)
    app.extensions["config"] = config
    app.extensions["registration"] = Registration(keys, config.registration == "open")
    app.extensions["sessions"] = Sessions(keys, config.session_s)
    follow_requests(app)
    if config.auth_is_on:
        limit_rates(app, config)
    app.before_request(admission.admit if config.auth_is_on else admission.refuse_others)
    part_by_slashes(app)
    apply_policy(app, config)
    api = OneShapeApi(app)
    api.representation("application/json")(json_response)
    for resource, paths in ROUTES:
        api.add_resource(resource, *paths)
    app.register_error_handler(Exception, errors.respond)
    app.add_url_rule("/", "page", lambda: send_from_directory(STATIC, "index.html"))
    app.add_url_rule("/models/<name>", "network", send_network_file)
    return app


def open_kept_data(config: Config) -> Store:
    """Open the database, delete what has been kept long enough, and begin the audit log.

    Raises:
        KeyringError: the key that data are encrypted with is missing.
    """
    url, keys = config.database_url, config.data_keys
    store = connect(url, keys, config.stays_here, config.database_pool_size)
    if config.webhook_url:
        store.announce_events()
    audit.send_lines_to(config.audit_log)
    audit.listen(metrics.count_entry)
    policy = Retention(config.retention_days, config.audit_retention_days, config.replay_days)
    with perhaps_away():
        prepare(store)
        retention.apply(store, Origin("start-up"), policy)
    return store


@contextmanager
def perhaps_away() -> Iterator[None]:
    """Do something with the database, or nothing while it is away.

    That is no reason for a worker not to start: one that has to be replaced meanwhile would take
    the whole service along. Requests are told to try again until the database is back.
    """
    try:
        yield
    except SQLAlchemyError as error:
        if not is_passing(error):
            raise
        log.error("started without the database: %s", getattr(error, "orig", error))


def warn_of_outdated_threshold(store: Store, systems: VerifierRegistry) -> None:
    """Tell operators that the threshold they adopted was for another version of the system."""
    with perhaps_away():
        for system in systems.by_frontend.values():
            if own_threshold.is_outdated(store, system):
                text = "the adopted threshold was for another system, so the shipped one holds"
                log.warning("%s: run `cepstra calibrate` again", text)


def choose_security_policy(config: Config, keys: SigningKeys) -> SecurityPolicy:
    """Return what stands between an attempt and an accept, beside the voice."""
    issuer, audience = config.assertion_issuer, config.assertion_audience
    return SecurityPolicy(
        n_digits=config.challenge_digits,
        fewest_digits=config.challenge_min_digits if keys.current else FEWEST_DIGITS,
        challenges_per_hour=config.challenges_per_hour,
        digit_checkers=(load_spoken_digits(config.digit_takes),),
        replay=ReplayGuard(
            n_takes=config.replay_takes,
            memory=timedelta(days=config.replay_days),
            replays=load_replay_detector(),
        ),
        is_guarded=config.auth_is_on,
        assertions=Assertions(keys, issuer, audience, config.assertion_s),
        lockout=LockoutRule(config.lockout_after, config.lockout_s, config.auth_is_on),
    )


def choose_galleries(config: Config, store: Store, systems: VerifierRegistry) -> Galleries:
    """Return what identification searches.

    Raises:
        VectorIndexError: pgvector is asked for, and the database has none.
    """
    is_indexed = config.voiceprint_index == "pgvector"
    with perhaps_away():
        return indexed_galleries(store, systems) if is_indexed else galleries_in_memory(store)
    return Galleries(IndexedGallery) if is_indexed else Galleries()


def send_network_file(name: str) -> Response:
    """Answer with one file of the network, for pages that compute embeddings themselves.

    Raises:
        NotFound: it is no file of the network.
    """
    if name not in (path.name for path in shipped.BROWSER_FILES):
        raise NotFound
    return send_from_directory(shipped.MODELS, name, mimetype="application/octet-stream")


def json_response(data: Any, code: int, headers: dict[str, str] | None = None) -> Response:
    """Serialise a reply."""
    return Response(
        orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_APPEND_NEWLINE),
        code,
        headers,
        mimetype="application/json",
    )


def __getattr__(name: str) -> Flask:
    """Build `app` when a server asks for it, so that importing this module touches no database."""
    if name == "app":
        return create_app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
