"""Events of several lines in the languages that people run, written for these tests, and their templates."""

from __future__ import annotations

from typing import NamedTuple


class Trace(NamedTuple):
    """An event of several lines and the lines of its template."""

    text: str
    template: tuple[str, ...]


TRACES = {
    "java suppressed": Trace(
        """2024-06-11 10:22:33,123 ERROR [main] org.acme.Job - load failed
java.lang.RuntimeException: cannot load
\tat org.acme.Job.load(Job.java:41) ~[acme-1.2.jar:1.2]
\tat org.acme.Job.main(Job.java:12) ~[acme-1.2.jar:1.2]
\tSuppressed: java.io.IOException: close failed
\t\tat org.acme.Pool.close(Pool.java:7)
\t\tSuppressed: java.lang.Exception: deep
\t\t\tat org.acme.Pool.deep(Pool.java:9)
\tCaused by: java.lang.Exception: of the suppressed
\t\tat org.acme.Pool.inner(Pool.java:3)
Caused by: java.io.IOException: disk is full
\tat org.acme.Disk.write(Disk.java:9)
\t... 2 common frames omitted""",
        (
            "load failed",
            "java.lang.RuntimeException: cannot load",
            "Caused by: java.io.IOException: disk is full",
            "at org.acme.Job.load",
            "at org.acme.Job.main",
        ),
    ),
    "java circular": Trace(
        """java.lang.IllegalStateException: a
\tat org.acme.Job.run(Job.java:1)
Caused by: java.lang.RuntimeException: b
\t... 1 more
\t[CIRCULAR REFERENCE: java.lang.IllegalStateException: a]""",
        ("java.lang.IllegalStateException: a", "Caused by: java.lang.RuntimeException: b", "at org.acme.Job.run"),
    ),
    "java root first": Trace(
        """2024-06-11 10:22:33,123 ERROR [main] org.acme.Job - load failed
java.io.IOException: disk is full
\tat org.acme.Disk.write(Disk.java:9)
\t... 2 common frames omitted
Wrapped by: java.lang.RuntimeException: cannot load
\tat org.acme.Job.load(Job.java:41)""",
        (
            "load failed",
            "java.lang.RuntimeException: cannot load",
            "Caused by: java.io.IOException: disk is full",
            "at org.acme.Disk.write",
            "at org.acme.Job.load",
        ),
    ),
    "java generated": Trace(
        """org.acme.BadOrder: refused
\tat jdk.internal.reflect.GeneratedMethodAccessor12.invoke(Unknown Source)
\tat org.acme.Shop$$FastClassBySpringCGLIB$$ab12cd.invoke(<generated>)
\tat com.sun.proxy.$Proxy123.sell(Unknown Source)
\tat org.acme.Shop.lambda$sell$7(Shop.java:9)
\tat org.acme.Shop$$Lambda$45/0x0000000800c8d440.run(Unknown Source)
\tat org.acme.Till$run$1.invokeSuspend(Till.kt:12)
\tat kotlin.coroutines.Continuation.resumeWith(Continuation.kt:33)""",
        ("org.acme.BadOrder: refused", "at org.acme.Shop.sell", "at org.acme.Till.invokeSuspend"),
    ),
    "scala": Trace(
        """org.acme.BadOrder: refused
\tat org.acme.Shop$.$anonfun$sell$1(Shop.scala:9)
\tat org.acme.Shop$.main(Shop.scala:3)
\tat scala.collection.Iterator.foreach(Iterator.scala:943)""",
        ("org.acme.BadOrder: refused", "at org.acme.Shop", "at org.acme.Shop$.main"),
    ),
    "python chained": Trace(
        """2024-06-11 10:22:33,123 ERROR job: failed
Traceback (most recent call last):
  File "/opt/job.py", line 3, in run
    read(a, b)
    ~~~~^^^^^^
KeyError: 'day'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/opt/job.py", line 9, in main
    run()
  File "/opt/job.py", line 10, in <lambda>
JobError: no day""",
        ("job: failed", "JobError: no day", "Caused by: KeyError: '<str>'", "at job.py:main", "at job.py:run"),
    ),
    "python group": Trace(
        """  + Exception Group Traceback (most recent call last):
  |   File "/opt/job.py", line 3, in main
  |     raise ExceptionGroup("bad", errors)
  | ExceptionGroup: bad (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/opt/job.py", line 7, in read
    |     raise ValueError("one")
    | ValueError: one
    +---------------- 2 ----------------
    | TypeError: two
    +------------------------------------""",
        (
            "ExceptionGroup: bad (<n> sub-exceptions)",
            "Caused by: ValueError: one",
            "Caused by: TypeError: two",
            "at job.py:read",
            "at job.py:main",
        ),
    ),
    "python syntax": Trace(
        """  File "/opt/job.py", line 3
    read(
        ^
SyntaxError: '(' was never closed""",
        ("SyntaxError: '(' was never closed", "at job.py:module"),
    ),
    "pyspark": Trace(
        """Traceback (most recent call last):
  File "/opt/job.py", line 3, in main
    frame.count()
  File "/usr/lib/python3/dist-packages/py4j/protocol.py", line 326, in get_return_value
    raise Py4JJavaError(
py4j.protocol.Py4JJavaError: An error occurred while calling o12.count.
: org.apache.spark.SparkException: Job aborted
\tat org.apache.spark.scheduler.DAGScheduler.fail(DAGScheduler.scala:2)
Caused by: org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "/opt/job.py", line 7, in parse
    int(row)
ValueError: no number

\tat org.apache.spark.api.python.Reader.read(Reader.scala:5)
\t... 1 more""",
        (
            "py4j.protocol.Py4JJavaError: An error occurred while calling <id>.",
            "Caused by: org.apache.spark.SparkException: Job aborted",
            "Caused by: org.apache.spark.api.python.PythonException",
            "Caused by: ValueError: no number",
            "at job.py:main",
        ),
    ),
    "go": Trace(
        """panic: first [recovered]
\tpanic: second

goroutine 19 [running]:
main.(*Job).run.func1(0xc000010000)
\t/app/main.go:17 +0x1d
net/http.HandlerFunc.ServeHTTP(0x1)
\t/usr/local/go/src/net/http/server.go:2136 +0x29
created by main.start in goroutine 1
\t/app/main.go:8 +0x2a
exit status 2""",
        ("panic: first", "Caused by: second", "at main.*Job.run", "at main.start"),
    ),
    "go deadlock": Trace(
        """fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
main.main()
\t/app/main.go:8 +0x2a
exit status 2""",
        ("fatal error: all goroutines are asleep - deadlock!", "at main.main"),
    ),
    "node": Trace(
        """/app/index.js:3
    throw new Error('x');
    ^

Error: cannot load
    at Job.run (/app/job.js:3:9)
    at async main (file:///app/index.mjs:12:3)
    at node:internal/main/run_main_module:23:47 {
  [cause]: Error: disk is full
      at write (/app/disk.js:9:1) {
    code: 'ENOSPC'
  }
}

Node.js v20.1.0""",
        ("Error: cannot load", "Caused by: Error: disk is full", "at job.js:Job.run", "at index.mjs:main"),
    ),
    "browser": Trace(
        """TypeError: x is not a function
    at run (https://shop.example.com/app.js:1:2345)
    at eval (eval at start (https://shop.example.com/boot.js:1:1), <anonymous>:1:1)
    at https://shop.example.com/app.js:1:99""",
        ("TypeError: x is not a function", "at app.js:run", "at app.js:module"),
    ),
    "firefox": Trace(
        """TypeError: x is not a function
run@https://shop.example.com/app.js:1:2345
@https://shop.example.com/app.js:1:99""",
        ("TypeError: x is not a function", "at app.js:run", "at app.js:module"),
    ),
    "dotnet": Trace(
        """System.InvalidOperationException: cannot load ---> System.IO.IOException: disk is full
   at Acme.Disk.Write(String path) in C:\\src\\Disk.cs:line 12
   at System.IO.Stream.Flush()
   --- End of inner exception stack trace ---
   at Acme.Job.<Run>d__5.MoveNext() in C:\\src\\Job.cs:line 40
--- End of stack trace from previous location ---
   at Acme.Job.<>c__DisplayClass3_0.<Start>b__1(Task t)""",
        (
            "System.InvalidOperationException: cannot load",
            "Caused by: System.IO.IOException: disk is full",
            "at Acme.Disk.Write",
            "at Acme.Job.Run",
        ),
    ),
    "rust": Trace(
        """thread 'main' panicked at src/main.rs:10:5:
index out of bounds: the len is 3 but the index is 7
stack backtrace:
   0: rust_begin_unwind
             at /rustc/90b35a6239c3d8bdabc530a6a0816f7ff89a0aaf/library/std/src/panicking.rs:645:5
   1: core::panicking::panic_fmt
   2: acme::job::run::{{closure}}
             at ./src/job.rs:10:5
   3: acme::main
note: run with `RUST_BACKTRACE=full` environment variable""",
        (
            "thread '<str>' panicked",
            "index out of bounds: the len is <n> but the index is <n>",
            "at acme::job::run",
            "at acme::main",
        ),
    ),
    "anyhow": Trace(
        """Error: cannot load

Caused by:
    0: reading config
    1: No such file or directory""",
        ("Error: cannot load", "Caused by: reading config", "Caused by: No such file or directory"),
    ),
    "ruby": Trace(
        """/app/job.rb:12:in `run': disk is full (Acme::DiskError)
\tfrom /app/main.rb:3:in `block in start'
\tfrom /usr/lib/ruby/gems/3.0/gems/rake/task.rb:9:in `call'
\tfrom /app/main.rb:9:in `<main>'""",
        ("Acme::DiskError: disk is full", "at main.rb:start", "at main.rb:main"),
    ),
    "php": Trace(
        """PHP Fatal error:  Uncaught RuntimeException: disk is full in /app/a.php:12
Stack trace:
#0 /app/b.php(3): Acme\\Job->run()
#1 /app/vendor/x/y.php(9): Y->call()
#2 {main}
  thrown in /app/a.php on line 12""",
        ("Fatal error:  Uncaught RuntimeException: disk is full in <path>", "at b.php:Acme.Job-run"),
    ),
    "elixir": Trace(
        """** (RuntimeError) disk is full
    (acme 0.1.0) lib/acme/job.ex:3: Acme.Job.run/1
    (elixir 1.14.0) lib/enum.ex:975: Enum.each/2""",
        ("** (RuntimeError) disk is full", "at Acme.Job.run"),
    ),
    "postgres": Trace(
        """2024-06-11 10:22:33.250 UTC [4711] ERROR:  duplicate key value violates unique constraint "orders_pkey"
2024-06-11 10:22:33.250 UTC [4711] DETAIL:  Key (id)=(12) already exists.
2024-06-11 10:22:33.250 UTC [4711] CONTEXT:  SQL statement "INSERT
\tINTO t"
2024-06-11 10:22:33.250 UTC [4711] STATEMENT:  INSERT INTO orders
\tVALUES (12)""",
        ('duplicate key value violates unique constraint "<str>"', "Key (id)=(<n>) already exists."),
    ),
    "jul": Trace(
        """Jun 11, 2024 10:22:33 AM org.acme.Job run
SEVERE: load failed
java.io.IOException: disk is full
\tat org.acme.Disk.write(Disk.java:9)""",
        ("load failed", "java.io.IOException: disk is full", "at org.acme.Disk.write"),
    ),
    "cri java": Trace(
        """2024-06-11T10:22:33.123Z stderr F 2024-06-11 10:22:33,123 ERROR [main] org.acme.Job - load failed
2024-06-11T10:22:33.124Z stderr F java.io.IOException: disk is full
2024-06-11T10:22:33.125Z stderr F \tat org.acme.Disk.write(Disk.java:9)
2024-06-11T10:22:33.126Z stderr F Caused by: java.lang.RuntimeException: gone
2024-06-11T10:22:33.127Z stderr F \t... 2 more""",
        (
            "load failed",
            "java.io.IOException: disk is full",
            "Caused by: java.lang.RuntimeException: gone",
            "at org.acme.Disk.write",
        ),
    ),
    "cri python": Trace(
        """2024-06-11T10:22:33.123Z stderr F Traceback (most recent call last):
2024-06-11T10:22:33.123Z stderr F   File "/opt/job.py", line 3, in main
2024-06-11T10:22:33.123Z stderr F     read()
2024-06-11T10:22:33.123Z stderr F KeyError: 'day'""",
        ("KeyError: '<str>'", "at job.py:main"),
    ),
    "syslog java": Trace(
        """Jun 11 10:22:33 web1 shop[77]: java.io.IOException: disk is full
Jun 11 10:22:33 web1 shop[77]: \tat org.acme.Disk.write(Disk.java:9)
Jun 11 10:22:33 web1 shop[77]: #011at org.acme.Disk.flush(Disk.java:19)
Jun 11 10:22:33 web1 shop[77]: Caused by: java.lang.RuntimeException: gone""",
        (
            "java.io.IOException: disk is full",
            "Caused by: java.lang.RuntimeException: gone",
            "at org.acme.Disk.write",
            "at org.acme.Disk.flush",
        ),
    ),
    "compose": Trace(
        """web-1  | java.io.IOException: disk is full
web-1  | \tat org.acme.Disk.write(Disk.java:9)
web-1  | Caused by: java.lang.RuntimeException: gone""",
        ("java.io.IOException: disk is full", "Caused by: java.lang.RuntimeException: gone", "at org.acme.Disk.write"),
    ),
    "pkg errors": Trace(
        """2024-06-11T10:22:33.123Z ERROR disk full
main.write
\t/app/main.go:12
main.main
\t/app/main.go:20
runtime.main
\t/usr/local/go/src/runtime/proc.go:250""",
        ("disk full", "at main.write", "at main.main"),
    ),
    "lager": Trace(
        """=ERROR REPORT==== 11-Jun-2024::10:22:33 ===
** Generic server acme terminating
** Reason was gone
""",
        ("** Generic server acme terminating", "** Reason was gone"),
    ),
    "dotnet console": Trace(
        """fail: Acme.Job[0]
      load failed
      System.IO.IOException: disk is full
         at Acme.Disk.Write(String path) in /src/Disk.cs:line 12""",
        ("load failed", "System.IO.IOException: disk is full", "at Acme.Disk.Write"),
    ),
    "docker": Trace(
        """{"log":"10:22:33.123 ERROR java.io.IOException: disk is full\\n","time":"2024-06-11T10:22:33Z"}
{"log":"\\tat org.acme.Disk.write(Disk.java:9)\\n","stream":"stderr","time":"2024-06-11T10:22:33Z"}
{"log":"Caused by: java.lang.RuntimeException: gone\\n","stream":"stderr","time":"2024-06-11T10:22:33Z"}""",
        ("java.io.IOException: disk is full", "Caused by: java.lang.RuntimeException: gone", "at org.acme.Disk.write"),
    ),
    "docker python": Trace(
        """{"log":"Traceback (most recent call last):\\n","stream":"stderr","time":"2024-06-11T10:22:33Z"}
{"log":"  File \\"/opt/job.py\\", line 3, in main\\n","stream":"stderr","time":"2024-06-11T10:22:33Z"}
{"log":"KeyError: 'day'\\n","stream":"stderr","time":"2024-06-11T10:22:33Z"}""",
        ("KeyError: '<str>'", "at job.py:main"),
    ),
    "json": Trace(
        """{"level":"error","msg":"load failed","stack":"a.CException: full\\n\\tat a.b.Disk.write(Disk.java:9)\\n"}""",
        ("load failed", "a.CException: full", "at a.b.Disk.write"),
    ),
    "escaped": Trace(
        """2024-06-11 10:22:33 ERROR a.CException: full\\n\\tat a.b.C.d(C.java:9)\\nCaused by: a.BException: gone""",
        ("a.CException: full", "Caused by: a.BException: gone", "at a.b.C.d"),
    ),
}
