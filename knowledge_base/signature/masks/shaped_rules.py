"""Names that are known by their own shape or by the statement around them."""

from __future__ import annotations

from knowledge_base.signature.kinds import PLACEHOLDER_PATTERN
from knowledge_base.signature.masks.name_shapes import LAYERED, NAME, PLAIN, STAYS
from knowledge_base.signature.masks.rule import MaskRule, rule

_ANY_TABLE = r"(?!<)[A-Za-z_][\w$.]*(?![\w(])"

_OPERATOR = r"(?:(?:Source|Sink):\s)?[\w.-]+(?:\([\w, ]{0,60}\))?"

SHAPED_RULES: tuple[MaskRule, ...] = (
    rule(
        "cloud account",
        r"(?<![\w$])(?:RAM|ALIYUN|STS|ram|aliyun)\$[\w.@-]+(?::[\w.@/-]+)?(?<![.])",
        "<user>",
        ("RAM$acme:j.doe", "<user>"),
        needs=("$",),
    ),
    # HBase: table,first key,time.hash.
    rule(
        "HBase region",
        rf"(?<![\w.:$,<>-])[\w.:$-]{{1,120}},(?:[^\s,<]|{PLACEHOLDER_PATTERN}){{0,120}},0\.(?:<hex>|[0a-f]{{8,40}})\.?",
        "<id>",
        ("orders,row-77,1700000000000.0123456789abcdef0123456789abcdef.", "<id>"),
        needs=(",0.",),
    ),
    rule(
        "image",
        r"(?<![\w./:@-])(?:[a-z0][a-z0-]*(?:\.[a-z0-]+)+(?::0)?|localhost:0)(?:/[a-z0][\w.-]*)+(?::[\w.-]+(?<!\.))?(?:@sha0:<hex>)?"
        rf"(?:\?(?:[\w.%=&+~:@/-]|{PLACEHOLDER_PATTERN})+(?<![.:]))?(?![\w/])",
        "<url>",
        ("registry.example.com/team/orders:1.22.3", "<url>"),
        needs=("/",),
    ),
    rule(
        "table as argument",
        r"(\b[Tt]able)\(\s?(?!<)[\w$.]+(?:,\s?[\w$.]+)*\s?\)",
        r"\1(<table>)",
        ("Table(retail_dev,orders) is scanned", "Table(<table>) is scanned"),
        needs=("able(",),
    ),
    rule(
        "resource of a project",
        r"\bprojects/(?!<)[\w$.-]+(?:/(?:tables|schemas|instances|resources|functions|volumes)/(?!<)[\w$.-]+)*(?<!\.)",
        "<table>",
        ("projects/retail_dev/tables/orders", "<table>"),
        needs=("projects/",),
    ),
    rule(
        "table that is updated",
        rf"(\bUPDATE\s)(?:{_ANY_TABLE}|<table>)(\sSET\s)(?:{_ANY_TABLE}|<column>)",
        r"\1<table>\2<column>",
        ("UPDATE orders SET price = 1", "UPDATE <table> SET <column> = <n>"),
        needs=("UPDATE ",),
    ),
    rule(
        "table of a statement",
        r"(\b(?:INSERT (?:INTO|OVERWRITE)(?: TABLE)?|FROM|JOIN|(?:ALTER|DROP|CREATE|TRUNCATE|LOCK) (?:TABLE|VIEW)"
        r"(?: IF (?:NOT )?EXISTS)?|insert into|delete from)\s|\b(?:select|SELECT)\s(?:\*|0)\s(?:from|FROM)\s)"
        rf"(?!(?:SELECT|select|IF|the|a|an|clause|condition|keyword|statement|list|is)\b){_ANY_TABLE}",
        r"\1<table>",
        ("select * from orders where", "select * from <table> where"),
        ("INSERT INTO retail.orders VALUES", "INSERT INTO <table> VALUES"),
        needs=("FROM ", "INTO ", "JOIN ", "TABLE ", "VIEW ", "from ", "into ", "OVERWRITE "),
    ),
    # Spark: Query orders [id = <uuid>, runId = <uuid>] terminated with error.
    rule(
        "streaming query",
        r"(\bQuery\s)(?!<)[\w.-]+(?=\s\[id\s=)",
        r"\1<str>",
        ("Query orders [id = 7]", "Query <str> [id = <n>]"),
        needs=("Query ",),
    ),
    rule(
        "table of a warehouse",
        LAYERED,
        "<table>",
        ("dwd_parcels", "<table>"),
        ("retail_dev.parcels_daily_di", "<table>"),
        needs=("_",),
    ),
    # Kafka: orders.paid=UNKNOWN_TOPIC_OR_PARTITION.
    rule(
        "name of an error",
        rf"(?<![\w.$/@-]){STAYS}(?![\w.-]*(?:code|error|mode|type|status|state|policy|reason)=)(?=[a-z0_]+[.-])[a-z][\w.-]*"
        r"(?==[A-Z_]*(?:UNKNOWN|INVALID|NOT_|FAILED|DENIED|ERROR)[A-Z_]*(?!\w))",
        "<str>",
        ("orders.paid=UNKNOWN_TOPIC_OR_PARTITION", "<str>=UNKNOWN_TOPIC_OR_PARTITION"),
        needs=("=",),
    ),
    # Flink: Source: orders -> Map -> Sink: out (3/8)#1 (hash) switched from RUNNING.
    rule(
        "subtask",
        rf"(?<![\w.>:-]){_OPERATOR}(?:\s->\s{_OPERATOR}){{0,12}}"
        r"(?=\s\(0/0\)(?:#0)?\s(?:\(<hex>\)\s)?switched\b)",
        "<str>",
        ("Source: orders.paid -> Map (3/8)#1 switched", "<str> (<n>/<n>)#<n> switched"),
        needs=("switched",),
    ),
    rule(
        "operator",
        r"(\b[Oo]perator\s|算子\s?)(?!(?:Not|Is|Error|Failed|State)\b)[A-Z][a-z]\w*(?:\(\w*\))?(?![\w.])",
        r"\1<str>",
        ("operator WindowJoin is slow", "operator <str> is slow"),
        ("算子 WindowJoin 反压", "算子 <str> 反压"),
        needs=("perator ", "算子"),
    ),
    rule(
        "end of a pipeline",
        rf"(\b(?:Source|Sink):\s){NAME}",
        r"\1<str>",
        ("Sink: orders.paid is closed", "Sink: <str> is closed"),
        needs=("Source: ", "Sink: "),
    ),
    rule(
        "killed process",
        r"(\b[Pp]rocess\s0\s\()(?!<)[\w./:-]+\)",
        r"\1<str>)",
        ("Killed process 71 (java)", "Killed process <n> (<str>)"),
        needs=("rocess 0 (",),
    ),
    rule(
        "name of a pool",
        r"(?<![\w.$/@-])[A-Za-z][\w-]*[Pp]ool(?:-0)?(?=\s-\s)",
        "<str>",
        ("orders-pool - closed", "<str> - closed"),
        needs=("ool - ", "ool-0 - "),
    ),
    rule(
        "name in wide brackets",
        rf"(（){NAME}(?=）)",
        r"\1<str>",
        ("节点（load_parcels）", "节点（<str>）"),
        needs=("（",),
    ),
    rule(
        "qualified name",
        rf"(\b(?:of|on|into|commit|exist:)\s)(?=\w+\.){NAME}",
        r"\1<table>",
        ("failed on retail.order_lines", "failed on <table>"),
        needs=("of ", "on ", "into ", "commit ", "exist: "),
    ),
    rule(
        "rows of a table",
        rf"(\b[Rr]ows?\s(?:to|into|from|of)\s(?:table\s)?)(?:{NAME}|{PLAIN})",
        r"\1<table>",
        ("20 rows to order_lines", "<n> rows to <table>"),
        ("20 rows into invoices", "<n> rows into <table>"),
        needs=("ows to ", "ows into ", "ows from ", "ows of ", "ow to ", "ow from ", "ow into ", "ow of "),
    ),
)
