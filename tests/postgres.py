"""A real PostgreSQL for tests: in a temporary directory, as a user without rights, on loopback only."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSWORD = "canary-pg/Zq7+x"
"""Stands in URLs as `canary-pg%2FZq7%2Bx`."""

_QUOTED = "canary-pg%2FZq7%2Bx"
_UNPRIVILEGED = ("postgres", "nobody")


def missing() -> str | None:
    """Why there is no PostgreSQL to be had here, if there is none."""
    if not programs():
        return "PostgreSQL is not installed (Debian: apt-get install postgresql)"
    if os.geteuid() == 0 and _user() is None:
        return "there is no user without rights that PostgreSQL could run as"
    return None


def programs() -> Path | None:
    """Where initdb and pg_ctl are."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    found = str(installed[-1]) if installed else shutil.which("initdb")
    return Path(found).parent if found else None


@dataclass(frozen=True)
class Server:
    """One server; `durable` as PostgreSQL is by default, else it does not wait for the disk."""

    folder: Path
    port: int
    durable: bool = False

    @classmethod
    def start(cls, *, durable: bool = False) -> "Server":
        folder = Path(tempfile.mkdtemp(prefix="orderctl-pg-"))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            server = cls(folder, free.getsockname()[1], durable)
        (folder / "password").write_text(PASSWORD)
        if (user := _user()) is not None and os.geteuid() == 0:
            for path in (folder, folder / "password"):
                os.chown(path, user.pw_uid, user.pw_gid)
        how = ["-U", "orderctl", "--pwfile", str(folder / "password"), "--auth=scram-sha-256", "-E", "UTF8"]
        server.run("initdb", "-D", str(folder / "data"), *how, "--no-sync")
        server.up()
        return server

    def up(self) -> None:
        """Start, and wait until it answers."""
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self.folder,
            "max_connections": 300,
            "fsync": "on" if self.durable else "off",
        }
        flags = " ".join(f"-c {name}={value}" for name, value in settings.items())
        data, log = str(self.folder / "data"), str(self.folder / "log")
        self.run("pg_ctl", "-D", data, "-l", log, "-w", "-o", flags, "start")

    def down(self, mode: str = "fast") -> None:
        """Stop; `immediate` is a crash."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def end(self) -> None:
        """Stop and remove everything."""
        self.down("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://orderctl:{_QUOTED}@127.0.0.1:{self.port}/{database}"

    def new(self) -> str:
        """The URL of a fresh database."""
        name = f"t{uuid.uuid4().hex[:12]}"
        self.sql("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def cut(self, url: str) -> None:
        """Cut every connection to the database."""
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        self.sql(url.rpartition("/")[2], f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")

    def drop(self, url: str) -> None:
        self.sql("postgres", f"DROP DATABASE IF EXISTS {url.rpartition('/')[2]} WITH (FORCE)")

    def sql(self, database: str, statement: str) -> list[Any]:
        """Carry out one statement from outside; its rows, if it has any."""
        import psycopg

        where = {
            "options": "-c search_path=orderctl,public",
            "host": "127.0.0.1",
            "port": self.port,
            "user": "orderctl",
            "password": PASSWORD,
        }
        with psycopg.connect(dbname=database, autocommit=True, **where) as connection:  # type: ignore[arg-type]
            cursor = connection.execute(statement)  # type: ignore[call-overload]
            return cursor.fetchall() if cursor.description else []

    def run(self, program: str, *arguments: str) -> None:
        found = programs()
        assert found
        user = {"user": _user().pw_name} if os.geteuid() == 0 else {}  # type: ignore[union-attr]
        command = [str(found / program), *arguments]
        # A server that pg_ctl starts would keep a pipe open.
        with open(self.folder / "said", "ab+") as said:
            done = subprocess.run(command, stdout=said, stderr=said, cwd=self.folder, check=False, **user)  # type: ignore[call-overload]
            if done.returncode:
                said.seek(0)
                raise AssertionError(f"{program}: {said.read().decode()}")


def _user() -> pwd.struct_passwd | None:
    """Whom a server started by root runs as: initdb refuses root."""
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None
