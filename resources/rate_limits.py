"""How often one may call: per address, token and speaker, and how often one may sign in."""

from __future__ import annotations

from flask import Flask, request
from flask_limiter import ApplicationLimit, Limiter

from cepstra.config import Config
from cepstra.resources.admission import caller_of_request, named_speaker
from cepstra.resources.request_scope import FILE_ENDPOINTS
from cepstra.resources.work_budget import limit_work

SIGN_IN_ENDPOINTS = ("session", "user")
SEARCH_ENDPOINTS = ("identify", "compare", "recognise", "timeline")


def limit_rates(app: Flask, config: Config) -> None:
    """Count the requests of the application and refuse those beyond the settings' rates."""
    limits = [
        ApplicationLimit(config.rate_limit_address, key_function=_address, exempt_when=_is_file),
        ApplicationLimit(config.rate_limit_token, key_function=_token, exempt_when=_is_unknown),
        ApplicationLimit(config.rate_limit_speaker, key_function=_speaker, exempt_when=_is_nobodys),
        ApplicationLimit(config.rate_limit_search, key_function=_token, exempt_when=_is_no_search),
        ApplicationLimit(
            config.rate_limit_sign_in, key_function=_sign_in, exempt_when=_is_no_sign_in
        ),
    ]
    limiter = Limiter(
        _address,
        application_limits=list(limits),
        storage_uri=config.rate_limit_storage,
        in_memory_fallback_enabled=True,
    )
    limiter.init_app(app)
    limit_work(app, limiter, config.rate_limit_work)


def _address() -> str:
    return f"address {request.remote_addr}"


def _is_file() -> bool:
    return request.endpoint in FILE_ENDPOINTS


def _token() -> str:
    caller = caller_of_request()
    return f"token {caller.token_id or caller.id}" if caller else "token"


def _is_unknown() -> bool:
    return caller_of_request() is None


def _speaker() -> str:
    caller = caller_of_request()
    return f"speaker {caller.speaker if caller and caller.speaker else named_speaker()}"


def _is_nobodys() -> bool:
    caller = caller_of_request()
    return caller is None or (caller.speaker is None and named_speaker() is None)


def _is_no_search() -> bool:
    return request.endpoint not in SEARCH_ENDPOINTS


def _sign_in() -> str:
    return f"sign-in {request.remote_addr}"


def _is_no_sign_in() -> bool:
    return request.method != "POST" or request.endpoint not in SIGN_IN_ENDPOINTS
