"""Whether a resolution tells anybody anything, or only that the ticket was closed."""

from __future__ import annotations

import re

from knowledge_base.vocabulary.simplified import simplified

LOOKED_AT = 2000

_ENGLISH = """
a about above again all an and any anymore are as asked at auto automatic automatically be because been below by
can canceled cancelled cannot case cases close closed closes closing comment comments complete completed completes
confirm confirmed could customer days did do does don done due duplicate duplicated duplicates expired feedback few
finally fine finish finished fix fixed for from further gone good got great had has have here hours i if in
inactive inactivity incident info information invalid is issue issues it its itself lack later let many me more
much my n na never nil no none not now null of ok okay old on open or our out per please problem problems properly
ref refer reference referenced replied replies reply reported reporter reproduce reproduced reproducible request
requested requester resolve resolved resolving responded response right s same see seems seen since so solve solved
some stale still such t thank thanks that the them there these they thing this ticket tickets time timeout to user
users verified very was we week weeks well were will with within without won wontfix work worked working works
would yes yet you your
"""
_CHINESE = """
已解决 已处理 已关闭 已修复 已完成 已恢复 已回复 已答复 已沟通 已确认 已知悉 已转交 处理完成 处理完毕 处理完
处理好了 解决了 修复了 恢复了 关闭了 好了 可以了 没问题了 正常了 恢复正常 问题解决 问题 工单 本单 该单 此单
关单 结单 关闭 解决 处理 完成 修复 恢复 正常 确认 回复 答复 反馈 重复 无法复现 不能复现 未复现 复现 无 没有
用户 客户 提单人 申请人 超时 自动 长时间 长期 未 不 谢谢 感谢 多谢 您好 你好 请 知悉 收到 同上 见上 如上 参考
略 暂无 是 的 了 已 已经 经 并 由 因 与 和 被 将 系统 予以 可以 好的 好 目前 现在 再次 再 先 后续 如有 有 随时
联系 其他 我们 我 您 你 该 此 本 现 完毕 成功 结束 取消 撤销 自行 自己 沟通 电话 线下 同事 支持 配合 理解 以
上 需要 需求 为 问 题 单
"""
_WORDS = frozenset(_ENGLISH.split())
_FILLERS = re.compile("|".join(sorted(map(re.escape, _CHINESE.split()), key=len, reverse=True)))
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")
_TOKENS = re.compile(r"[A-Za-z]+|[\u3400-\u4dbf\u4e00-\u9fff]+|[^\W\d_]+")


def says_something(resolution: str) -> bool:
    """Tell whether a resolution holds a word that helps anybody.

    >>> [says_something(each) for each in ("Done.", "closed, no reply", "已解决，谢谢", "Raise heap to 4g", "重启服务")]
    [False, False, False, True, True]
    """
    return any(_helps(token) for token in _TOKENS.findall(simplified(resolution[:LOOKED_AT])))


def _helps(token: str) -> bool:
    if _HAN.fullmatch(token):
        return bool(_FILLERS.sub("", token))
    return token.casefold() not in _WORDS
