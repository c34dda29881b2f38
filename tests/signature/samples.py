"""Log lines of many systems, written for these tests, and a strategy that puts lines together."""

from hypothesis import strategies as st

LINES: tuple[str, ...] = (
    "2024-06-11 10:22:33,123 INFO  [main] org.apache.hadoop.ipc.Client: Retrying nn-2:8030, tried 3 time(s)",
    "24/06/11 10:22:33 ERROR executor.Executor: Exception in task 4.1 in stage 12.0 (TID 777)",
    "240611 102233 32 WARN dfs.DataNode: Slow write of blk_-4400112233445566778 to 10.7.8.9:50010 took 3012 ms",
    "Jun 11 10:22:33 gate1 sshd[4100]: Failed password for root from 198.51.100.7 port 40022 ssh2",
    "<34>1 2024-06-11T10:22:33.003Z web-3.example.com su - ID47 - session opened for user ann(uid=0)",
    "I0611 10:22:33.123456   12345 kubelet.go:123] pod orders-api-7d9f8b6c5d-x2x4z evicted: low on memory 512Mi",
    "2024-06-11T10:22:33.123456789Z stderr F 2024-06-11 10:22:33 ERROR c.acme.Pay: declined with HTTP status 402",
    '2024-06-11 10:22:33.250 UTC [4711] app@shop ERROR:  relation "public.shipments" does not exist at character 22',
    "2024-06-11T10:22:33.123456Z 8 [ERROR] [MY-010457] [Server] cannot allocate 65536 bytes",
    '2024/06/11 10:22:33 [error] 31#31: *123 open() "/srv/www/a.png" failed (2: No such file or directory)',
    "2024-06-11 10:22:33,123 - pipeline.load - ERROR - [Errno 24] Too many open files: '/data/in/part-00012.csv'",
    "ERROR:root:job 6f1c8e9a-33aa-4b9e-9d55-0123456789ab failed after 31 s",
    "FAILED: ODPS-0130131:[3,27] Table not found - table stage.courier_routes cannot be resolved",
    "ORA-00942: table or view does not exist",
    "ERROR 1146 (42S02) at line 3: Table 'mall.invoices' doesn't exist",
    "SQLSTATE[HY000] [2002] Connection refused",
    "DB::Exception: Received from click-4:9440. Code: 60. Table metrics.daily is gone. (NO_SUCH_TABLE)",
    "Container killed on request. Exit code is 143",
    "UnicodeDecodeError: 'utf-8' codec can't decode byte 0xd6 in position 1024: invalid continuation byte",
    "thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', src/main.rs:17:9",
    "AttributeError: 'NoneType' object has no attribute 'split_rows'",
    "KeeperErrorCode = NoNode for /brokers/topics/orders/partitions/7/state",
    "Error: could not open connection to fe80::1ff:fe23:4567:890a at Tue Jun 11 10:22:33 2024",
    "分区 ds=20240611/hh=08 不存在，表 dm.parcel_daily，耗时 35 秒",
    "错误码：1045，用户“etl_rw”在主机 10.3.4.5 登录失败",
    '{"ts": 1718101353.5, "level": "error", "logger": "pay", "msg": "charge 44 failed", "error": "timeout after 30s"}',
    "Cannot read C:\\Users\\ann\\AppData\\Local\\Temp\\job_17.log (error code 5)",
    "java.lang.ClassCastException: class com.acme.a.Row cannot be cast to class com.acme.b.Row",
    "Invalid user admin from 10.2.3.4; logname= uid=0 euid=0 tty=ssh ruser= rhost=lab-7.example.org user=root",
    'release:lock=233, flg=0x0, tag="View Lock", name=com.acme.ui, ws=null, visible= false, uid=10037',
    "Removing Window{3c2f1 u0 com.acme.shop/.Main token=Token{a64f992 Record{de9231d u0 t761}}} of Thread[main,5,main]",
    "gate.example.tech:443 close, 1293 bytes (1.26 KB) sent, lifetime <1 sec, at 3:04 PM on eth0 from cn012",
    "session opened for user ann by root(uid=0); node-[40-63 128], link 00:1a:2b:3c:4d:5e via fe80::1%eth0",
    "user 'Ann Lee' opened \"C:\\Program Files\\a.exe\" at 2024年6月11日 10时, 1m 30s (os error 2), 404 Not Found",
    "to=<>, relay=mx.example.com[10.2.3.4]:25, status=bounced, %LINK-3-UPDOWN, error[E0308], Row@1b2c3d, \\xff, 12th",
    "Lost worker attempt_1700000000001_0042_m_000003_1 on cn-h-12.cluster.local:45454 (97.5% done, 4.5 GB shuffled)",
)

