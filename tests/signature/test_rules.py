import re
import time

import pytest

from knowledge_base.signature import KINDS, PLACEHOLDER, explain
from knowledge_base.signature.limits import MAX_LINE
from knowledge_base.signature.masks.keep_rules import KEEP_RULES
from knowledge_base.signature.masks.mask_rules import MASK_RULES
from knowledge_base.signature.masks.masking import mask_line
from knowledge_base.signature.reducing import clip, reduce_text

CASES = [
    pytest.param(raw, masked, id=f"{rule.name}-{number}")
    for rule in (*MASK_RULES, *KEEP_RULES)
    for number, (raw, masked) in enumerate(rule.cases)
]


def mask(text: str) -> str:
    return mask_line(reduce_text(clip(text)))


@pytest.mark.parametrize(("prefix", "suffix"), [("", ""), ("but ", ""), ("", " again"), ("but ", ", again")])
@pytest.mark.parametrize(("raw", "masked"), CASES)
def test_each_case_alone_and_between_other_words(raw: str, masked: str, prefix: str, suffix: str) -> None:
    assert mask(f"{prefix}{raw}{suffix}") == f"{prefix}{masked}{suffix}"


@pytest.mark.parametrize("rule", MASK_RULES, ids=lambda rule: rule.name)
def test_each_rule_does_the_work_in_its_cases(rule) -> None:
    assert any(rule.name in {mask.rule for mask in explain(f"but {raw}").masks} for raw, _ in rule.cases)


def test_rule_names_are_unique() -> None:
    names = [rule.name for rule in (*MASK_RULES, *KEEP_RULES)]
    assert len(names) == len(set(names))


def test_rules_put_only_known_placeholders() -> None:
    known = {kind.placeholder for kind in KINDS}
    for rule in MASK_RULES:
        if isinstance(rule.replacement, str):
            assert set(re.findall("<[^>]+>", rule.replacement)) <= known
    assert all(PLACEHOLDER.fullmatch(kind.placeholder) for kind in KINDS)


@pytest.mark.parametrize(
    "text",
    [
        "called `Option::unwrap()` on a `None` value",
        "KeeperErrorCode = NoNode",
        "'utf-8' codec can't decode",
        "md5 and sha-256 differ",
        "answered with HTTP status 404",
        "exited with code 137",
        "ORA-00942: table or view does not exist",
        "'NoneType' object",
        "Error opening file",
        "java.net.SocketTimeoutException: Read timed out",
        "org.apache.spark.sql.AnalysisException: cannot resolve",
        "S3AFileSystem is closed",
        "表或视图不存在",
    ],
)
def test_meaning_stays(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "table not found",
        "group by clause is missing",
        "user does not exist",
        "the user is not allowed",
        "job failed",
        "task re-execution was refused",
        "node non-responsive",
        "spark.sql.shuffle.partitions is too low",
        "set taskmanager.memory.network.max to a higher value",
        "increase hive.exec.max.dynamic.partitions",
        "topic NOT_LEADER_OR_FOLLOWER",
        "node NODE_IS_DOWN",
        "error NOT_LEADER_OR_FOLLOWER for the partition",
        "check row_count_drop failed",
        "job java.lang.IllegalStateException: lost",
        "task org.apache.spark.scheduler.Task was lost",
        "column type is not supported",
        "table lock is held",
        "user session has ended",
        "column count does not match",
        "in table format",
        "missing user input",
        "permission denied for table",
        "the disk_full flag is set",
        "queue_full",
        "of java.lang.String cannot be cast",
        "based on spark.executor.memory",
        "failed on connection exception",
        "on row_count",
        "Column names are: not known",
        "用户不存在",
        "字段 null 不允许",
        "表结构不一致",
        "集群处于安全模式",
        "节点 NameNode 处于安全模式",
        "任务 failed",
        "作业状态 FAILED",
        "超过 max.poll.interval.ms",
        "a pool is closed",
        "node.js is missing",
        "task timed-out",
        "user: unknown",
        "role-based access",
        "out of memory: Java heap space",
        "switched from RUNNING to FAILED",
        "FROM clause is missing",
        "JOIN condition is missing",
        "UPDATE failed",
        "error.code=INVALID_ARGUMENT",
        "spark.x.mode=FAILED_FAST",
        "image pull failed",
        "service account token is missing",
        "size of rows is wrong",
        "index out-of-range",
        "rows of table are",
        "operator is not supported",
        "cannot read from source",
    ],
)
def test_words_beside_a_noun_that_announces_names_stay(text: str) -> None:
    assert mask(text) == text


# What patterns may stumble over: each is repeated to the length of a line.
HOSTILE = (
    *(
        "a1-",
        "0.",
        "a",
        "7",
        "'a",
        "'a b ",
        '"a ',
        "[",
        "((((",
        "a:1:",
        "a0:",
        "::a:",
        "/a",
        "a/",
        "user=",
        "a=a=",
        "a=b ",
    ),
    *("x=ab.", "x=true,", "a@", "A.b@", "A{0 ", "n[0,", "Thread[a", "ERROR: ", "error ", "response code ", "word 12 "),
    *(
        "<n> ",
        "topics: ",
        "a.b, ",
        "a_",
        "a_di_",
        "Map -> ",
        "a,b,1.",
        "（a_",
        "用户表 a 作业",
        "a.b/c/",
        "10:22:33 ",
        "0m",
        "0 m ",
    ),
    *(
        "Jun 0th, ",
        "10:22:33 CST ",
        "PT0S",
        "0-0 ",
        "0,0 ",
        "~0",
        "%A",
        "ab+/",
        "data:a;",
        "jdbc:a:",
        "mailto:a",
        "www.",
        "a-0.",
    ),
    *(
        "com.a.",
        "a.txt.",
        "C:\\a\\",
        "\\\\a",
        "/a?b=",
        "null ",
        "A0A0",
        "abcdefab",
        "x/.X/",
        "(a) CMD (",
        "SHA:a",
        "by a(uid=",
        ",,,,",
    ),
)


@pytest.mark.parametrize("piece", HOSTILE)
def test_no_rule_is_slow_on_a_hostile_line(piece: str) -> None:
    text = reduce_text(piece * (MAX_LINE // len(piece))).text
    for rule in (*MASK_RULES, *KEEP_RULES):
        started = time.thread_time()
        for _ in rule.pattern.finditer(text):
            pass
        # A pattern that is linear takes some milliseconds; one that is not, hundreds.
        assert time.thread_time() - started < 0.1, rule.name
