"""A broker of one's own: Apache Kafka in KRaft mode, one process, a temporary folder, free ports."""

from __future__ import annotations

import base64
import ctypes
import itertools
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.admin import NewTopic
from kafka.errors import KafkaError

from tests.support.ports import HeldPort

SECONDS_TO_START = 90
USER, PASSWORD = "kea", "a password of the tests"
_HEAP = ("-Xmx512m", "-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.level=WARN")
_topics = itertools.count(1)


class Broker:
    """A broker that can be stopped, killed and started again, on the same ports and data.

    ``plain`` is the address without any security, ``sasl`` the one that asks for a password (PLAIN and
    SCRAM-SHA-512), ``tls`` the one that asks for it over TLS; ``ca_file`` vouches for the latter.
    """

    def __init__(self, jars: Path, folder: Path, *, port: int = 0) -> None:
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        self._jars = jars
        self._process: subprocess.Popen[bytes] | None = None
        self._ports = [HeldPort() for _ in range(4)]
        plain, sasl, tls, self._controller = (each.number for each in self._ports)
        self.plain, self.sasl, self.tls = (f"127.0.0.1:{each}" for each in (port or plain, sasl, tls))

    @property
    def process_id(self) -> int | None:
        """The id of the running process."""
        return self._process.pid if self._process else None

    def prepare(self) -> None:
        """Write configuration and certificate, and format the storage."""
        self._make_certificate()
        settings = self.folder / "server.properties"
        settings.write_text("".join(f"{name}={value}\n" for name, value in self._settings().items()))
        cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        user = f"SCRAM-SHA-512=[name={USER},password={PASSWORD}]"
        # An id may begin with a hyphen: with a blank before it, it would be read as an option.
        identity = f"--cluster-id={cluster}"
        self._run("kafka.tools.StorageTool", "format", identity, "-c", str(settings), "--add-scram", user)

    def start(self) -> None:
        """Start it and wait until it answers; raises RuntimeError with its log where it does not."""
        command = ["java", *_HEAP, "-cp", f"{self._jars}/*", "kafka.Kafka", str(self.folder / "server.properties")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent,
            )
        end = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise RuntimeError(
                    "Kafka does not start:\n" + (self.folder / "log").read_text(errors="replace")[-4000:]
                )
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop it in order; kill it where that takes too long."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill it as a power cut would, but for the disk."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """Stop it, and let its ports and its data go."""
        self.stop()
        for each in self._ports:
            each.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_topic(self, *, partitions: int = 1, **config: str) -> str:
        """Make a topic with a name of its own; keyword arguments are its settings, with _ for a dot."""
        name = f"t{next(_topics)}-{uuid.uuid4().hex[:6]}"
        topic = NewTopic(
            name, partitions, 1, topic_configs={key.replace("_", "."): value for key, value in config.items()}
        )
        admin = KafkaAdminClient(bootstrap_servers=self.plain)
        try:
            admin.create_topics([topic])
        finally:
            admin.close()
        return name

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(30)

    def _answers(self) -> bool:
        host, _, port = self.plain.rpartition(":")
        try:
            socket.create_connection((host, int(port)), 1).close()
            KafkaAdminClient(bootstrap_servers=self.plain, bootstrap_timeout_ms=1000).close()
        except (KafkaError, OSError, ValueError):
            return False
        return True

    def _settings(self) -> dict[str, str]:
        jaas = "org.apache.kafka.common.security"
        return {
            "process.roles": "broker,controller",
            "node.id": "1",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller}",
            "controller.listener.names": "CONTROLLER",
            "listeners": f"PLAINTEXT://{self.plain},SASL_PLAINTEXT://{self.sasl},SASL_SSL://{self.tls},"
            f"CONTROLLER://127.0.0.1:{self._controller}",
            "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,"
            "SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL",
            "inter.broker.listener.name": "PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
            **{
                f"listener.name.{name}.{mechanism}.sasl.jaas.config": config
                for name in ("sasl_plaintext", "sasl_ssl")
                for mechanism, config in (
                    ("plain", f'{jaas}.plain.PlainLoginModule required user_{USER}="{PASSWORD}";'),
                    ("scram-sha-512", f"{jaas}.scram.ScramLoginModule required;"),
                )
            },
            "ssl.keystore.type": "PKCS12",
            "ssl.keystore.location": str(self.folder / "broker.p12"),
            "ssl.keystore.password": "changeit",
            "log.dirs": str(self.folder / "data"),
            "auto.create.topics.enable": "false",
            "offsets.topic.replication.factor": "1",
            "offsets.topic.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "group.initial.rebalance.delay.ms": "0",
            # One that was killed is let in again when its former session is over.
            "broker.session.timeout.ms": "2000",
            "broker.heartbeat.interval.ms": "500",
            "log.retention.check.interval.ms": "1000",
            "log.segment.delete.delay.ms": "100",
            "log.cleaner.dedupe.buffer.size": "16777216",
            "num.network.threads": "2",
            "num.io.threads": "2",
            "num.recovery.threads.per.data.dir": "2",
        }

    def _make_certificate(self) -> None:
        store = ["-keystore", str(self.folder / "broker.p12"), "-storepass", "changeit", "-alias", "broker"]
        names = ["-dname", "CN=localhost", "-ext", "SAN=ip:127.0.0.1,dns:localhost", "-validity", "30"]
        key = ["-genkeypair", "-keyalg", "EC", "-storetype", "PKCS12", *names]
        self._call("keytool", *key, *store)
        self._call("keytool", "-exportcert", "-rfc", "-file", str(self.ca_file), *store)

    def _run(self, main: str, *arguments: str) -> None:
        self._call("java", *_HEAP, "-cp", f"{self._jars}/*", main, *arguments)

    def _call(self, *command: str) -> None:
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


@contextmanager
def running_broker(jars: Path, *, port: int = 0) -> Iterator[Broker]:
    """Run a broker for as long as the context lasts; its data go with it."""
    folder = Path(tempfile.mkdtemp(prefix="kea-kafka-"))
    broker = Broker(jars, folder, port=port)
    try:
        broker.prepare()
        broker.start()
        yield broker
    finally:
        broker.close()


def _die_with_parent() -> None:
    """Let the kernel end the broker where the tests are killed (Linux, prctl PR_SET_PDEATHSIG)."""
    if os.uname().sysname == "Linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
