"""Lines in the layouts that people run, written for these tests, and what their headers say."""

from __future__ import annotations

from typing import NamedTuple


class Layout(NamedTuple):
    """A line whose message is ``ready``, if it does not say otherwise; ``timed`` if it tells when."""

    line: str
    level: str = ""
    service: str = ""
    host: str = ""
    message: str = "ready"
    timed: bool = True


LAYOUTS = [
    Layout("2024-06-11 10:22:33,123 INFO [main] org.acme.Job - ready", level="INFO", service="org.acme.Job"),
    Layout("2024-06-11 10:22:33,123 [main] INFO  org.acme.Job - ready", level="INFO", service="org.acme.Job"),
    Layout("2024-06-11 10:22:33.123 [main] ERROR org.acme.Job -- ready", level="ERROR", service="org.acme.Job"),
    Layout("2024-06-11 10:22:33,123 ERROR org.acme.Job [main] ready", level="ERROR", service="org.acme.Job"),
    Layout(
        "2024-06-11 10:22:33,123 ERROR [main] [traceId=ab12, user=7] org.acme.Job - ready",
        level="ERROR",
        service="org.acme.Job",
    ),
    Layout(
        "2024-06-11 10:22:33,123 ERROR [main] o.a.Job {traceId=ab12, user=7} - ready", level="ERROR", service="o.a.Job"
    ),
    Layout("[2024-06-11 10:22:33,123] [main] ERROR (org.acme.Job:41) - ready", level="ERROR", service="org.acme.Job"),
    Layout("[2024-06-11 10:22:33.123][main][ERROR][org.acme.Job] ready", level="ERROR", service="org.acme.Job"),
    Layout("2024-06-11T10:22:33,123Z ERROR [main] org.acme.Job:41 - ready", level="ERROR", service="org.acme.Job"),
    Layout("2024-06-11T18:22:33.123+0800 ERROR [main] org.acme.Job:41 - ready", level="ERROR", service="org.acme.Job"),
    Layout("2024-06-11T10:22:33.123+00:00 ERROR [main] org.acme.Job: ready", level="ERROR", service="org.acme.Job"),
    Layout("10:22:33.123 [main] ERROR org.acme.Job - ready", level="ERROR", service="org.acme.Job", timed=False),
    Layout("11 Jun 2024 10:22:33,123 ERROR [main] org.acme.Job - ready", level="ERROR", service="org.acme.Job"),
    Layout("ERROR 2024-06-11 10:22:33,123 [main] org.acme.Job - ready", level="ERROR", service="org.acme.Job"),
    Layout("[ERROR] 2024-06-11 10:22:33,123 [main] org.acme.Job - ready", level="ERROR", service="org.acme.Job"),
    Layout("[ERROR] [2024-06-11 10:22:33] org.acme.Job: ready", level="ERROR", service="org.acme.Job"),
    Layout("2024-06-11 10:22:33,123 main ERROR ready", level="ERROR", service="main"),
    Layout("2024-06-11 10:22:33,123 | ERROR | qtp-17 | org.acme.Job | ready", level="ERROR", service="org.acme.Job"),
    Layout("2024-06-11 10:22:33,123|ERROR|main|org.acme.Job|ready", level="ERROR", service="org.acme.Job"),
    Layout(
        "2024-06-11 10:22:33.123 ERROR [shop,8f2ac11b9d04e7aa,8f2ac11b9d04e7aa] 7 --- [nio-1] c.acme.Web : ready",
        level="ERROR",
        service="c.acme.Web",
    ),
    Layout(
        "2024-06-11T10:22:33.123Z ERROR 7 --- [shop] [nio-8080-exec-1] c.acme.Web : ready",
        level="ERROR",
        service="c.acme.Web",
    ),
    Layout(
        "2024-06-11T10:22:33.123Z ERROR 7 --- [shop] [nio-1] [8f2ac11b9d04e7aa-8f2ac11b9d04e7aa] c.acme.Web : ready",
        level="ERROR",
        service="c.acme.Web",
    ),
    Layout(
        "11-Jun-2024 10:22:33.123 SEVERE [main] org.apache.catalina.Startup.load ready",
        level="ERROR",
        service="org.apache.catalina.Startup.load",
    ),
    Layout("Jun 11, 2024 10:22:33 AM org.acme.Job run\nSEVERE: ready", level="ERROR", service="org.acme.Job"),
    Layout("Jun 11, 2024 10:22:33 AM org.acme.Job run\nWARNING: ready", level="WARN", service="org.acme.Job"),
    Layout("24/06/11 10:22:33 ERROR Executor: ready", level="ERROR", service="Executor"),
    Layout("24/06/11 10:22:33 WARN TaskSetManager: ready", level="WARN", service="TaskSetManager"),
    Layout(
        "2024-06-11 10:22:33,123 ERROR org.apache.hadoop.hdfs.Server: ready",
        level="ERROR",
        service="org.apache.hadoop.hdfs.Server",
    ),
    Layout(
        "2024-06-11 10:22:33,123 WARN  [RS:0;node-1:16020] regionserver.HStore: ready",
        level="WARN",
        service="regionserver.HStore",
    ),
    Layout(
        "2024-06-11 10:22:33,123 WARN  [RpcServer.default.FPBQ.Fifo.handler=29,queue=2,port=16020] ipc.Server: ready",
        level="WARN",
        service="ipc.Server",
    ),
    Layout("2024-06-11 10:22:33,123 [myid:1] - ERROR [WorkerSender[myid=1]:Quorum@123] - ready", level="ERROR"),
    Layout("2024-06-11 10:22:33,123 [myid:1] - ERROR [main:o.a.z.Main@123] - ready", level="ERROR"),
    Layout(
        "[2024-06-11 10:22:33,123] ERROR [ReplicaManager broker=1] ready (kafka.server.ReplicaManager)",
        level="ERROR",
        service="kafka.server.ReplicaManager",
    ),
    Layout(
        "[2024-06-11 10:22:33,123] ERROR ready (kafka.server.KafkaServer)",
        level="ERROR",
        service="kafka.server.KafkaServer",
    ),
    Layout(
        "2024-06-11 10:22:33,123 ERROR org.apache.flink.runtime.Task                    [] - ready",
        level="ERROR",
        service="org.apache.flink.runtime.Task",
    ),
    Layout("E0611 10:22:33.123456       1 reflector.go:138] ready", level="ERROR", service="reflector.go:138"),
    Layout("F20240611 10:22:33.123456 12345 a/b.cc:12] ready", level="FATAL", service="a/b.cc:12"),
    Layout("W20240611 10:22:33.123456 140010 b.cpp:12] ready", level="WARN", service="b.cpp:12"),
    Layout("2024-06-11T10:22:33.123Z\tERROR\tpkg/file.go:12\tready", level="ERROR", service="pkg/file.go"),
    Layout("2024-06-11T10:22:33.123+0000\terror\tpkg/file.go:12\tready", level="ERROR", service="pkg/file.go"),
    Layout(
        "2024-06-11T10:22:33.123Z\tERROR\tcontroller.pay\tpkg/file.go:12\tready",
        level="ERROR",
        service="controller.pay",
    ),
    Layout('time="2024-06-11T10:22:33Z" level=error msg="ready" image=a:1', level="ERROR"),
    Layout('time="2024-06-11T10:22:33Z" level=error msg=ready image=a:1', level="ERROR"),
    Layout("time=2024-06-11T10:22:33.123Z level=ERROR msg=ready user=7", level="ERROR"),
    Layout('time=2024-06-11T10:22:33.123Z level=ERROR source=/app/main.go:7 msg="ready" user=7', level="ERROR"),
    Layout(
        'ts=2024-06-11T10:22:33.123Z caller=head.go:7 level=error component=tsdb msg="ready"',
        level="ERROR",
        service="tsdb",
    ),
    Layout('level=warn ts=2024-06-11T10:22:33.123Z caller=head.go:7 msg="ready"', level="WARN", service="head.go:7"),
    Layout('msg="ready" level=warn time=2024-06-11T10:22:33Z', level="WARN"),
    Layout("2024/06/11 10:22:33 ready"),
    Layout("2024/06/11 10:22:33 main.go:12: ready", service="main.go"),
    Layout("2024/06/11 10:22:33.123456 [E] [a.go:12] ready", level="ERROR"),
    Layout("[GIN] 2024/06/11 - 10:22:33 | ready"),
    Layout("2024-06-11 10:22:33,123 - acme.load - ERROR - ready", level="ERROR", service="acme.load"),
    Layout("2024-06-11 10:22:33,123 - ERROR - acme.load - ready", level="ERROR", service="acme.load"),
    Layout("2024-06-11 10:22:33,123 ERROR load.py:41 ready", level="ERROR", service="load.py"),
    Layout("2024-06-11 10:22:33,123 [ERROR] load.py:41: ready", level="ERROR", service="load.py"),
    Layout("2024-06-11 10:22:33,123:ERROR:acme:ready", level="ERROR", service="acme"),
    Layout("[2024-06-11 10:22:33 +0000] [7] [ERROR] ready", level="ERROR"),
    Layout("[2024-06-11 10:22:33,123: ERROR/MainProcess] ready", level="ERROR"),
    Layout("[2024-06-11 10:22:33,123: ERROR/ForkPoolWorker-1] ready", level="ERROR"),
    Layout("INFO:     ready", level="INFO", timed=False),
    Layout("[11/Jun/2024 10:22:33] ERROR [django.request:241] ready", level="ERROR"),
    Layout("ERROR 2024-06-11 10:22:33,123 views 7 140010 ready", level="ERROR", service="views"),
    Layout("2024-06-11 10:22:33.123 | ERROR    | acme.load:run:41 - ready", level="ERROR", service="acme.load"),
    Layout("2024-06-11 10:22:33 [error    ] ready", level="ERROR"),
    Layout("2024-06-11T10:22:33.123456Z [error    ] ready", level="ERROR"),
    Layout("[2024-06-11, 10:22:33 UTC] {taskinstance.py:1851} ERROR - ready", level="ERROR", service="taskinstance.py"),
    Layout(
        "[2024-06-11T10:22:33.123+0000] {taskinstance.py:1851} ERROR - ready", level="ERROR", service="taskinstance.py"
    ),
    Layout("10:22:33  ready", timed=False),
    Layout("10:22:33.123456 [error] [MainThread]: ready", level="ERROR", timed=False),
    Layout("2024-06-11 10:22:33.250 UTC [4711] ERROR:  ready", level="ERROR"),
    Layout(
        "2024-06-11 10:22:33 UTC [4711]: [3-1] user=app,db=shop,app=psql,client=10.0.0.1 ERROR:  ready", level="ERROR"
    ),
    Layout("2024-06-11 10:22:33 UTC:10.0.0.1(5432):app@shop:[4711]:ERROR:  ready", level="ERROR"),
    Layout("2024-06-11 10:22:33.250 UTC [4711] app@shop/psql ERROR:  ready", level="ERROR"),
    Layout(
        "2024-06-11T10:22:33.123456Z 8 [ERROR] [MY-010457] [Server] ready",
        level="ERROR",
        message="[MY-010457] [Server] ready",
    ),
    Layout("2024-06-11 10:22:33 7f1c 8 [ERROR] ready", level="ERROR"),
    Layout("240611 10:22:33 [ERROR] ready", level="ERROR"),
    Layout("7:M 11 Jun 2024 10:22:33.123 # ready", level="WARN"),
    Layout("7:M 11 Jun 2024 10:22:33.123 * ready", level="NOTICE"),
    Layout("[7] 11 Jun 2024 10:22:33.123 # ready", level="WARN"),
    Layout(
        "[2024-06-11T10:22:33,123][ERROR][o.e.b.Bootstrap          ] [node-1] ready",
        level="ERROR",
        service="o.e.b.Bootstrap",
    ),
    Layout("2024-06-11 10:22:33.123456+00:00 [error] <0.123.0> ready", level="ERROR"),
    Layout("=ERROR REPORT==== 11-Jun-2024::10:22:33 ===\nready", level="ERROR"),
    Layout(
        "ERROR [main] 2024-06-11 10:22:33,123 CassandraDaemon.java:650 - ready",
        level="ERROR",
        service="CassandraDaemon.java",
    ),
    Layout(
        "WARN  [ReadStage-2] 2024-06-11 10:22:33,123 ReadCommand.java:650 - ready",
        level="WARN",
        service="ReadCommand.java",
    ),
    Layout(
        "2024.06.11 10:22:33.123456 [ 7 ] {0ab1-77} <Error> executeQuery: ready", level="ERROR", service="executeQuery"
    ),
    Layout("2024.06.11 10:22:33.123456 [ 7 ] {} <Information> Application: ready", level="INFO", service="Application"),
    Layout(
        "2024-06-11T10:22:33.123Z\tERROR\tquery-exec-1\tio.acme.Query\tready", level="ERROR", service="io.acme.Query"
    ),
    Layout("2024-06-11 10:22:33,123 WARN (thrift-pool-1|123) [Coordinator.getNext():123] ready", level="WARN"),
    Layout("2024-06-11 10:22:33.123+00:00 ERROR (pool-1|123) [Stmt.execute():123] ready", level="ERROR"),
    Layout("2024-06-11T10:22:33.123+0000 E NETWORK  [conn7] ready", level="ERROR", service="NETWORK"),
    Layout("2024-06-11T10:22:33.123+0000 I  REPL     [repl-0] ready", level="INFO", service="REPL"),
    Layout("2024/06/11 10:22:33 [error] 7#7: *1 ready", level="ERROR"),
    Layout("2024/06/11 10:22:33 [crit] 7#7: ready", level="CRITICAL"),
    Layout(
        "[Tue Jun 11 10:22:33.123456 2024] [core:error] [pid 7:tid 8] [client 10.0.0.1:41] ready",
        level="ERROR",
        service="core",
    ),
    Layout("[Tue Jun 11 10:22:33 2024] [error] [client 10.0.0.1] ready", level="ERROR"),
    Layout("[Tue Jun 11 10:22:33 2024] [notice] ready", level="NOTICE"),
    Layout("Jun 11 10:22:33 lb1 haproxy[7]: ready", service="haproxy", host="lb1"),
    Layout(
        "[2024-06-11 10:22:33.123][7][error][upstream] [source/common/a.cc:12] ready", level="ERROR", service="upstream"
    ),
    Layout("[11-Jun-2024 10:22:33] WARNING: ready", level="WARN"),
    Layout("[11-Jun-2024 10:22:33 UTC] ready"),
    Layout("<34>Jun 11 10:22:33 web su[7]: ready", service="su", host="web"),
    Layout(
        '<165>1 2024-06-11T10:22:33.003Z web acme 7 ID1 [x@1 a="b" c="d \\]"][y@2 e="f"] \ufeffready',
        service="acme",
        host="web",
    ),
    Layout("2024-06-11T10:22:33.123456+00:00 web sshd[7]: ready", service="sshd", host="web"),
    Layout("Jun 11 10:22:33 web systemd[1]: ready", service="systemd", host="web"),
    Layout("Jun 11 10:22:33 macbook Acme Helper[77]: ready", service="Acme Helper", host="macbook"),
    Layout(
        "Jun 11 10:22:33 macbook com.acme.launchd[1] (com.acme.job[7]): ready",
        service="com.acme.launchd",
        host="macbook",
    ),
    Layout(
        "Jun 11 10:22:33 router 77: *Jun 11 10:22:33.123: %LINK-3-UPDOWN: ready",
        service="77",
        host="router",
        message="%LINK-3-UPDOWN: ready",
    ),
    Layout("Jun 11 10:22:33 n7/n7 crond(pam_unix)[7]: ready", service="crond(pam_unix)", host="n7/n7"),
    Layout("- 1718101353 2024.06.11 n7 Jun 11 10:22:33 n7/n7 crond[7]: ready", service="crond", host="n7/n7"),
    Layout(
        "- 1718101353 2024.06.11 R01-M0-N4-C:J2-U01 2024-06-11-10.22.33.123456 R01-M0-N4 RAS KERNEL INFO ready",
        level="INFO",
        service="KERNEL",
    ),
    Layout(
        "KERNDTLB 1718101353 2024.06.11 R01-M0-N4 2024-06-11-10.22.33.123456 R01-M0-N4 RAS APP FATAL ready",
        level="FATAL",
        service="APP",
    ),
    Layout("40711 node-12 unix.hw net.up 1718101353 1 ready", service="unix.hw", host="node-12"),
    Layout("[   12.345678] ready", timed=False),
    Layout("Jun 11 10:22:33 web kernel: [   12.345678] ready", service="kernel", host="web"),
    Layout(
        "2024-06-11 10:22:33, Error                 CSI    0000001a@2024/6/11:10:22:33.123 ready",
        level="ERROR",
        service="CSI",
        message="0000001a@2024/6/11:10:22:33.123 ready",
    ),
    Layout("2024-06-11 10:22:33, Warning               DISM   ready", level="WARN", service="DISM"),
    Layout("fail: Acme.Job[0]\n      ready", level="ERROR", service="Acme.Job", timed=False),
    Layout("crit: Acme.Web.Host[13]\n      ready", level="CRITICAL", service="Acme.Web.Host", timed=False),
    Layout("warn: Acme.Job[0] ready", level="WARN", service="Acme.Job", timed=False),
    Layout("[10:22:33 ERR] ready", level="ERROR", timed=False),
    Layout("[10:22:33 WRN] <Acme.Job> ready", level="WARN", message="<Acme.Job> ready", timed=False),
    Layout("2024-06-11 10:22:33.123 +00:00 [ERR] ready", level="ERROR"),
    Layout("2024-06-11 10:22:33.1234|ERROR|Acme.Job|ready", level="ERROR", service="Acme.Job"),
    Layout("2024-06-11 10:22:33,123 [7] ERROR Acme.Job [(null)] - ready", level="ERROR", service="Acme.Job"),
    Layout("6/11/2024 10:22:33 AM ERROR ready", level="ERROR"),
    Layout("06-11 10:22:33.123  1702  2395 E ActivityManager: ready", level="ERROR", service="ActivityManager"),
    Layout("06-11 10:22:33.123  1702  2395 D PowerManagerService: ready", level="DEBUG", service="PowerManagerService"),
    Layout("06-11 10:22:33.123 E/ActivityManager( 1702): ready", level="ERROR", service="ActivityManager"),
    Layout("E/ActivityManager( 1702): ready", level="ERROR", service="ActivityManager", timed=False),
    Layout("2024-06-11 10:22:33.123 Acme[7:1234] ready", service="Acme"),
    Layout("2024-06-11 10:22:33.123456+0000 Acme[7:1234] [net] ready", service="Acme", message="[net] ready"),
    Layout(
        "nova-api.log.1.2024-06-11_10:22 2024-06-11 10:22:33.008 25746 INFO nova.wsgi.server [req-38101a0b - -] ready",
        level="INFO",
        service="nova.wsgi.server",
    ),
    Layout(
        "2024-06-11 10:22:33.008 25746 ERROR nova.compute.manager [-] ready",
        level="ERROR",
        service="nova.compute.manager",
    ),
    Layout(
        "2024-06-11 10:22:33.008 25746 ERROR nova.compute.manager [None req-1 - - -] [instance: 8f2ac11b9d04] ready",
        level="ERROR",
        service="nova.compute.manager",
    ),
    Layout("[06.11 10:22:33] agent.exe - ready", service="agent.exe"),
    Layout("[06.11 10:22:33] agent.exe *64 - ready", service="agent.exe"),
    Layout("2024-06-11 10:22:33.123 [job-0] ERROR RetryUtil - ready", level="ERROR", service="RetryUtil"),
    Layout(
        "2024-06-11 10:22:33.123 [0-0-1-writer] WARN  CommonRdbms$Task - ready",
        level="WARN",
        service="CommonRdbms$Task",
    ),
    Layout("2024-06-11 10:22:33 [ERROR] [main] ready", level="ERROR"),
    Layout("2024年06月11日 10:22:33 错误 ready", level="ERROR"),
    Layout("2024-06-11 10:22:33 [错误] ready", level="ERROR"),
    Layout("2024-06-11 10:22:33 [警告] ready", level="WARN"),
    Layout("【错误】 ready", level="ERROR", timed=False),
    Layout("错误: ready", level="ERROR", timed=False),
    Layout("2024-06-11T10:22:33.123Z stdout F ready"),
    Layout("2024-06-11T10:22:33.123+00:00 stderr P ready"),
    Layout("<6>ready", timed=False),
    Layout("[2024-06-11T10:22:33.123+0000][info][gc] ready", level="INFO", service="gc"),
    Layout("[error] ready", level="ERROR", timed=False),
    Layout("[INFO] ready", level="INFO", timed=False),
    Layout("10:22:33.123 [error] ready", level="ERROR", timed=False),
    Layout("I, [2024-06-11T10:22:33.123456 #7]  INFO -- : ready", level="INFO"),
    Layout("E, [2024-06-11T10:22:33.123456 #7] ERROR -- acme: ready", level="ERROR", service="acme"),
    Layout("[2024-06-11 10:22:33] production.ERROR: ready", level="ERROR", service="production"),
    Layout("2024-06-11T10:22:33.123Z  ERROR acme::job: ready", level="ERROR", service="acme::job"),
    Layout("[2024-06-11T10:22:33Z ERROR acme::job] ready", level="ERROR", service="acme::job"),
    Layout(
        "2024-06-11T10:22:33.123Z ERROR ThreadId(07) acme::job: src/job.rs:7: ready",
        level="ERROR",
        service="acme::job",
        message="src/job.rs:7: ready",
    ),
    Layout("container-1  | 2024-06-11 10:22:33 ERROR ready", level="ERROR"),
    Layout("web-1 | ERROR: ready", level="ERROR", timed=False),
]
ROWS = [
    Layout('{"level":50,"time":1718101353000,"pid":7,"hostname":"h1","msg":"ready"}', level="ERROR", host="h1"),
    Layout(
        '{"name":"pay","level":30,"time":"2024-06-11T10:22:33.000Z","hostname":"h1","msg":"ready","v":0}',
        level="INFO",
        service="pay",
        host="h1",
    ),
    Layout('{"level":"error","ts":1718101353,"caller":"a.go:7","msg":"ready"}', level="ERROR", service="a.go:7"),
    Layout('{"log":"ready\\n","stream":"stderr","time":"2024-06-11T10:22:33Z"}'),
    Layout(
        '{"log":"2024-06-11 10:22:34 ERROR c.acme.Pay: ready\\n","stream":"stderr","time":"2024-06-11T10:22:33Z"}',
        level="ERROR",
        service="c.acme.Pay",
    ),
    Layout(
        '{"@timestamp":"2024-06-11T10:22:33Z","log.level":"ERROR","message":"ready","service.name":"pay","host":{"name":"h1"}}',
        level="ERROR",
        service="pay",
        host="h1",
    ),
    Layout(
        '{"@timestamp":"2024-06-11T10:22:33Z","log":{"level":"error","logger":"a.B"},"message":"ready","service":{"name":"pay"}}',
        level="ERROR",
        service="pay",
    ),
    Layout(
        '{"severity":"ERROR","textPayload":"ready","timestamp":"2024-06-11T10:22:33Z","resource":{"type":"x"}}',
        level="ERROR",
    ),
    Layout('{"severity":"ERROR","jsonPayload":{"message":"ready"},"timestamp":"2024-06-11T10:22:33Z"}', level="ERROR"),
    Layout(
        '{"timeUnixNano":"1718101353000000000","severityText":"ERROR","body":{"stringValue":"ready"}}', level="ERROR"
    ),
    Layout(
        '{"timestamp":"2024-06-11T10:22:33Z","severity_text":"ERROR","body":"ready","resource":{"service.name":"pay"}}',
        level="ERROR",
        service="pay",
    ),
    Layout('{"Timestamp":"2024-06-11T10:22:33Z","SeverityText":"ERROR","Body":"ready"}', level="ERROR"),
    Layout(
        '{"event":"ready","level":"error","timestamp":"2024-06-11T10:22:33Z","logger":"acme"}',
        level="ERROR",
        service="acme",
    ),
    Layout(
        '{"__REALTIME_TIMESTAMP":"1718101353000000","PRIORITY":"3","_HOSTNAME":"h1","SYSLOG_IDENTIFIER":"sshd","MESSAGE":"ready"}',
        level="ERROR",
        service="sshd",
        host="h1",
    ),
    Layout(
        '{"t":{"$date":"2024-06-11T10:22:33.000+00:00"},"s":"E","c":"NETWORK","id":7,"ctx":"conn7","msg":"ready","attr":{"a":1}}',
        level="ERROR",
        service="NETWORK",
    ),
    Layout('{"@t":"2024-06-11T10:22:33Z","@m":"ready","@l":"Error"}', level="ERROR"),
    Layout('{"Timestamp":"2024-06-11T10:22:33Z","Level":"Error","RenderedMessage":"ready"}', level="ERROR"),
    Layout(
        '{"Timestamp":"2024-06-11T10:22:33Z","LogLevel":"Error","Category":"Acme.Job","Message":"ready"}',
        level="ERROR",
        service="Acme.Job",
    ),
    Layout(
        '{"type":"server","timestamp":"2024-06-11T10:22:33,000Z","level":"ERROR","component":"o.e.X","node":{"name":"n1"},"message":"ready"}',
        level="ERROR",
        service="o.e.X",
        host="n1",
    ),
    Layout(
        '{"timestamp":"2024-06-11T10:22:33Z","level":"ERROR","fields":{"message":"ready"},"target":"acme::job"}',
        level="ERROR",
        service="acme::job",
    ),
    Layout(
        '{"instant":{"epochSecond":1718101353,"nanoOfSecond":0},"level":"ERROR","loggerName":"a.B","message":"ready"}',
        level="ERROR",
        service="a.B",
    ),
    Layout(
        '{"time":"2024-06-11T10:22:33Z","level":"ERROR","msg":"ready","source":{"function":"main.main"}}', level="ERROR"
    ),
    Layout(
        '{"message":"ready","level_name":"ERROR","channel":"app","datetime":"2024-06-11T10:22:33+00:00"}',
        level="ERROR",
        service="app",
    ),
    Layout('2024-06-11T10:22:33Z stdout F {"level":"error","msg":"ready"}', level="ERROR"),
    Layout('Jun 11 10:22:33 h1 pay[7]: {"level":"error","msg":"ready"}', level="ERROR", service="pay", host="h1"),
    Layout('{"msg":"ready","error":false,"level":"error"}', level="ERROR", timed=False),
]
