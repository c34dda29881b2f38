from knowledge_base.signature import sign
from tests.signature.samples import TRACES

JAVA, PYTHON, GO, POSTGRES = TRACES


def test_a_java_trace_is_its_chain_of_causes_and_the_users_frames() -> None:
    assert sign(JAVA).template.split("\n") == [
        "load <n> failed",
        "java.lang.RuntimeException: cannot load <path>",
        "Caused by: java.io.IOException: disk <path> is full",
        "at org.acme.Job.load",
        "at org.acme.Job.main",
    ]


def test_a_python_trace_is_turned_so_that_the_outermost_comes_first() -> None:
    assert sign(PYTHON).template.split("\n") == [
        "RuntimeError: row <n> has no day",
        "Caused by: KeyError: '<str>'",
        "at main.py:main",
        "at load.py:read_day",
    ]


def test_a_panic_keeps_its_message_and_functions() -> None:
    assert sign(GO).template.split("\n") == [
        "panic: runtime error: index out of range [<n>] with length <n>",
        "at main.pick",
        "at main.main",
    ]


def test_postgres_keeps_the_detail_and_drops_the_statement() -> None:
    assert sign(POSTGRES).template.split("\n") == [
        'duplicate key value violates unique constraint "<str>"',
        "Key (id)=(<n>) already exists.",
    ]


def test_line_numbers_lambdas_and_library_frames_do_not_count() -> None:
    moved = JAVA.replace("Job.java:41", "Job.java:97").replace("lambda$load$3", "lambda$load$11")
    deeper = moved.replace("\t... 2 more", "\tat sun.nio.ch.IOUtil.write(IOUtil.java:1)\n\t... 5 more")
    assert sign(deeper).fingerprint == sign(JAVA).fingerprint


def test_the_root_cause_counts() -> None:
    other = JAVA.replace("java.io.IOException: disk", "java.io.FileNotFoundException: disk")
    assert sign(other).fingerprint != sign(JAVA).fingerprint


def test_the_users_own_frames_break_ties() -> None:
    assert sign(JAVA.replace("org.acme.Job.", "org.acme.Report.")).fingerprint != sign(JAVA).fingerprint


def test_suppressed_exceptions_do_not_hide_the_frames() -> None:
    suppressed = JAVA.replace(
        "Caused by:", "\tSuppressed: java.io.IOException: close\n\t\tat org.acme.Pool.close(Pool.java:1)\nCaused by:"
    )
    assert sign(suppressed).fingerprint == sign(JAVA).fingerprint


def test_the_header_of_a_later_line_does_not_count() -> None:
    assert sign(POSTGRES).fingerprint == sign(POSTGRES.replace("[4711]", "[3]").replace("10:22", "11:23")).fingerprint


def test_a_long_chain_keeps_both_ends() -> None:
    chain = "a.TopException: top\n" + "".join(f"Caused by: b.Deep{name}Exception: x\n" for name in "ABCDEFGHIJKL")
    template = sign(chain).template
    assert template.startswith("a.TopException")
    assert template.endswith("DeepLException: x")
    assert len(template.split("\n")) == 9
