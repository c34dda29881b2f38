"""Codes and exception classes: what they mean, and where they mean nothing."""

from __future__ import annotations

import pytest

from knowledge_base.errors import InputError
from knowledge_base.signature.codes import error_codes
from knowledge_base.vocabulary.catalogue import Catalogue, Kind, load_catalogue
from knowledge_base.vocabulary.codes import code_table
from knowledge_base.vocabulary.glossary import load_glossary
from knowledge_base.vocabulary.meanings import Meaning, Meanings, load_meanings

SMALL = Catalogue((Kind("sheet-missing", "Sheet is missing", "缺表", ("no such sheet",), (), ("table", "not-found")),))


@pytest.fixture(scope="module")
def meanings() -> Meanings:
    return load_meanings(load_catalogue())


def read(meanings: Meanings, text: str) -> Meaning:
    return meanings.read(text, error_codes(text))


@pytest.mark.parametrize(
    "text",
    [
        "ORA-00942: view gone",
        "ERROR 1146 (42S02): 'shop.cart'",
        "Error 1146: 'shop.cart'",
        "ERROR 1146 (HY000)",
        'pymysql.err.ProgrammingError: (1146, "shop.cart")',
        "2031-02-03 [ERROR] [MY-001146] [Server] cart",
        "SQLSTATE[42S02]: base view",
        'org.postgresql.util.PSQLException: ERROR: "cart" (42P01)',
        "ERROR:  42P01: cart",
        "error: cart { code: '42P01' }",
        "psycopg2.errors.UndefinedTable: cart",
        "Msg 208, Level 16, State 1, Server sql7, Line 3",
        "('42S02', \"[42S02] [Microsoft][ODBC Driver] 'cart'. (208) (SQLExecDirectW)\")",
        "Code: 60. DB::Exception: shop.cart",
        "FAILED: SemanticException [Error 10001]: Line 1:14 'cart'",
        "ODPS-0130131:[1,15] cart",
        "SQL0204N  SHOP.CART is gone.",
        "DB2 SQL Error: SQLCODE=-204, SQLSTATE=42704",
        "[TABLE_OR_VIEW_NOT_FOUND] cart",
        "org.apache.hadoop.hbase.TableNotFoundException: cart",
    ],
)
def test_codes_of_different_systems_meet(meanings: Meanings, text: str) -> None:
    meaning = read(meanings, text)
    assert meaning.kinds == {"table-not-found"}
    assert meaning.concepts >= {"table", "not-found"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("rpc error: code = Unavailable desc = gone", "grpc-unavailable"),
        ("io.grpc.StatusRuntimeException: DEADLINE_EXCEEDED: after 3 s", "grpc-deadline"),
        ("curl: (6) host", "dns-failure"),
        ("curl: (60) SSL", "certificate-untrusted"),
        ("npm ERR! code E404", "dependency-resolution"),
        ("npm ERR! code ERESOLVE", "dependency-conflict"),
        ("java.net.UnknownHostException: db7", "dns-failure"),
        ("Error: getaddrinfo ENOTFOUND db7", "dns-failure"),
        ("OSError: [Errno 28] /var/x", "disk-full"),
        ("open /etc/x: (os error 2)", "file-not-found"),
        ("[WinError 10061] x", "connection-refused"),
        ("Process finished with exit code 137", "process-killed"),
        ("worker (pid 7) was sent SIGKILL!", "process-killed"),
        ("reason: CrashLoopBackOff", "crash-loop"),
        ("Warning  Unhealthy  2m  kubelet", "probe-failed"),
        ("HTTP/1.1 502 x", "bad-gateway"),
        ("Server returned HTTP response code: 413 for URL", "payload-too-large"),
        ("KeeperErrorCode = NoNode for /x", "zookeeper-node"),
        ("KeeperErrorCode = ConnectionLoss for /x", "zookeeper-connection"),
        ("E11000 in index x", "unique-violation"),
        ("botocore.errorfactory.NoSuchKey: x", "object-not-found"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] x", "certificate-untrusted"),
        ("net::ERR_NAME_NOT_RESOLVED", "dns-failure"),
        ("HRESULT: 0x80070005", "file-permission"),
        ("Code: [Framework-12], x", "sync-plugin"),
        ("NOT_LEADER_OR_FOLLOWER", "partition-leader"),
        ("CUDNN_STATUS_EXECUTION_FAILED", "gpu-fault"),
        ("error TS2307: x", "node-module"),
        ("535 5.7.8 Error", "mail-login"),
        ("System.IO.DirectoryNotFoundException: x", "file-not-found"),
    ],
)
def test_a_code_or_class_means_a_kind(meanings: Meanings, text: str, kind: str) -> None:
    assert kind in read(meanings, text).kinds


