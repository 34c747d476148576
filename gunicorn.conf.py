"""gunicorn's settings; its command line and GUNICORN_CMD_ARGS override them."""

from config import Config

_config = Config.from_environment()
bind = f"{_config.host}:{_config.port}"
workers = _config.web_concurrency
threads = 4
control_socket_disable = True
