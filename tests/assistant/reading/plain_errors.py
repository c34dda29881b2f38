"""Errors as systems print them; each has to come through any mark-up unharmed."""

from __future__ import annotations

JAVA = """java.lang.IllegalStateException: no broker <unknown> for a > b
	at org.acme.stock.Loader.<init>(Loader.java:41)
	at org.acme.stock.Main.main(Main.java:7)
Caused by: java.io.IOException: pipe_broken & gone
	... 2 more"""

PYTHON = """Traceback (most recent call last):
  File "/srv/app/run_it.py", line 12, in <module>
    load(*args, **kwargs)
  File "/srv/app/load.py", line 3, in load
    raise KeyError("shelf_id")
KeyError: 'shelf_id'"""

GO = """panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.pick(0xc000012345)
	/srv/pick.go:12 +0x1d
exit status 2"""

ONE_LINE = (
    "ERROR 1054 (42S22): Unknown column `shelf_id` in 'field list'",
    'ORA-00904: "SHELF"."ROW_ID": invalid identifier',
    "ERROR: operator does not exist: integer * text in SELECT a*b, c_d FROM __t__ WHERE e > 3",
    "curl: (28) Failed to connect to https://shop.example/find?a=1&b=2 port 443: Connection timed out",
    "fatal: unable to access 'git@code.example:acme/shop.git': Permission denied (publickey).",
    "2031-03-04 05:06:07,890 ERROR [main] org.acme.Stock: cannot reserve <unknown>@host-3: pool exhausted",
    "org.acme.StockException: item ~x~ of List<String> not found",
    "FAILED: SemanticException [Error 10001]: Line 1:14 Table not found 'shelf_events'",
    "OSError: [Errno 28] No space left on device: '/var/lib/acme_data'",
    '错误: 关系 "shelf_events" 不存在',
)

SEVERAL_LINES = (JAVA, PYTHON, GO)
ALL = (*ONE_LINE, *SEVERAL_LINES)