@pytest.mark.parametrize(
    ("text", "concepts", "classes", "generic"),
    [
        ("ModuleNotFoundError: x", {"module", "not-found"}, ("ModuleNotFoundError",), ()),
        ("java.lang.OutOfMemoryError: x", {"out-of-memory"}, ("OutOfMemoryError",), ()),
        ("java.sql.SQLSyntaxErrorException: x", set(), (), ("SQLSyntaxErrorException",)),
        ("com.acme.MySQLSyntaxErrorException: x", set(), (), ("MySQLSyntaxErrorException",)),
    ],
)
def test_a_class_of_several_kinds_names_none(
    meanings: Meanings, text: str, concepts: set[str], classes: tuple[str, ...], generic: tuple[str, ...]
) -> None:
    assert read(meanings, text) == Meaning(frozenset(concepts), frozenset(), classes, generic)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "row 1146 of 42601 in line 208",
        "copied 137 files, 404 left, 28 skipped",
        "port 10061 in rack 60",
        "took 60 ms, code: 60",
        "the unavailable node was evicted, unhealthy or not found",
        "Unavailable",
        "user 1045, order 1062",
        "ORA-00942x xORA-00942 1-ORA-009421",
        "com.acme.Service: started",
        "com.acme.exceptions.Handler.run(Handler.java)",
        "E404x",
    ],
)
def test_a_number_or_word_that_no_system_announces_means_nothing(meanings: Meanings, text: str) -> None:
    assert read(meanings, text) == Meaning()


def test_listed_codes_count_where_the_template_hides_them(meanings: Meanings) -> None:
    assert meanings.read("ERROR <num> (<str>)", ("ERROR 1146",)).kinds == {"table-not-found"}
    assert meanings.read("Code: <num>. DB::Exception", ("code 60",)).kinds == {"table-not-found"}
    assert meanings.read("Code: <num>. Something", ("code 60",)).kinds == set()


def test_classes_are_simple_names_and_wrappers_are_told_apart(meanings: Meanings) -> None:
    text = (
        "org.acme.HiveException: x\n\tat org.acme.Store.read(Store.java:7)\n"
        "Caused by: java.sql.SQLException: y\nCaused by: org.acme.Outer$LedgerClosedException: z"
    )
    meaning = read(meanings, text)
    assert meaning.classes == ("LedgerClosedException",)
    assert meaning.generic == ("HiveException", "SQLException")
    assert read(meanings, "jinja2.exceptions.LedgerGone: x").classes == ("LedgerGone",)


def test_several_codes_add_up(meanings: Meanings) -> None:
    meaning = read(meanings, "java.net.SocketTimeoutException: x; ORA-00942, HTTP/1.1 504 Gateway Time-out")
    assert meaning.kinds == {"table-not-found", "gateway-timeout"}
    assert {"timeout", "table"} <= meaning.concepts
    assert meaning.classes == ("SocketTimeoutException",)


