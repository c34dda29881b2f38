"""Reading a text by the glossary: templates, messages and questions, in two languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.features.cleaning import LENGTH_LIMIT
from knowledge_base.vocabulary.glossary import Concept, load_glossary
from knowledge_base.vocabulary.reading import Reader
from knowledge_base.vocabulary.wordings import GAP

GLOSSARY = load_glossary()
READER = Reader(GLOSSARY)


@pytest.mark.parametrize(
    "text",
    [
        "TableNotFoundException: <table>",
        "table_not_found",
        "TABLE <table> DOESN'T EXIST",
        "table <table> doesnt exist",
        "table <table> does n't exist",
        "table <table> doesn’t exist",
        "cant find the table <table>",
        "tablenotfound: <table>",
        "I cannot find my tables any more",
        "表 <table> 不存在",
        "找不到表 <table>",
        "表 <table> not found",
        "資料表 <table> 不存在",
    ],
)
def test_one_error_in_many_words(text: str) -> None:
    reading = READER.read(text)
    assert reading.acts == {"not-found"}
    assert reading.objects == {"table"}


@pytest.mark.parametrize(
    ("text", "acts", "objects"),
    [
        (
            "dial tcp <ip>: connect: connection refused",
            {"connection-refused", "cannot-connect"},
            {"connection", "host"},
        ),
        ("java.lang.OutOfMemoryError: Metaspace", {"out-of-memory"}, {"memory", "metaspace"}),
        ("worker keeps dying because memory runs out", {"out-of-memory", "crashed"}, {"memory", "node"}),
        ("pod <pod> OOMKilled", {"out-of-memory"}, {"memory", "pod"}),
        ("任务跑着跑着就爆内存了", {"out-of-memory"}, {"job", "memory"}),
        ("記憶體不足", {"out-of-memory"}, {"memory"}),
        (
            "User <user> lacks the SELECT permission on view <table>",
            {"permission-denied"},
            {"user", "query", "view", "table"},
        ),
        ("没有读取 <path> 的权限", {"permission-denied"}, {"file"}),
        ("ModuleNotFoundError: No module named <class>", {"not-found"}, {"module", "class"}),
        ("Database <str> is locked", {"locked"}, {"database"}),
        ("死锁", {"deadlock"}, set()),
        ("x509: certificate has expired", {"expired"}, {"certificate"}),
        ("磁盘写满了", {"disk-full"}, {"disk"}),
        ("write error: no space left on device", {"write-failed", "disk-full"}, {"disk"}),
        ("ERR_CONNECTION_RESET", {"connection-reset"}, {"connection"}),
        ("the server is painted green", set(), {"server"}),
    ],
)
def test_what_a_text_says(text: str, acts: set[str], objects: set[str]) -> None:
    reading = READER.read(text)
    assert (reading.acts, reading.objects) == (acts, objects)
    assert reading.concepts == acts | objects


def test_what_stands_inside_a_longer_wording_is_not_counted() -> None:
    assert READER.read("request refused by policy").acts == {"address-not-allowed"}
    assert READER.read("lock wait timeout").acts == {"lock-wait-timeout", "timeout", "locked"}
    assert READER.read("read timed out").acts == {"read-timeout", "timeout"}
    assert {span.concept for span in READER.read("read timed out").spans} == {"read-timeout"}


def test_names_say_nothing_about_the_error() -> None:
    for text in (
        "at org.acme.timeout.DeadlockDetector.run(DeadlockDetector.java:3)",
        "org.acme.deadlock.lock.Watcher",
        "see /var/deadlock/timeout/x.log",
        "https://acme.example/deadlock/timeout",
        "value 'deadlock' of `timeout`",
    ):
        assert READER.read(text).acts == frozenset(), text


def test_no_wording_reaches_across_the_end_of_a_sentence() -> None:
    assert "not-found" not in READER.read("There is no more work. Files found").acts
    assert "not-found" in READER.read("There is no more work found").acts


def test_a_gap_spans_four_words_and_no_more() -> None:
    assert "not-found" in READER.read("no a b c d found").acts
    assert "not-found" not in READER.read("no a b c d e found").acts


def test_phrases_of_every_day_are_no_concepts() -> None:
    for text in ("他表示列表没有问题", "这类似于代表", "an unknown error occurred", "see line 3 column 9"):
        assert READER.read(text).concepts == frozenset(), text


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("Service is down, please try again later", "rate-limited"),
        ("billing answered after 3 s", "payment-overdue"),
        ("作业的水位线停滞", "disk-full"),
        ("报表数据导入失败", "module"),
        ("failed to import the customer list", "module"),
        ("数据同步失败", "replication-broken"),
        ("新版本发布失败", "send-failed"),
        ("网络错误", "unreachable"),
        ("unknown time zone", "date-format"),
        ("push rejected: fetch first", "merge-conflict"),
        ("your local changes would be overwritten by merge", "merge-conflict"),
        ("笛卡尔积过大", "full-scan-forbidden"),
        ("terraform plan", "helm-release"),
    ],
)
def test_false_friends_are_not_read(text: str, concept: str) -> None:
    assert concept not in READER.read(text).concepts


def test_spans_tell_which_characters_say_it() -> None:
    text = "Oops: CouldNotConnect, 表 <table> 不存在"
    marked = {(text[span.start : span.end], span.concept) for span in READER.read(text).spans}
    assert marked == {
        ("CouldNotConnect", "cannot-connect"),
        ("表", "table"),
        ("<table>", "table"),
        ("不存在", "not-found"),
    }


def test_the_words_of_a_gap_belong_to_no_span() -> None:
    text = "no suitable driver was found"
    marked = [
        (text[span.start : span.end], span.concept) for span in READER.read("no such nice driver was found").spans
    ]
    assert marked
    spans = READER.read("no nice driver was found").spans
    assert [("no nice driver was found"[span.start : span.end], span.concept) for span in spans] == [
        ("no", "not-found"),
        ("driver", "driver"),
        ("found", "not-found"),
    ]


def test_canonical_puts_chinese_wordings_into_english() -> None:
    assert READER.canonical("表 <table> 不存在") == "table <table> not found"
    assert READER.canonical("資料表不存在") == "table not found"
    assert READER.canonical("Reason: 连接被拒绝 by <host>") == "Reason: connection refused by <host>"
    assert READER.canonical("没有读取 <path> 的权限") == "permission denied 读取 <path> 的"
    assert READER.canonical("内存泄漏") == "memory leak"
    assert READER.canonical("今天天气好") == "今天天气好"


def test_canonical_leaves_english_as_it_is() -> None:
    assert READER.canonical("Table  doesn't exist\n") == "Table  doesn't exist\n"


@pytest.mark.parametrize("concept", GLOSSARY.concepts, ids=lambda concept: concept.name)
def test_each_wording_says_its_concept(concept: Concept) -> None:
    for wording in concept.all_wordings:
        text = " ".join(word.rstrip("*") for word in wording.split() if word != GAP).replace("<n>", "7")
        assert concept.name in READER.read(text).concepts, wording
        assert concept.name in READER.read(f"Xyzzy: {text}; qux").concepts, wording


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\x1b[31m\ud800 deadlock \udfff",
        "deadlock 表\ud800不存在",
        "no " * 40_000,
        "exceed .. limit " * 8_000,
        "没有" * 50_000,
        "a." * 50_000,
        "'a" * 50_000,
        "/a" * 50_000,
        "n't" * 30_000,
        "A" * 100_000,
        "<table" * 20_000,
        "at \n" * 30_000,
        "ǅİßﬁ" * 25_000,
    ],
    ids=range(14),
)
def test_hostile_texts_are_read(text: str) -> None:
    reading = READER.read(text)
    assert all(0 <= span.start < span.end <= LENGTH_LIMIT for span in reading.spans)
    assert len(READER.canonical(text)) <= 30 * LENGTH_LIMIT


def test_what_stands_behind_the_limit_is_not_read() -> None:
    assert READER.read("x" * LENGTH_LIMIT + " deadlock").concepts == frozenset()


_PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from([wording for concept in GLOSSARY.concepts for wording in concept.all_wordings]),
    st.sampled_from(["<table>", "does n't", "CamelCase", "表", "資料", "\n", ". ", "'x'", "/a/b", "\ud800"]),
)


@given(st.lists(_PIECES, max_size=12).map(" ".join))
def test_every_text_has_a_reading_that_holds_together(text: str) -> None:
    reading = READER.read(text)
    said = {span.concept for span in reading.spans}
    assert said <= reading.concepts
    assert reading.concepts == said.union(*(GLOSSARY.by_name[name].implies for name in said))
    assert reading.acts <= GLOSSARY.acts
    assert not reading.objects & GLOSSARY.acts
    for span in reading.spans:
        assert 0 <= span.start < span.end <= len(text)
    READER.canonical(text)
