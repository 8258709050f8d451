"""Everything an installation can set, read once from `CRM_…` variables at start."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class BadSetting(Exception):
    """A setting is wrong; the sentence names it and says what to write instead."""


class Settings(BaseModel):
    """One installation's settings; each field is the variable `CRM_` + its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database_url: str = Field(
        default="sqlite:///var/tsunagari.db",
        pattern=r"^(sqlite:///|postgresql\+psycopg://).+",
        description="sqlite:///PATH, or postgresql+psycopg://USER@HOST/NAME (15 or later).",
    )
    key_file: str = Field(
        default="",
        description=(
            "The file of the key that secrets in the database are sealed with; made at first use. "
            "Empty: beside the SQLite file, or var/tsunagari.key. Back it up apart."
        ),
    )
    owner_url: str = Field(
        default="",
        pattern=r"^(postgresql\+psycopg://.+)?$",
        description=(
            "The database as the role that owns the tables, for `crm migrate` and ANALYZE after "
            "`crm import` and `crm sample-data`; empty where "
            "the product itself owns them. On PostgreSQL let it own nothing (RUNBOOK)."
        ),
    )
    redis_url: str = Field(
        default="",
        pattern=r"^(rediss?://.+)?$",
        description=(
            "redis://HOST:PORT/NUMBER where `crm worker` carries out jobs; "
            "empty lets the web server do so itself."
        ),
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8000, ge=1, le=65535, description="Port to listen on.")
    base_url: str = Field(
        default="",
        description=(
            "The address users type, such as https://tsunagari.example.lg.jp. "
            "Must be https unless the host is this machine itself."
        ),
    )
    demo: bool = Field(
        default=False,
        description="Lets the sample accounts sign in. Never set where real people are recorded.",
    )
    shared_idle_minutes: int = Field(
        default=5,
        ge=1,
        le=30,
        description="Minutes without use after which a terminal several officers share locks.",
    )
    personal_idle_minutes: int = Field(
        default=15,
        ge=1,
        le=60,
        description="Minutes without use after which a terminal lent to one officer locks.",
    )
    second_factor: Literal["required", "offered"] = Field(
        default="required",
        description=(
            "required: exports and the roles that cross units (HQ viewer, administrator, auditor) "
            "ask for a second factor; offered: only of the accounts that have one."
        ),
    )
    absolute_hours: int = Field(
        default=26,
        ge=1,
        le=72,
        description="Hours after which a sign-in ends on a terminal lent to one officer.",
    )
    shared_absolute_hours: int = Field(
        default=12,
        ge=1,
        le=72,
        description="Hours after which a sign-in ends on a terminal several officers share.",
    )
    revisit_days: int = Field(
        default=90,
        ge=1,
        le=3650,
        description="Days without a two-way contact after which a visit is proposed; no quota.",
    )
    area_code: str = Field(
        default="",
        pattern=r"^(0\d{1,4})?$",
        description="市外局番 put before local telephone numbers read from files.",
    )
    export_hours: int = Field(
        default=24,
        ge=1,
        le=72,
        description="Hours a file made for somebody waits to be fetched before it is shredded.",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=r"^((https://|http://(localhost|127\.0\.0\.1)[:/]).+)?$",
        description="The OpenID provider people may sign in by, as its tokens name it; https.",
    )
    oidc_client_id: str = Field(default="", description="What the OpenID provider calls us.")
    oidc_client_secret: str = Field(
        default="", description="The secret the OpenID provider knows us by."
    )
    oidc_strong: str = Field(
        default="mfa",
        description=(
            "The acr and amr values (with blanks between) by which the OpenID provider says that "
            "it asked for a second factor; always: it does so for everybody; empty: never."
        ),
    )
    oidc_max_age_minutes: int = Field(
        default=480,
        ge=0,
        le=1440,
        description=(
            "Minutes since somebody showed the OpenID provider who they are, after which it asks "
            "again; 0: never, for a provider that does not tell (auth_time)."
        ),
    )
    first_password_hours: int = Field(
        default=72,
        ge=1,
        le=720,
        description="Hours in which a password made by an administrator must have been used.",
    )
    workers: int = Field(
        default=1, ge=1, le=64, description="Processes that serve pages; as many as there are CPUs."
    )
    threads: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Units of work at a time in each process; 0: 3 on SQLite, 8 on PostgreSQL.",
    )

    @model_validator(mode="after")
    def _plain_http_stays_on_this_machine(self) -> "Settings":
        if not self.base_url:
            if self.host not in LOOPBACK:
                raise ValueError(
                    "CRM_BASE_URL: 他の端末から使う場合は "
                    "https:// で始まる URL を指定してください。"
                )
            return self
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("CRM_BASE_URL: https:// で始まる URL を指定してください。")
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise ValueError(
                "CRM_BASE_URL: http:// はこの端末自身（127.0.0.1）でだけ使えます。"
                "https:// の URL を指定してください。"
            )
        return self

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.database_url.startswith("sqlite")

    @property
    def origin(self) -> str:
        """Scheme and host users reach the product under, as a browser writes `Origin`."""
        if self.base_url:
            parts = urlsplit(self.base_url)
            return f"{parts.scheme}://{parts.netloc}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether cookies may carry `Secure` and the `__Host-` prefix."""
        return self.origin.startswith("https://")

    @property
    def worker_threads(self) -> int:
        """Units of work that run at a time: few on SQLite, where writers queue anyway."""
        return self.threads or (3 if self.is_sqlite else 8)

    @property
    def sqlite_path(self) -> Path | None:
        """The database file of an embedded installation."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.is_sqlite else None

    @property
    def key_path(self) -> Path:
        """The file of the installation's secret."""
        if self.key_file:
            return Path(self.key_file)
        return (self.sqlite_path or Path("var/tsunagari.db")).with_suffix(".key")


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from `environ` (the process's by default).

    Raises BadSetting naming the first wrong or unknown `CRM_…` variable.
    """
    found = {
        name.removeprefix("CRM_").lower(): value
        for name, value in (os.environ if environ is None else environ).items()
        if name.startswith("CRM_") and not name.startswith("CRM_TEST_")
    }
    for name in found:
        if name not in Settings.model_fields:
            raise BadSetting(
                f"CRM_{name.upper()}: この名前の設定はありません。綴りを確認してください。"
            )
    try:
        return Settings.model_validate(found)
    except ValidationError as wrong:
        raise BadSetting(_first_sentence(wrong)) from None


def _first_sentence(wrong: ValidationError) -> str:
    error = wrong.errors()[0]
    if not error["loc"]:
        return str(error["ctx"]["error"])
    name = str(error["loc"][0])
    said = Settings.model_fields[name].description or ""
    return f"CRM_{name.upper()}: 値「{error['input']}」は使えません。（{said}）"
