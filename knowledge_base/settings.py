"""Settings: one frozen object, read from the environment by a function, never at import."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

from platformdirs import user_cache_path
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge_base.errors import InputError
from knowledge_base.types import WindowBy


class Settings(BaseSettings):
    """Everything that can be set from outside, as ``KEA_<NAME>``."""

    model_config = SettingsConfigDict(env_prefix="KEA_", frozen=True, extra="ignore")

    home: Path = Field(default=Path("~/.kea"), description="Data folder: database, index cache, dead letters.")
    database_url: str = Field(default="", description="Another database, such as postgresql://user@host/name.")
    model_dir: Path = Field(
        default_factory=lambda: user_cache_path("kea") / "models",
        description="Folder of exported embedding models; shared by all data folders.",
    )
    model: str = Field(
        default="all-MiniLM-L6-v2",
        min_length=1,
        max_length=500,
        description="Embedding model: folder or name of a sentence-transformers model on this disk (docs/reindex.md).",
    )
    host: str = Field(default="127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port that the web server listens on.")
    workers: int = Field(
        default=1, ge=1, le=64, description="Processes of `kea serve` that answer, one for each core (docs/serving.md)."
    )
    answer_threshold: float = Field(default=0.88, ge=0, le=1, description="Confidence from which Kea answers.")
    suggest_threshold: float = Field(default=0.65, ge=0, le=1, description="Confidence from which Kea suggests.")
    # What is alike depends on the model: these two fit the default one (docs/reindex.md tells how to choose others).
    group_threshold: float = Field(
        default=0.90, ge=0, le=1, description="Chance of being one error to group templates."
    )
    propose_threshold: float = Field(
        default=0.145, ge=0, le=1, description="Chance of being one error to propose a merge."
    )
    window_size: int = Field(default=1000, ge=1, description="New templates in a clustering window at most.")
    window_by: WindowBy = Field(
        default=WindowBy.PROCESSING,
        description="When a clustering window closes: count, processing (time) or event (time); docs/windows.md.",
    )
    window_seconds: float = Field(
        default=0.5, gt=0, le=86_400, description="Seconds that a clustering window by time is long."
    )
    window_limit_seconds: float = Field(
        default=60.0,
        gt=0,
        le=86_400,
        description="Seconds after which a window by count or event time is clustered in any case.",
    )
    disorder_seconds: float = Field(
        default=5.0, ge=0, le=86_400, description="Event time: how far the lines of a source may be out of order."
    )
    allowed_lateness_seconds: float = Field(
        default=60.0,
        ge=0,
        le=86_400,
        description="Event time: how long after its window closed a template does not count as late.",
    )
    idle_seconds: float = Field(
        default=10.0, gt=0, le=86_400, description="Event time: a source that is silent for so long holds nothing back."
    )
    batch_size: int = Field(default=2000, ge=1, description="Events in an ingest transaction at most.")
    max_event_bytes: int = Field(default=1_000_000, ge=1_000, description="An event is cut behind so many bytes.")
    max_templates: int = Field(
        default=1_000_000,
        ge=100,
        description="Templates of a project; beyond, the coldest unlabelled ones are evicted.",
    )
    glossary: Path | None = Field(
        default=None, description="A glossary of your own on top of the one that comes with Kea (docs/glossary.md)."
    )
    kinds: Path | None = Field(
        default=None, description="Kinds of error of your own on top of those that come with Kea (docs/kinds.md)."
    )
    ring_size: int = Field(default=100_000, ge=0, description="Recent scrubbed lines kept for a project.")
    samples_per_template: int = Field(default=20, ge=1, description="Scrubbed samples kept for a template.")
    source: str = Field(
        default="", description="Where `kea serve` reads logs, such as kafka://host:9092/topic (docs/kafka.md)."
    )
    kafka_security_protocol: str = Field(
        default="PLAINTEXT", description="Kafka: PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL."
    )
    kafka_sasl_mechanism: str = Field(
        default="SCRAM-SHA-512", description="Kafka: PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512."
    )
    kafka_username: str = Field(default="", description="Kafka: user of the login.")
    kafka_password: SecretStr = Field(default=SecretStr(""), description="Kafka: password of the login.")
    kafka_ca_file: Path | None = Field(
        default=None, description="Kafka: certificates (PEM) that brokers are trusted by; the system's unless given."
    )
    kafka_cert_file: Path | None = Field(
        default=None, description="Kafka: our own certificate (PEM), where brokers ask for one."
    )
    kafka_key_file: Path | None = Field(default=None, description="Kafka: the key of our certificate (PEM).")
    kafka_key_password: SecretStr = Field(default=SecretStr(""), description="Kafka: password of that key.")
    public_url: str = Field(
        default="",
        description="Address under which others reach Kea, such as https://kea.example.com; for links.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        max_length=2000,
        description="Addresses or networks of proxies whose word counts on who asks (docs/serving.md).",
    )
    sign_ins_per_minute: int = Field(
        default=20, ge=0, le=100_000, description="Sign-ins that are tried from one address in a minute; 0: no limit."
    )
    questions_per_minute: int = Field(
        default=120,
        ge=0,
        le=1_000_000,
        description="Questions of one person in a minute, and as often feedback; programs have no limit. 0: no limit.",
    )
    oidc_issuer: str = Field(
        default="",
        max_length=500,
        description="OpenID Connect: address of the provider; switches it on (docs/access.md).",
    )
    oidc_client_id: str = Field(default="", max_length=500, description="OpenID Connect: Kea's id at the provider.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="OpenID Connect: Kea's secret at the provider."
    )
    oidc_name: str = Field(
        default="OpenID Connect", max_length=40, description="OpenID Connect: what the sign-in page calls the provider."
    )
    oidc_scopes: str = Field(
        default="openid profile email", max_length=500, description="OpenID Connect: scopes that are asked for."
    )
    oidc_role_claim: str = Field(
        default="", max_length=100, description="OpenID Connect: claim that names groups, such as groups."
    )
    oidc_roles: str = Field(
        default="",
        max_length=10_000,
        description="OpenID Connect: which group has which role, such as ops=admin,dev=engineer@billing.",
    )
    oidc_default_role: str = Field(
        default="viewer",
        pattern="^(viewer|engineer|none)$",
        description="OpenID Connect: role of a newcomer without such a group: viewer, engineer or none.",
    )
    question_days: int | None = Field(
        default=None,
        ge=1,
        le=36_500,
        description="Days after which questions lose words and person; never unless given (docs/export.md).",
    )
    line_days: int | None = Field(
        default=None,
        ge=1,
        le=36_500,
        description="Days after which samples and recent lines are deleted; never unless given (docs/export.md).",
    )
    slack_bot_token: SecretStr = Field(
        default=SecretStr(""), description="Slack: the bot's token (xoxb-...); switches Slack on."
    )
    slack_app_token: SecretStr = Field(
        default=SecretStr(""), description="Slack: the app's token (xapp-...) for Socket Mode."
    )
    slack_signing_secret: SecretStr = Field(
        default=SecretStr(""), description="Slack: the signing secret for requests to /hooks/slack."
    )
    slack_api_url: str = Field(default="https://slack.com/api/", description="Slack: base address of its Web API.")
    slack_hooks_url: str = Field(
        default="https://hooks.slack.com/", description="Slack: base address that a response_url must have."
    )
    slack_project: str = Field(default="default", description="Slack: project that questions are about.")
    dingtalk_client_id: str = Field(
        default="", description="DingTalk: the app's client id (AppKey); switches DingTalk on."
    )
    dingtalk_client_secret: SecretStr = Field(
        default=SecretStr(""), description="DingTalk: the app's client secret (AppSecret)."
    )
    dingtalk_robot_code: str = Field(default="", description="DingTalk: the robot's code; the client id unless given.")
    dingtalk_stream: bool = Field(
        default=True,
        description="DingTalk: whether to connect by Stream mode; the HTTP callback is /hooks/dingtalk.",
    )
    dingtalk_api_url: str = Field(default="https://api.dingtalk.com/", description="DingTalk: base address of its API.")
    dingtalk_webhook_url: str = Field(
        default="https://oapi.dingtalk.com/", description="DingTalk: base address that a sessionWebhook must have."
    )
    dingtalk_project: str = Field(default="default", description="DingTalk: project that questions are about.")
    tickets_file: Path | None = Field(
        default=None, description="Ticket systems: the file that maps their webhooks (docs/tickets.md)."
    )
    handover_target: str = Field(
        default="",
        max_length=200,
        description="Where engineers are told of questions for a person: slack:C… or dingtalk:cid… (docs/demand.md).",
    )
    later_answer_seconds: float = Field(
        default=30.0,
        ge=0,
        description="Seconds between attaching a solution and telling those who asked before; time to undo.",
    )
    delivery_lease_seconds: float = Field(
        default=45.0, gt=0, description="Seconds after which a delivery under way counts as interrupted."
    )

    @field_validator("trusted_proxies")
    @classmethod
    def _only_addresses(cls, value: str) -> str:
        named = [each.strip() for each in value.split(",") if each.strip()]
        for each in named:
            try:
                ip_network(each)
            except ValueError:
                raise ValueError("addresses or networks with commas between them are needed") from None
        return ",".join(named)

    @property
    def home_path(self) -> Path:
        """The data folder with ``~`` resolved."""
        return self.home.expanduser()

    @property
    def url(self) -> str:
        """The database to use: the one that is set, else SQLite in the data folder."""
        return self.database_url or f"sqlite:///{self.home_path / 'kea.db'}"


def read_settings(**overrides: object) -> Settings:
    """Read the settings from the environment; ``overrides`` win.

    Raises InputError naming the first variable that is wrong; its value is not repeated, for it may
    hold a password.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        name = "_".join(map(str, first["loc"])).upper()
        raise InputError(f"KEA_{name}: {first['msg'].lower()}; docs/settings.md lists all settings") from None
