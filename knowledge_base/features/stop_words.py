"""Words that say nothing about what went wrong, in English and Chinese."""

from __future__ import annotations

_GRAMMAR = """
a about above after again all already also am an and any are as at be because been before being below between both but
by can cannot could did do does doing done down due during each either else ever every few for from further get gets
got had has have having he her here hers him his how however i if in into is it its itself just let like made make
many may me might more most much must my myself neither nor now of off on once one only or other our out over own per
please same see several shall she should since so some still such than that the their them then there these they this
those though through thus to too under until up upon use used uses using very via was we were what when where whether
which while who whom whose why will with within without would yet you your don doesn didn isn aren wasn weren couldn
wouldn shouldn hasn haven hadn won 的 了 着 过 地 得 是 有 在 于 与 和 及 或 并 且 而 但 也 都 就 才 还 又 再 被 把 将
让 使 由 从 自 到 向 往 对 对于 关于 为 为了 因 因为 由于 所以 如果 若 则 那么 请 请问 我 我们 你 您 他 她 它 这 那
这个 那个 此 该 其 某 每 各 一个 一些 一下 什么 怎么 如何 为什么 哪 吗 呢 吧 啊 可以 可能 应该 需要 必须 会 能 要 想
已 已经 正在 当前 之前 之后 时 时候 中 里 内 外 上 下 以 以及 等 等等 很 太 更 最
"""

_OF_ERRORS = """
error errors err fail failed fails failing failure failures exception exceptions throwable throw throws thrown warn
warning warnings info debug trace fatal severe critical notice alert emerg panic cause caused causes reason message
msg code status line file details detail stack backtrace traceback occurred occur happened encountered unexpected
unexpectedly received got given log logger main java javax lang util org com net io http https www null none true
false nil undefined unknown id ids name names value values type 错误 异常 失败 报错 出错 出现 发生 遇到 导致 原因 信息
消息 提示 详情 警告 告警 严重 日志 问题 无法 不能 进行 执行 相关 情况
"""

STOP = frozenset(_GRAMMAR.split())
"""Words of grammar. ``not`` and ``no`` are left out: they say what went wrong."""

BOILERPLATE = frozenset(_OF_ERRORS.split())
"""Words that stand in error messages of every kind. They are no keywords, whatever their counts."""

NEGATIONS = frozenset(("not", "no", "不", "没", "无", "未", "没有"))
"""Words that mean little alone and much before another one."""
