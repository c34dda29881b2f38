import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.scrub import scrub
from knowledge_base.signature import SIGNATURE_VERSION, Signer, explain, key_of, sign
from tests.signature.samples import ANY_LINE, LINES, SECRETS, TRACES

SAME = [
    ("read failed after 31 s", "read failed after 32 s"),
    ("2024-06-11 10:22:33 ERROR [main] org.acme.Job: lost 10.0.0.1:80", "lost /10.0.0.2:8080"),
    ("cannot reach nn-1.example.com", "cannot reach 10.2.3.4"),
    ("removed [1, 2, 3] of orders", "removed [7] of orders"),
    ("connection from 10.1.2.3 () at noon", "connection from 10.1.2.3 (gate.example.com) at noon"),
    ("table sales.orders is gone", 'table "sales.items" is gone'),
    ("failure; logname= uid=0 ruser= rhost=10.2.3.4", "failure; logname=ann uid=17 ruser=bob rhost=a-7.example.org"),
    ("Failed password for root from 10.2.3.4 port 22", "Failed password for ann from 10.2.3.5 port 34111"),
    ("wrote 45 bytes to /tmp/a", "wrote 4.5 GB to hdfs://nn/b"),
    ("at Tue Jun 11 10:22:33 2024 the lease ended", "at 2024-06-11 10:22:33 the lease ended"),
    ('{"level": "error", "msg": "disk full on node-7"}', "2024-06-11 10:22:33 ERROR c.acme.Disk: disk full on node-12"),
    ("permission denied for table orders", "permission denied for table order_lines"),
    ("no access, user ann", "no access, user etl_nightly"),
    ("topics: [click.stream]", "topics: [view.stream, click.stream]"),
    ("Cannot commit retail.orders_daily: lost", "Cannot commit dwd_parcels: lost"),
    ("deadlock (UPDATE orders SET price = ?)", "deadlock (UPDATE lines SET weight = ?)"),
    ("cannot write s3a://lake/orders/20240611/_SUCCESS", "cannot write oss://archive/view/2024-06-12/_SUCCESS"),
    ("Map (1/8)#0 switched from RUNNING", "Source: orders.paid -> Map (3/8)#1 switched from RUNNING"),
    ("pulling registry.example.com/a/orders:1.2.3", "pulling registry.example.com/team/view:v7"),
    ("账号 ann 没有权限", "账号 etl_nightly 没有权限"),
    ("表名为:orders 不存在", "表名为:order_lines 不存在"),
    ("E0611 10:22:33.000000    1 a.go:2] sync failed", "E0612 11:22:33.000000    1 a.go:2] sync failed"),
    ("任务 1234 运行失败，耗时 3 秒", "任务 99 运行失败，耗时 4.5 秒"),
]
DIFFERENT = [
    ("answered with HTTP status 404", "answered with HTTP status 503"),
    ("ORA-00942: failed", "ORA-01017: failed"),
    ("exited with code 1", "exited with code 137"),
    ("KeeperErrorCode = NoNode for /a", "KeeperErrorCode = ConnectionLoss for /a"),
    ("[Errno 24] failed", "[Errno 28] failed"),
    ("Error: disk full", "Error: disk missing"),
    ("'NoneType' object is not callable", "'int' object is not callable"),
    ("表不存在", "列不存在"),
    ("user session is lost", "user process is lost"),
    ("orders.paid=UNKNOWN_TOPIC_OR_PARTITION", "orders.paid=LEADER_NOT_AVAILABLE"),
    ("set spark.executor.memory", "set spark.driver.memory"),
    ("node NODE_IS_DOWN", "node NODE_IS_LOST"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_variables_do_not_count(one: str, other: str) -> None:
    assert sign(one).fingerprint == sign(other).fingerprint


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_meaning_counts(one: str, other: str) -> None:
    assert sign(one).fingerprint != sign(other).fingerprint


def test_the_lines_of_different_systems_are_different() -> None:
    fingerprints = {sign(line).fingerprint for line in LINES + TRACES}
    assert len(fingerprints) == len(LINES + TRACES)


def test_a_signature_has_the_version_and_a_hash_of_64_bits() -> None:
    signature = sign("disk full")
    assert signature.version == SIGNATURE_VERSION
    assert len(bytes.fromhex(signature.fingerprint)) == 8


@settings(max_examples=600, deadline=None)
@given(text=ANY_LINE)
def test_a_template_has_the_fingerprint_of_its_line(text: str) -> None:
    signature = sign(text)
    assert sign(signature.template).fingerprint == signature.fingerprint


@settings(max_examples=600, deadline=None)
@given(text=ANY_LINE)
def test_a_scrubbed_line_has_the_fingerprint_of_the_line(text: str) -> None:
    assert sign(scrub(text)) == sign(text)


@settings(max_examples=200, deadline=None)
@given(texts=st.lists(ANY_LINE, max_size=12))
def test_the_memory_changes_nothing(texts: list[str]) -> None:
    signer = Signer(memory=4)
    expected = [sign(text) for text in texts]
    assert signer.sign_all(texts) == expected
    assert [signer.sign(text) for text in texts] == expected


@settings(max_examples=200, deadline=None)
@given(text=st.sampled_from(LINES), digits=st.randoms(use_true_random=False))
def test_lines_that_differ_in_digits_are_remembered_exactly(text: str, digits) -> None:
    signer = Signer()
    varied = "".join(digits.choice("0123456789") if letter.isdigit() else letter for letter in text)
    assert signer.sign_all([text, varied]) == [sign(text), sign(varied)]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("line", LINES)
def test_every_secret_in_every_line(line: str, secret: str) -> None:
    for text in (f"{line} {secret}", f"{secret} {line}", f"{line}, {secret}."):
        assert sign(scrub(text)) == sign(text)


@pytest.mark.parametrize("text", LINES + TRACES)
def test_an_explanation_tells_the_signature(text: str) -> None:
    explanation, signature = explain(text), sign(text)
    assert (explanation.template, explanation.fingerprint) == (signature.template, signature.fingerprint)
    assert explanation.key == key_of(signature.template)
    assert all(mask.rule and mask.placeholder != mask.matched for mask in explanation.masks)


HOSTILE = {
    "dashes": "a1-" * 170_000,
    "dots": "0." * 250_000,
    "one token": "a" * 500_000,
    "digits": "7" * 500_000,
    "quotes": "'a" * 250_000,
    "brackets": "[" * 500_000,
    "colons": "a:1:" * 125_000,
    "slashes": "/a" * 250_000,
    "equals": "user=" * 100_000,
    "at signs": "a@" * 250_000,
    "levels": "ERROR: " * 70_000,
    "words": "word 12 " * 60_000,
    "lines": "x 1\n" * 120_000,
    "frames": "\tat a.b.C.d(C.java:1)\n" * 25_000,
    "causes": "Caused by: a.BException: x\n" * 20_000,
    "placeholders": "<n> " * 120_000,
    "JSON": '{"message": ' * 40_000 + "}" * 40_000,
    "blanks": " " * 500_000 + "x",
    "nouns": "user table topic: " * 25_000,
    "list of names": "topics: " + "a.b, " * 100_000,
    "long names": "table " + "a_" * 250_000,
    "layers": "a_di_" * 100_000,
    "subtasks": "Map -> " * 70_000 + "(1/2) switched",
    "regions": "a,b,1." * 80_000,
    "wide brackets": "（a_" * 120_000,
    "Chinese nouns": "用户表 a 作业" * 60_000,
    "images": "a.b/c/" * 80_000,
    "times": "10:22:33 " * 55_000,
    "ten megabytes": "error 17 at /a/b/c: 10.0.0.1 'x' =; " * 290_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_costs_little(text: str) -> None:
    started = time.process_time()
    signature = sign(text)
    explain(text)
    # A linear pass over half a megabyte takes well under a second; a quadratic one minutes.
    assert time.process_time() - started < 8.0
    assert len(signature.template) <= 200_000
    assert sign(signature.template).fingerprint == signature.fingerprint


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\x00\x01", "\ue000\uf8ff 12", "\udcff broken", "{", "{}", "<n>", "\x1e"]
)
def test_odd_texts_are_signed(text: str) -> None:
    assert Signer().sign_all([text, text]) == [sign(text)] * 2


@pytest.mark.parametrize("depth", [60, 400, 994, 5_000])
@pytest.mark.parametrize(("opened", "closed"), [("[", "]"), ('{"message": ', "}")])
def test_a_json_line_that_is_nested_deep_is_a_text_like_others(opened: str, closed: str, depth: int) -> None:
    text = f'{{"message": {opened * depth}"x"{closed * depth}}}'
    assert Signer().sign_all([text] * 2) == [sign(text)] * 2
    assert sign(text).template.startswith("{")
    assert explain(text).template == sign(text).template
