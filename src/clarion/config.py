"""The settings of Clarion: each is one environment variable ``CLARION_*``.

Theory of operation.  ``load_settings`` reads the environment once, at the start of a command; what
the command line gives (``--port``) comes in as an argument and wins.  After that settings are one
frozen value that is passed on: nothing else reads the environment.  The reference page of settings
is generated from the fields below.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from clarion.domain.errors import ClarionError, FieldError
from clarion.domain.network import networks_of

__all__ = ["Settings", "default_data_dir", "load_settings", "secret_key_of"]

_SECRET_KEY_BYTES = 32
_SECRET_KEY_MINIMUM_LENGTH = 16
_ROOT_DATA_DIR = Path("/var/lib/clarion")


def default_data_dir() -> Path:
    """Where data is kept when nobody says otherwise.

    For an ordinary user ``$XDG_DATA_HOME/clarion``, that is ``~/.local/share/clarion``.  For root
    ``/var/lib/clarion``, since the database then runs as an unprivileged account, to which root's
    home is closed.
    """
    if os.geteuid() == 0:
        return _ROOT_DATA_DIR
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "clarion"


Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """All settings; see the description of each field."""

    model_config = SettingsConfigDict(
        env_prefix="CLARION_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    database_url: SecretStr | None = Field(
        None,
        description="The PostgreSQL (15 or later) to use, as"
        " `postgresql://user:password@host:port/database`. Without it, an embedded PostgreSQL"
        " keeps its data in the data directory.",
    )
    data_dir: Path = Field(
        default_factory=default_data_dir,
        description="The folder of everything that is kept on this machine: the embedded database,"
        " the sealing key, uploaded files. The default is `~/.local/share/clarion` for an ordinary"
        " user (`XDG_DATA_HOME` is honoured) and `/var/lib/clarion` for root, whose home is closed"
        " to the unprivileged account that the database runs as.",
    )
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: Port = Field(8000, description="The port to listen on; 0 takes any free one.")
    public_url: str | None = Field(
        None,
        description="The address under which providers reach this server, for example"
        " `https://clarion.example.com`; it is the first part of the webhook addresses. Without it,"
        " they begin with the address that the server listens on.",
        pattern=r"^https?://[^/?#\s]+(/[^?#\s]*[^/?#\s])?$",
    )
    simulator_url: str | None = Field(
        None,
        description="The address of a simulated WhatsApp of this installation (`clarion simulate`),"
        " for example `http://127.0.0.1:9000`. A sender whose base URL it is has a wall of phones in"
        " the console, where one sees what people receive and may answer for them. The demo sets it.",
        pattern=r"^https?://[^/?#\s]+$",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="The addresses or networks, separated by commas, of reverse proxies whose"
        " `X-Forwarded-For` and `X-Forwarded-Proto` are believed; `*` believes everybody. Failed"
        " sign-ins are counted by the address that they tell.",
    )
    secret_key: SecretStr | None = Field(
        None,
        min_length=_SECRET_KEY_MINIMUM_LENGTH,
        description="The key that seals the secrets in the database (access tokens, app secrets):"
        f" any text of at least {_SECRET_KEY_MINIMUM_LENGTH} characters, the same on every machine."
        " Without it, one is generated into `secret_key` in the data directory (mode 0600). Who"
        " loses it must enter the secrets of all senders anew.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least severe messages that are logged."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto",
        description="How messages are logged: `console` for people, `json` for machines (one object"
        " a line); `auto` is `console` on a terminal and `json` elsewhere.",
    )
    worker_concurrency: int = Field(
        8, ge=1, le=200, description="How many jobs one worker process does at the same time."
    )
    database_pool_minimum: int = Field(
        2, ge=0, le=100, description="How many database connections a process keeps open."
    )
    database_pool_maximum: int = Field(
        10, ge=1, le=500, description="How many database connections a process opens at most."
    )
    lease_seconds: int = Field(
        10,
        ge=2,
        le=600,
        description="How long a worker owns a sender without renewing its lease. After"
        " a crash, another worker takes over when this time has passed.",
    )
    doubt_window_seconds: int = Field(
        600,
        ge=1,
        le=604_800,
        description="How long to wait for a receipt of a message whose answer was lost, before the"
        " campaign's choice (send at most once, or at least once) is applied.",
    )
    misfire_grace_seconds: int = Field(
        900,
        ge=0,
        le=86_400,
        description="How late, after downtime, a planned occurrence may still run, when the campaign"
        " does not say otherwise; a later one is recorded as missed.",
    )
    breaker_minimum_count: int = Field(
        50,
        ge=1,
        description="After how many results the breaker begins to judge a running campaign.",
    )
    breaker_failed_percent: int = Field(
        50,
        ge=1,
        le=100,
        description="The share of failed messages above which a campaign suspends itself; 100 means"
        " never.",
    )
    breaker_opted_out_percent: int = Field(
        10,
        ge=1,
        le=100,
        description="The share of people who opted out, among those messaged, above which a campaign"
        " suspends itself; 100 means never.",
    )
    llm_base_url: str | None = Field(
        None,
        description="Where the language model of flows is, up to and without `/chat/completions`, for"
        " example `https://api.openai.com/v1`: any endpoint that speaks OpenAI's chat completions."
        " Without it, dialogues with a language model leave by `failure`.",
        pattern=r"^https?://[^?#\s]+$",
    )
    llm_api_key: SecretStr | None = Field(
        None, description="The key of the language model's endpoint, sent as a bearer token."
    )
    llm_model: str | None = Field(
        None,
        description="The model that is asked when a flow names none, as the endpoint calls it.",
    )
    call_concurrency: int = Field(
        32, ge=1, le=1000, description="How many calls of flows one process makes at the same time."
    )
    flow_max_nodes: int = Field(
        100,
        ge=10,
        le=10_000,
        description="How many nodes a session enters at most between two waits.",
    )
    flow_max_jumps: int = Field(500, ge=1, description="How many jumps a session makes at most.")
    flow_max_sprints: int = Field(
        500, ge=2, description="How often a session goes on at most after a wait."
    )
    flow_max_forwards: int = Field(
        5, ge=0, le=100, description="How often a contact is handed on from flow to flow."
    )
    flow_max_session_days: int = Field(
        365,
        ge=1,
        le=3650,
        description="How old a session becomes, in days, before it ends as failed.",
    )
    flow_max_variables: int = Field(
        100, ge=1, le=1000, description="How many variables a session has at most."
    )
    flow_max_variable_characters: int = Field(
        4096, ge=64, le=1_000_000, description="How many characters one variable has at most."
    )
    flow_max_all_variables_characters: int = Field(
        32_768,
        ge=1024,
        le=4_000_000,
        description="How many characters all variables of a session have together at most.",
    )
    flow_max_text_characters: int = Field(
        4096,
        ge=64,
        le=100_000,
        description="How many characters a text may have that a session renders.",
    )
    flow_max_pattern_characters: int = Field(
        4096,
        ge=64,
        le=100_000,
        description="How long a text that a pattern of a rule looks at may be, in characters: the time"
        " of a pattern grows with the text, and with nothing else.",
    )
    shutdown_seconds: int = Field(
        20,
        ge=1,
        le=600,
        description="How long a process that is asked to stop waits for what is under way.",
    )
    upload_limit_bytes: int = Field(
        104_857_600, ge=1_048_576, description="The largest file that may be uploaded."
    )
    allowed_networks: str = Field(
        "",
        description="Networks of your own, separated by commas (`10.0.0.0/8, 127.0.0.1`), which"
        " webhooks out, HTTP requests and function endpoints of flows may reach. Other addresses that are not public are refused,"
        " so that nobody reaches by them what only this server can reach.",
    )
    import_limit_rows: int = Field(
        5_000_000, ge=1, description="How many rows one import of contacts may have."
    )
    trace_days: int = Field(
        14,
        ge=1,
        le=3650,
        description="How many days the traces of sessions are kept: what happened at each step, for"
        " flows whose log is on.",
    )
    call_days: int = Field(
        14,
        ge=1,
        le=3650,
        description="How many days calls of flows that are over are kept, with what they asked:"
        " what a person wrote may stand in it.",
    )
    sign_in_seconds: int = Field(
        604_800,
        ge=300,
        description="How long a person stays signed in to the console at most; who does nothing for"
        " 12 hours is signed out before.",
    )

    @field_validator("allowed_networks")
    @classmethod
    def _check_networks(cls, text: str) -> str:
        networks_of(text)
        return text

    @field_validator("data_dir")
    @classmethod
    def _expand(cls, path: Path) -> Path:
        return path.expanduser().absolute()


def load_settings(**given: Any) -> Settings:
    """Read the settings; ``given`` (from the command line) wins over the environment.

    A value of None in ``given`` means that it was not given.
    Raises ``setting.invalid``, naming each variable that is wrong; values are never shown.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        field_errors = tuple(
            FieldError(
                path=f"CLARION_{str(problem['loc'][0]).upper()}" if problem["loc"] else "CLARION_*",
                code=problem["type"],
                message=problem["msg"],
            )
            for problem in error.errors(include_input=False, include_url=False)
        )
        told = "; ".join(f"{problem.path}: {problem.message}" for problem in field_errors)
        # The cause is left out: it would show the values, and a value may be a secret.
        raise ClarionError(
            "setting.invalid", f"These settings are not valid: {told}.", field_errors=field_errors
        ) from None


def secret_key_of(settings: Settings) -> str:
    """The sealing key: the setting, else the one in the data directory, made when missing.

    Raises ``data_dir.unusable`` when it can be neither read nor written.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / "secret_key"
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _read_or_make_key(path)
    except OSError as error:
        raise ClarionError(
            "data_dir.unusable",
            f"The sealing key {path} can be neither read nor made: {error.strerror}.",
            path=str(path),
        ) from error


def _read_or_make_key(path: Path) -> str:
    """Read the key; if there is none, make one that appears whole under its name, once.

    Two processes may do this at the same moment: a link is made only if the name is free, so both
    then read the same key.
    """
    if not path.exists():
        descriptor, draft_name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
        draft = Path(draft_name)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(_SECRET_KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first: its key is read below
        finally:
            draft.unlink()
    return path.read_text().strip()
