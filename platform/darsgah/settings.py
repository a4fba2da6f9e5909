"""Every setting of Darsgah, in one typed place; nothing else reads the environment.

A setting ``name`` is read from ``DARSGAH_NAME``. Sizes are bytes and durations are seconds.
"""

import ipaddress
import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from darsgah.errors import SettingsInvalid

SECRET_LENGTH = 32
PREFIX = "DARSGAH_"


class Settings(BaseSettings):
    """What an operator can choose. Built once, by the command line, and handed down."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    home: Path = Field(default=Path("var"), description="The one folder that holds all state.")
    database_url: str | None = Field(
        default=None,
        description="A PostgreSQL server of your own, postgresql://user:password@host/name; "
        "without it an embedded one runs inside the home folder.",
    )
    blobs_url: str | None = Field(
        default=None,
        description="Where notebooks are kept: file:///folder or s3://bucket/prefix; "
        "without it a folder in the home folder.",
    )
    host: str = Field(default="127.0.0.1", description="The address the web server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="The port the web server listens on.")
    public_url: str | None = Field(
        default=None,
        description="The address people type, https://learn.example.org; "
        "cookies are Secure when it is https.",
    )
    secret: str | None = Field(
        default=None,
        description="Key of signed cookies, 32 characters or more; made in the home folder if unset.",
    )
    credential_key: str | None = Field(
        default=None,
        description="Secret that keys of credentials are sealed under, 32 characters or more, the same on "
        "every machine; made in the home folder if unset.",
    )
    log_format: Literal["auto", "json", "text"] = Field(
        default="auto", description="Log lines as JSON or as text; auto is text on a terminal."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Lowest level logged."
    )
    database_pool: int = Field(
        default=10, ge=1, description="Connections that one process keeps to the database."
    )
    worker_concurrency: int = Field(
        default=0, ge=0, description="Submissions one worker grades at once; 0 takes one for each core."
    )
    worker_heartbeat: float = Field(
        default=2.0, gt=0, description="Seconds between a worker's signs of life and looks for work."
    )
    worker_silence: float = Field(
        default=15.0, gt=0, description="Seconds of silence after which a worker's jobs are given to another."
    )
    worker_grace: float = Field(
        default=30.0, ge=0, description="Seconds a stopping worker gives its jobs before it hands them back."
    )
    worker_lab_checks: bool = Field(
        default=True,
        description="Whether a worker checks published labs, and the tutor on them, while nobody waits.",
    )
    environments: Path | None = Field(
        default=None,
        description="A folder with environments of your own for labs, a folder each (docs/environments.md).",
    )
    browser_runtime: Path | None = Field(
        default=None,
        description="A folder of wheels for the browser's Python, with a pyodide-lock.json or without.",
    )
    warm_idle: float = Field(
        default=600.0, gt=0, description="Seconds without use after which an environment's process is ended."
    )
    warm_uses: int = Field(
        default=2000, ge=1, description="Gradings after which an environment's process is replaced."
    )
    warm_memory: int = Field(
        default=0,
        ge=0,
        description="Memory for one worker's environments together; 0 takes a quarter of the machine's.",
    )
    warm_retry: float = Field(
        default=60.0,
        gt=0,
        description="Seconds before an environment that did not start is tried again; doubled each time.",
    )
    kernels: str | None = Field(
        default=None,
        description="Where labs' kernels run: host:port of each machine, with commas between, "
        "on a private network; unset: beside the worker of this machine.",
    )
    kernel_places: int = Field(
        default=0,
        ge=0,
        description="Kernels at once on one machine; 0 takes one for each 64 MiB of half its memory.",
    )
    kernel_places_each: int = Field(default=3, ge=1, description="Kernels of one learner at once.")
    kernel_idle: float = Field(
        default=1200.0, gt=0, description="Seconds without use after which a kernel is ended."
    )
    kernel_cell_seconds: float = Field(
        default=3600.0, gt=0, description="Seconds after which a cell in a kernel is stopped."
    )
    tutor_model: str | None = Field(
        default=None,
        description="A causal language model that says hints in other words: a folder, or the address of a "
        "server that speaks OpenAI's protocol; unset: hints are said as their authors wrote them.",
    )
    tutor_model_name: str | None = Field(
        default=None, description="Which of the models at that address; unset: its first."
    )
    tutor_token: str | None = Field(
        default=None,
        description="Bearer token for that address; with darsgah tutor serve, what it asks of others.",
    )
    tutor_seconds: float = Field(
        default=4.0,
        gt=0,
        description="Seconds that a hint in other words may take before it is said as written.",
    )
    node_token: str | None = Field(
        default=None, description="With which a node of darsgah tutor serve registers with the platform."
    )
    smtp_url: str | None = Field(
        default=None,
        description="Mail server for letters, smtp://user:password@host:587?starttls or "
        "smtps://user:password@host; unset: no letters are sent.",
    )
    mail_from: str | None = Field(
        default=None, description="Whom letters are from, learn@example.org; set with the mail server."
    )
    project_token: str | None = Field(
        default=None, description="A project's token, with which darsgah gpu run uses its GPU hours."
    )
    session_days: int = Field(default=14, ge=1, description="Days after which an unused sign-in ends.")
    sign_in_attempts: int = Field(
        default=10,
        ge=1,
        description="Failed sign-ins to one account in 15 minutes before a pause; "
        "twenty times as many from one address, which a whole hub may share.",
    )
    metrics_token: str | None = Field(
        default=None,
        description="Whoever sends it as a bearer token may read /metrics; unset: this machine alone.",
    )
    trusted_proxies: int = Field(
        default=0, ge=0, description="Reverse proxies in front, whose X-Forwarded-For entries are believed."
    )

    @cached_property
    def home_folder(self) -> Path:
        """The home folder, absolute; made on first use, for this user alone: it holds people's work.

        Raises:
            SettingsInvalid: it cannot be made or written.
        """
        folder = self.home.expanduser().absolute()
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsInvalid(
                f"The home folder {folder} cannot be made ({error.strerror}): "
                "set DARSGAH_HOME to one you may write."
            ) from error
        if not os.access(folder, os.W_OK | os.X_OK):
            raise SettingsInvalid(
                f"The home folder {folder} cannot be written: set DARSGAH_HOME to one you may write."
            )
        return folder

    @cached_property
    def cookie_key(self) -> str:
        """The key of signed cookies: the operator's, or one made once and kept in the home folder.

        Raises:
            SettingsInvalid: the operator's is too short to be a secret.
        """
        return self._secret("DARSGAH_SECRET", self.secret, "secret")

    @cached_property
    def credential_secret(self) -> str:
        """What the keys of credentials are sealed under: the operator's, or one made once in the home folder.

        Raises:
            SettingsInvalid: the operator's is too short to be a secret.
        """
        return self._secret("DARSGAH_CREDENTIAL_KEY", self.credential_key, "credential-key")

    def _secret(self, name: str, chosen: str | None, file_name: str) -> str:
        if chosen is not None:
            if len(chosen) < SECRET_LENGTH:
                raise SettingsInvalid(
                    f"{name} is shorter than {SECRET_LENGTH} characters: choose a longer one."
                )
            return chosen
        path = self.home_folder / file_name
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return path.read_text().strip()

    @property
    def this_machine_alone(self) -> bool:
        """Whether no other machine can reach the address the web server listens on."""
        try:
            return self.host == "localhost" or ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def site(self) -> str:
        """The address that letters and credentials lead to, without a slash at its end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may travel over https alone."""
        return bool(self.public_url and self.public_url.startswith("https://"))


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment for processes that this one starts: with the address that it was told to listen on."""
    chosen = {"HOST": settings.host, "PORT": str(settings.port)}
    others = {name: value for name, value in os.environ.items() if name.upper() not in _prefixed(chosen)}
    return others | _prefixed(chosen)


def _prefixed(values: dict[str, str]) -> dict[str, str]:
    return {PREFIX + name: value for name, value in values.items()}


def unknown_names() -> list[str]:
    """Variables of the environment that are named like settings and are none: misspelt ones, as a rule."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    # Upper and lower case are one to the settings.
    return sorted(
        name for name in os.environ if name.upper().startswith(PREFIX) and name.upper() not in known
    )


def load_settings() -> Settings:
    """The settings of the environment.

    Raises:
        SettingsInvalid: names each variable that cannot be what it says, and what it may be.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()
        )
        raise SettingsInvalid(f"{wrong}. docs/operations.md lists every setting.") from error
