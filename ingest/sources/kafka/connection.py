"""How to connect: security from the settings, and errors of the client in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from knowledge_base.errors import InputError, Unavailable
from knowledge_base.settings import Settings

REACH_MILLISECONDS = 10_000
PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


def client_config(settings: Settings, brokers: Sequence[str]) -> dict[str, object]:
    """Give the configuration that every client shares; raises InputError naming a setting that is wrong."""
    protocol = settings.kafka_security_protocol.upper()
    if protocol not in PROTOCOLS:
        raise InputError(f"KEA_KAFKA_SECURITY_PROTOCOL is none of {', '.join(PROTOCOLS)}")
    config: dict[str, object] = {
        "bootstrap_servers": list(brokers),
        "client_id": "kea",
        "security_protocol": protocol,
        "bootstrap_timeout_ms": REACH_MILLISECONDS,
    }
    if protocol.startswith("SASL"):
        mechanism = settings.kafka_sasl_mechanism.upper()
        if mechanism not in MECHANISMS:
            raise InputError(f"KEA_KAFKA_SASL_MECHANISM is none of {', '.join(MECHANISMS)}")
        password = settings.kafka_password.get_secret_value()
        if not settings.kafka_username or not password:
            raise InputError(f"{protocol} needs KEA_KAFKA_USERNAME and KEA_KAFKA_PASSWORD")
        config |= {
            "sasl_mechanism": mechanism,
            "sasl_plain_username": settings.kafka_username,
            "sasl_plain_password": password,
        }
    if protocol.endswith("SSL"):
        files = {
            "ssl_cafile": settings.kafka_ca_file,
            "ssl_certfile": settings.kafka_cert_file,
            "ssl_keyfile": settings.kafka_key_file,
        }
        for name, file in files.items():
            if file is None:
                continue
            path = file.expanduser()
            if not path.is_file():
                raise InputError(f"KEA_KAFKA_{name[4:].replace('file', '_file').upper()}: {path} is not there")
            config[name] = str(path)
        config["ssl_password"] = settings.kafka_key_password.get_secret_value() or None
    return config


def explained(error: Exception, config: Mapping[str, object]) -> Unavailable:
    """Say in words why Kafka cannot be used with a configuration, and what to check; nothing secret is repeated."""
    where = ", ".join(cast(list[str], config["bootstrap_servers"]))
    name = type(error).__name__
    if "Authentication" in name or "Sasl" in name:
        return Unavailable(
            f"Kafka at {where} refuses the login;"
            " check KEA_KAFKA_USERNAME, KEA_KAFKA_PASSWORD and KEA_KAFKA_SASL_MECHANISM"
        )
    if "Authorization" in name:
        return Unavailable(f"Kafka at {where} does not permit this ({name}); give the user rights on topics and group")
    if "UnsupportedCodec" in name or "Codec" in str(error):
        return Unavailable(
            f"Kafka at {where} sends messages packed with a codec that is not installed here;"
            " install kafka-python[lz4], [snappy] or [zstd]"
        )
    if str(config["security_protocol"]).startswith("SASL"):
        # A broker ends the connection of a wrong login, and the client sees no more than that.
        return Unavailable(
            f"Kafka at {where} cannot be reached, or refuses the login ({name}); check that it runs, its address,"
            " KEA_KAFKA_SECURITY_PROTOCOL, KEA_KAFKA_SASL_MECHANISM, KEA_KAFKA_USERNAME and KEA_KAFKA_PASSWORD"
        )
    return Unavailable(
        f"Kafka at {where} cannot be reached ({name}); check that it runs, its address, and KEA_KAFKA_SECURITY_PROTOCOL"
    )