TRACES: tuple[str, ...] = (
    """2024-06-11 10:22:33,123 ERROR [main] org.acme.Job: load 17 failed
java.lang.RuntimeException: cannot load /data/17.csv
\tat org.acme.Job.lambda$load$3(Job.java:41)
\tat org.acme.Job.main(Job.java:12)
\tat java.base/java.lang.Thread.run(Thread.java:829)
Caused by: java.io.IOException: disk /dev/sdb1 is full
\tat org.apache.hadoop.fs.Disk.write(Disk.java:9)
\t... 2 more""",
    """Traceback (most recent call last):
  File "/usr/lib/python3.11/asyncio/runners.py", line 118, in run
    return self._loop.run_until_complete(task)
  File "/opt/etl/jobs/load.py", line 33, in read_day
    day = row["day"]
KeyError: 'day'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/opt/etl/jobs/main.py", line 9, in main
    load.read_day(row)
RuntimeError: row 117 has no day""",
    """panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.pick(0xc000010000, 0x5)
\t/app/main.go:17 +0x1d
main.main()
\t/app/main.go:8 +0x2a
exit status 2""",
    """2024-06-11 10:22:33.250 UTC [4711] ERROR:  duplicate key value violates unique constraint "orders_pkey"
2024-06-11 10:22:33.250 UTC [4711] DETAIL:  Key (id)=(12) already exists.
2024-06-11 10:22:33.250 UTC [4711] STATEMENT:  INSERT INTO orders VALUES (12)""",
)

SECRETS: tuple[str, ...] = (
    "password=hunter2",
    '"password": "p w d"',
    "jdbc:mysql://app:s3cret@db-1:3306/sales",
    "Authorization: Bearer abcdef0123456789",
    "https://oapi.example.com/robot/sendBySession?session=5e2c9a&x=1",
    "https://hooks.slack.com/commands/T1/2/AbC",
    "AKIAIOSFODNN7EXAMPLE",
    "accessKeySecret=abc/DEF+123",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF123_-x",
    "ann.lee@example.com",
    "13800138000",
    "(415) 555-2671",
    "010-62345678",
    "+86 138-0013-8000",
    "+1 415 555 2671",
    "11010519491231002X",
    "4111 1111 1111 1111",
    "token: 9f8e7d6c5b",
    "xoxb-123456789012-abcdefGHIJ",
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "密码：abc123",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
)

PIECES = st.sampled_from(
    [piece for line in (*LINES, *SECRETS) for piece in line.split(" ")]
    + [
        "<n>",
        "<ip>",
        "<secret>",
        "<",
        ">",
        "=",
        ":",
        "'",
        '"',
        "()",
        "[]",
        "{",
        "}",
        "，",
        "\t",
        "0x",
        "a1-",
        "0.",
        "::",
        "//",
    ]
)
GENERATED = st.lists(PIECES, max_size=14).flatmap(
    lambda pieces: st.sampled_from([" ", "", ",", "="]).map(lambda gap: gap.join(pieces))
)
ANY_LINE = st.one_of(
    GENERATED,
    st.sampled_from(LINES + TRACES),
    st.text(max_size=60),
    st.tuples(st.sampled_from(LINES), st.sampled_from(SECRETS)).map(" ".join),
)
