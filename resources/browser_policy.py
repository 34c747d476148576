"""What browsers may do with our pages and replies, and which pages elsewhere may call."""

from __future__ import annotations

from flask import Flask, Response, request
from flask_cors import CORS
from werkzeug.middleware.proxy_fix import ProxyFix

from cepstra.config import Config
from cepstra.resources.request_scope import FILE_ENDPOINTS

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "worker-src 'self'",  # files are cut into utterances beside the page
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' data:",  # the icons inside Swagger UI's style sheet
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",  # modules for other pages come by CORS
}
TRANSPORT_SECURITY = "max-age=31536000; includeSubDomains"


def apply_policy(app: Flask, config: Config) -> None:
    """Send the headers with every reply, and answer the pages of the allow-list."""
    if config.trusted_proxies:
        n = config.trusted_proxies
        # Each proxy adds to X-Forwarded-For, and puts its own in place of the others.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=1, x_host=1)  # type: ignore[method-assign]
    app.after_request(_add_headers)
    if origins := config.cors_origins.replace(",", " ").split():
        allowed = ["Authorization", "Content-Type", "Content-Encoding", "X-Request-ID"]
        shown = ["Retry-After", "X-Request-ID"]
        CORS(app, origins=origins, allow_headers=allowed, expose_headers=shown)


def _add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = TRANSPORT_SECURITY
    if request.endpoint not in FILE_ENDPOINTS:
        response.headers["Cache-Control"] = "no-store"
    return response