@pytest.mark.parametrize(
    "text",
    [
        "a-" * 50_000,
        "ERROR " * 20_000,
        "a.b." * 20_000 + "errors.X",
        "(" * 100_000,
        "code: " * 20_000,
        "HTTP 1" * 20_000,
        "\udcff\x00\x1b[31m" * 10_000,
        "x" * 10_000_000,
        "ERROR" + " " * 100_000 + "1146 (",
    ],
)
def test_hostile_texts_mean_nothing(meanings: Meanings, text: str) -> None:
    assert meanings.read(text, ()).kinds == set()


def test_a_code_that_is_said_a_thousand_times_is_read(meanings: Meanings) -> None:
    assert meanings.read("ERROR 1146 (42S02) " * 1_000, ()).kinds == {"table-not-found"}


def test_the_concepts_of_the_packaged_codes_are_in_the_glossary(meanings: Meanings) -> None:
    table = meanings.table
    senses = [*table.plain.values(), *table.classes.values()]
    senses += [sense for each in table.announcements for sense in each.senses.values()]
    senses += [each.sense for listed in table.listings.values() for each in listed]
    assert {concept for sense in senses for concept in sense.concepts} <= set(load_glossary().by_name)
    assert len(table.plain) + len(table.listings) > 1_000


def test_each_packaged_announcement_finds_its_own_codes(meanings: Meanings) -> None:
    for announcement in meanings.table.announcements:
        assert announcement.anchor
        assert announcement.pattern.groups == 1


def table_of(systems: str, classes: str = "[]", generic: str = "Exception") -> str:
    return f"systems: {systems}\nclasses: {classes}\ngeneric: {generic}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("systems: []", "the keys systems, classes and generic"),
        (table_of("{}"), "a list is expected"),
        (table_of("[x]"), "keys of a system"),
        (table_of("[{name: A, codes: [{kind: nobody, codes: X1}]}]"), "A: there is no kind 'nobody'"),
        (table_of("[{name: A, codes: [{codes: X1}]}]"), "A: kind or concepts"),
        (table_of("[{name: A, codes: [{kind: sheet-missing, codes: [X1]}]}]"), "words with spaces"),
        (table_of("[{name: A, codes: [{concepts: [a], codes: X1 Y X1}, {concepts: [b], codes: Y}]}]"), "Y stands here"),
        (table_of("[{name: A, announced: [no place], codes: []}]"), "must have {code} once"),
        (table_of("[{name: A, announced: ['{code}'], codes: []}]"), "words must stand beside"),
        (table_of("[]", "[{concepts: [a], names: Exception}]"), "it cannot be both"),
    ],
)
def test_a_table_that_is_wrong_says_where(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        code_table(text.encode(), "codes.yaml", SMALL)
    assert said in str(caught.value)
    assert str(caught.value).startswith("codes.yaml")


def test_a_codes_concepts_are_those_of_its_kind() -> None:
    text = table_of("[{name: A, announced: ['fault #{code}!'], codes: [{kind: sheet-missing, codes: 7}]}]")
    meaning = Meanings(code_table(text.encode(), "codes.yaml", SMALL)).read("FAULT #7, default #7!", ())
    assert meaning == Meaning()
    meaning = Meanings(code_table(text.encode(), "codes.yaml", SMALL)).read("x FAULT   #7! y", ())
    assert meaning.kinds == {"sheet-missing"}
    assert meaning.concepts == {"table", "not-found"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CROSSSLOT Keys in request", "CLUSTERDOWN Hash slot not served"),
        ("error=invalid_grant", "error=redirect_uri_mismatch"),
        ("error=invalid_client", "error=invalid_grant"),
        ("CUDA_ERROR_NO_BINARY_FOR_GPU", "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"),
    ],
)
def test_codes_of_one_system_with_different_causes_are_different_kinds(
    meanings: Meanings, one: str, other: str
) -> None:
    left, right = meanings.read(one).kinds, meanings.read(other).kinds
    assert left
    assert right
    assert not left & right
