"""What `gunicorn api:app` reads in this folder; the settings are in the package."""

from cepstra.server.gunicorn_conf import *  # noqa: F403
