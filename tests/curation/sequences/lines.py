"""Lines for random sequences: errors, each in several forms, with a word that varies."""

from __future__ import annotations

WORDS = ("anton", "berta", "cesar", "dora", "emil", "frieda", "gustav", "helga")
ERRORS = (
    ("lease of {} lost by scheduler", "lease of {} was lost by scheduler", "lease of {} lost by the old scheduler"),
    ("heap space exhausted by {}", "heap space was exhausted by {}", "the heap space exhausted by task {}"),
    ("broker connection refused by {}", "broker connection was refused by {}", "the broker connection refused by {}"),
    ("checkpoint of {} expired before completing", "the checkpoint of {} expired before it was completing"),
    ("quota of project {} exceeded", "the quota of project {} was exceeded"),
    ("table {} not found in warehouse", "the table {} was not found in warehouse", "数据表 {} 不存在"),
    ("visit of {} was refused at the castle", "visit of {} refused at the castle"),
    ("permission denied for reader {}", "permission was denied for the reader {}", "读者 {} 没有权限"),
    ("disk of node {} is full", "the disk of node {} is full now", "节点 {} 磁盘已满"),
    ("certificate of mailer {} expired at noon", "the certificate of mailer {} has expired at noon"),
    ("column {} missing from the ledger", "the column {} is missing from the ledger"),
    ("timed out waiting for replica {}", "timed out while waiting for replica {}"),
)
COUNT = sum(len(forms) for forms in ERRORS)


def line(number: int, word: int) -> str:
    """Give a line; any numbers will do, neighbours are forms of one error."""
    forms = [form for error in ERRORS for form in error]
    return "ERROR " + forms[number % COUNT].format(WORDS[word % len(WORDS)])


def some_lines(number: int, word: int, count: int) -> list[str]:
    """Give lines of one form with ``count`` words; where it is below 0, of so many neighbouring forms."""
    if count < 0:
        return [line(number + more, word) for more in range(-count)]
    return [line(number, word + more) for more in range(count)]
