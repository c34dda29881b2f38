"""What a name looks like where nothing quotes it; shared by the rules that mask names.

Only names with a sign or a digit inside count (``order_items``, ``trade.orders``, ``crm-rds``), so that
plain words (``user unknown``, ``table not found``) stay; and neither what means something (``NOT_LEADER``,
exceptions, packages, keys of configuration) nor what is English with a hyphen (``re-created``).
"""

from __future__ import annotations

_EXCEPTION = r"[\w.$]*(?:Exception|Error|Throwable|Failure|Fault)\b"
_PACKAGE = r"(?:org|com|net|io|cn|java|javax|scala|sun|akka)\."
_SYMBOL = r"(?-i:[A-Z0]+(?:_[A-Z0]+)+)(?![\w.-])"
_HYPHENATED = (
    "(?:re|non|pre|post|co|sub|un|in|out|auto|self|multi|single|read|write|sign|log|time|clean|timed|start|shut|built|end|on|off|by"
    "|low|high|up|down|over|fail|hot|cold|left|right|so|and|not|no|is|was|to|at|per|back|roll|look|set|check|full|half|fully)-"
)
_CONFIGURATION = (
    r"(?:spark|hive|flink|taskmanager|jobmanager|yarn|hdfs|dfs|fs|ipc|mapred|mapreduce|hadoop|odps|hbase|zookeeper|kafka"
    r"|session|request|fetch|max|min|num|default|heartbeat|retention|segment|replica|offsets|transaction|transactional"
    r"|group\.(?:id|instance|max|min|initial)|auto|bootstrap|enable|isolation|security|sasl|ssl|state|execution|sql|pipeline"
    r"|rest|web|akka|high-availability|restart-strategy|cluster\.(?:evenly|routing)|table\.(?:exec|optimizer|sql)"
    r"|limits|requests|deployments|statefulsets|daemonsets|replicasets)\."
)

STAYS = rf"(?!<|{_EXCEPTION}|{_PACKAGE}|{_SYMBOL}|{_HYPHENATED}|{_CONFIGURATION})"
"""Lookahead in front of a name: what stands here means something."""

ENDS = r"(?![\w(]|\s?=(?!=)|[:.]\w)"
"""Lookahead behind a name: neither a call nor a key nor a part of something longer."""

NAME = rf"{STAYS}(?=[A-Za-z_]+(?:[_$0\ue000-\uf8ff]|[.@-][\w$]))[A-Za-z_](?:[\w$]|[.@-](?=[\w$]))*+{ENDS}"
"""A name with a sign or a digit inside. No part of it can match in two ways, so it takes linear time."""

LAYERED = (
    rf"(?<![\w.$/@-]){STAYS}(?:[A-Za-z]\w*\.)?+(?:(?:ods|dwd|dws|dwm|dw|stg)_\w+|(?:ads|dim|dm|tmp|mid)_[a-z]+_\w+"
    rf"|(?:[a-z]+_)++(?:di|df|dd|hi|hf|rt)(?![a-z_])\w*){ENDS}"
)
"""A table of a warehouse, told by its layer in front or its period behind."""

PLAIN = (
    r"(?!(?:id|name|names|type|types|schema|metadata|meta|owner|lock|locks|key|value|values|null|none|not|no|is|are|was|has|and|or"
    r"|of|in|on|to|for|from|by|at|with|the|this|that|which|failed|failure|error|errors|unknown|missing|invalid|denied|exists?"
    r"|does|cannot|can|must|should|will|may|already|quota|token|session|sessions|password|group|role|level|data|file|files"
    r"|statistics|stats|format|size|count|list|scan|input|space|limit|alias|reference|location|path|definition|function|process"
    r"|query|class|code|family|index|partition|partitions|cache|properties|constraint|expression|mapping|option|options"
    r"|access|permission|privilege|privileges|memory|disk|network|timeout|state|status|info|information|api|sql|udf|ddl|dml|table|tables|view|column|columns|row|rows|clause|condition|keyword|statement)\b)"
    r"[a-z][a-z0]*(?![\w(-]|\.\w)"
)
"""A plain word in small letters, where its place tells that it can only be a name."""

_MEANING = (
    *(
        "code",
        "reason",
        "type",
        "state",
        "status",
        "error",
        "err",
        "errno",
        "exception",
        "level",
        "severity",
        "kind",
        "cause",
    ),
    *(
        "mode",
        "policy",
        "msg",
        "message",
        "result",
        "action",
        "method",
        "phase",
        "event",
        "condition",
        "signal",
        "protocol",
    ),
    *("format", "encoding", "charset", "category", "stage", "strategy", "class", "verb", "operation", "response"),
    *(
        "failure",
        "problem",
        "desc",
        "description",
        "detail",
        "details",
        "text",
        "title",
        "summary",
        "outcome",
        "feature",
    ),
    *("function", "component", "module", "logger", "caller", "metric", "warning"),
    *("原因", "错误", "状态", "信息", "消息"),
)


def means_something(before: str) -> bool:
    """Tell whether a value behind this text is a state, a reason or a message.

    >>> means_something("exitCode="), means_something("tag=")
    (True, False)
    """
    return before.rstrip(" :：=").rstrip("\"'").lower().endswith(_MEANING)
