"""Names that are announced by a noun before them: user, topic, queue, 表, 作业."""

from __future__ import annotations

from knowledge_base.signature.masks.name_shapes import NAME, PLAIN
from knowledge_base.signature.masks.rule import MaskRule, rule

_LINK = r"(?:\s?[:：=]\s?|\s(?:is\s)?)[\[(（【]?"
_LIST = rf"{NAME}(?:,\s?{NAME})*+"
_CHINESE_LINK = r"(?:名称?)?为?\s?[:：=]?\s?[\[(（【]?"
# The kubelet writes name_namespace(uid).
_POD = r"[a-z0](?:[a-z0]|-(?=[a-z0]))*+_[a-z0-]++(?=\()"

ANNOUNCED_RULES: tuple[MaskRule, ...] = (
    # "failed pod(s) orders-api-xyzab-qrstu", "Pod shop/orders-api".
    rule(
        "announced pod",
        rf"(\b[Pp]od(?:s|\(s\))?[\s/:]{{1,2}})(?:[a-z][\w-]*/)?(?:{NAME}|{_POD})",
        r"\1<pod>",
        ("pod/orders-api-abcde", "pod/<pod>"),
        ("Pod shop/orders-api-abcde", "Pod <pod>"),
        ("pod orders-api-abcde_shop(lost)", "pod <pod>(lost)"),
        needs=("od",),
    ),
    rule(
        "announced user",
        rf"(\b(?:[Uu]ser|USER|[Aa]ccount|[Pp]rincipal|[Oo]wner|[Rr]ole)(?:[Nn]ame)?{_LINK}){_LIST}",
        r"\1<user>",
        ("user etl_nightly", "user <user>"),
        ("Principal: j.doe", "Principal: <user>"),
        ("account [svc-report]", "account [<user>]"),
        needs=("ser ", "ser:", "serName", "sername", "ccount", "rincipal", "wner ", "wner:", "ole ", "ole:", "USER"),
    ),
    rule(
        "announced column",
        rf"(\b(?:[Cc]olumn|COLUMN|[Ff]ield)s?(?:\snames?\sare:?\s|\sreference\s|{_LINK})){_LIST}",
        r"\1<column>",
        ("Column: [gross_weight]", "Column: [<column>]"),
        ("column names are: gross_weight, net_weight", "column names are: <column>"),
        needs=("olumn", "ield", "COLUMN"),
    ),
    rule(
        "announced name",
        r"(\b(?=[A-Za-z])(?:[Tt](?:ables?|opics?|ask)|[Qq](?:ueues?|uota)|[Dd](?:atabases?|ataset|ag|ata source)"
        r"|[Ss](?:chema|ervice|ubject)|[Cc](?:atalog|ontainer|luster|ollection)|[Pp](?:rojects?|ool|ipeline)|[Jj]obs?|[Nn](?:ode|amespace)|[Kk]eyspace"
        rf"|[Gg]roups?|[Bb](?:ucket|aseline)|[Ii](?:ndex|mage)|[Ww]orkflow|[Vv]olume){_LINK}){_LIST}",
        r"\1<str>",
        ("topics: [click.stream, view.stream]", "topics: [<str>]"),
        ("project retail_dev", "project <str>"),
        ("exceeded quota: team-a-quota", "exceeded quota: <str>"),
        ("consumer group risk-engine", "consumer group <str>"),
        ("topic click_stream is empty", "topic <str> is empty"),
        ("job clicks_hourly", "job <str>"),
        needs=(
            *(
                "able ",
                "ables ",
                "able:",
                "ables:",
                "opic ",
                "opic:",
                "opics",
                "ask ",
                "ask:",
                "ueue ",
                "ueue:",
                "ueues",
                "uota",
            ),
            *(
                "atabase",
                "ataset",
                "ag ",
                "ag:",
                "ata source",
                "chema",
                "ervice ",
                "ervice:",
                "ubject",
                "atalog",
                "ontainer ",
            ),
            *(
                "ontainer:",
                "ollection",
                "eyspace",
                "luster ",
                "luster:",
                "roject",
                "ool ",
                "ool:",
                "ipeline",
                "ob ",
                "ob:",
                "obs ",
                "ode ",
                "ode:",
            ),
            *(
                "amespace",
                "roup ",
                "roup:",
                "roups",
                "ucket",
                "aseline",
                "ndex ",
                "ndex:",
                "mage ",
                "mage:",
                "orkflow",
                "olume",
            ),
        ),
    ),
    rule(
        "plain user after a colon",
        rf"(\b(?:[Uu]ser|[Aa]ccount|[Pp]rincipal)\s?[:=]\s?){PLAIN}",
        r"\1<user>",
        ("Principal: ann", "Principal: <user>"),
        needs=("ser:", "ser =", "ser :", "ccount:", "rincipal:", "rincipal ="),
    ),
    rule(
        "plain user",
        rf"(\b[Uu]ser\s){PLAIN}(?=\s(?:does|doesn't|do|don't|cannot|can't|has\sno|lacks|is\snot|isn't)\b)",
        r"\1<user>",
        ("user ann does not have access", "user <user> does not have access"),
        needs=("ser ",),
    ),
    rule(
        "plain user at the end",
        rf"(,\suser\s){PLAIN}(?=\s?(?:[;,]|$))",
        r"\1<user>",
        ("lost, user ann, sorry", "lost, user <user>, sorry"),
        needs=(", user ",),
    ),
    rule(
        "plain table or column",
        rf"(?:(\b(?:[Cc]olumn|[Tt]able|[Rr]elation|[Vv]iew)\s){PLAIN}"
        r"(?=\s(?:cannot|does|doesn't|is|was|has|already|not|of|in|for|on)\b|[,;])"
        rf"|(\b(?:denied\sfor|partition|in|of)\s(?:column|table|relation|view)\s){PLAIN}(?=\.?$))",
        r"\1\2<str>",
        ("column weight cannot be resolved", "column <str> cannot be resolved"),
        ("denied for table invoices, give it", "denied for table <str>, give it"),
        needs=("olumn ", "able ", "elation ", "iew "),
    ),
    rule(
        "plain column in brackets",
        rf"(\b[Cc]olumn:?\s)\[{PLAIN}\]",
        r"\1[<column>]",
        ("Column: [weight]", "Column: [<column>]"),
        needs=("olumn: [", "olumn ["),
    ),
    rule(
        "Chinese announced user",
        rf"((?:用户|账号|账户|帐号|主体|角色|属主|负责人){_CHINESE_LINK})(?:{_LIST}|{PLAIN}(?::[a-z]+)?)",
        r"\1<user>",
        ("账号 etl_nightly 没有权限", "账号 <user> 没有权限"),
        ("属主 hive:hive", "属主 <user>"),
        needs=("用户", "账", "帐号", "主体", "角色", "属主", "负责人"),
    ),
    rule(
        "Chinese announced table or column",
        rf"((?:[表列]|字段|主键|切分键){_CHINESE_LINK})(?:{_LIST}|{PLAIN})",
        r"\1<table>",
        ("源表 orders 不存在", "源表 <table> 不存在"),
        ("字段 amount 不能为空", "字段 <table> 不能为空"),
        needs=("表", "列", "字段", "主键", "切分键"),
    ),
    rule(
        "Chinese announced name",
        r"((?:项目|队列|主题|[费源额]组|[Qq]uota 组|数据源|作业|任务|节点|实例|配额|集群|服务|容器|基线|渠道|工作流"
        rf"|库|索引|命名空间|镜像|算子|函数|资源){_CHINESE_LINK}){_LIST}",
        r"\1<str>",
        ("消费组 risk-engine 积压", "消费组 <str> 积压"),
        ("作业 clicks_hourly 启动失败", "作业 <str> 启动失败"),
        ("集群 lab7 处于安全模式", "集群 <str> 处于安全模式"),
        needs=tuple("库组项队题源业务点例额群器线道流引间像子函"),
    ),
    # A place in a Chinese sentence.
    rule(
        "Chinese place",
        rf"((?<!存)在\s|(?:发送|写入|推送|同步|投递|读取)[^\s，,。]{{0,8}}到\s){NAME}(?=\s?(?:上|中|里|时|超时|失败|被))",
        r"\1<str>",
        ("发送消息到 trade.orders 超时", "发送消息到 <str> 超时"),
        needs=("在 ", "到 "),
    ),
)
