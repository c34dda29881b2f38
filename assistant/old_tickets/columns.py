"""Which column of an export holds what: names that ticket systems use, in English and Chinese."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

from knowledge_base.errors import InputError

# In the order of preference: where a file has several of a field's columns, the first of these is read.
NAMES: dict[str, tuple[str, ...]] = {
    "question": (
        "question", "description", "problem description", "error message", "error", "problem", "symptom", "details",
        "body", "content", "text", "message",
        "问题描述", "故障描述", "错误信息", "报错信息", "报错", "描述", "故障现象", "问题现象", "现象", "问题详情",
        "问题内容", "工单内容", "问题", "详情", "内容", "提问",
    ),
    "resolution": (
        "resolution notes", "close notes", "closing notes", "resolution description", "solution", "root cause and fix",
        "fix", "workaround", "resolution", "answer", "reply", "response",
        "解决方案", "处理结果", "解决办法", "解决方法", "处理方法", "处理方案", "解决措施", "处理措施", "处理过程",
        "处理意见", "处理说明", "解答", "答复", "回复", "答案", "结论",
    ),
    "title": (
        "title", "summary", "short description", "subject", "name",
        "标题", "工单标题", "问题标题", "主题", "摘要", "概要", "简述",
    ),
    "id": (
        "id", "key", "issue key", "ticket id", "ticket number", "ticket", "number", "case number", "case id",
        "incident",
        "编号", "工单编号", "工单号", "工单id", "单号", "问题编号", "事件编号",
    ),
    "author": (
        "resolved by", "author", "assignee", "assigned to", "owner", "agent",
        "处理人", "解决人", "经办人", "负责人", "作者",
    ),
    "created": (
        "created", "created at", "opened", "opened at", "date", "time",
        "创建时间", "提交时间", "创建日期", "日期", "时间",
    ),
    "product": (
        "product", "service", "component", "business service", "system",
        "产品", "服务", "组件", "系统", "模块",
    ),
}  # fmt: skip


def plain_name(name: str) -> str:
    """Write the name of a column so that those compare equal which people mean alike.

    >>> plain_name("Close_Notes"), plain_name("\ufeffIssue key "), plain_name("处理 结果")
    ('closenotes', 'issuekey', '处理结果')
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in folded if each.isalnum())


_ORDERS = {field: [plain_name(each) for each in names] for field, names in NAMES.items()}


def columns_of(names: Iterable[str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Tell for each field the column that holds it, of those that are there; ``chosen`` ones win.

    >>> columns_of(["Key", "Summary", "Resolution", "Close notes"], {})
    {'resolution': 'Close notes', 'title': 'Summary', 'id': 'Key'}
    """
    present = {plain_name(each): each for each in names}
    found: dict[str, str] = {}
    for field, order in _ORDERS.items():
        wanted = [plain_name(chosen[field])] if field in chosen else order
        name = next((present[each] for each in wanted if each in present), None)
        if name is not None:
            found[field] = name
    return found


def read_choices(given: Iterable[str]) -> dict[str, str]:
    """Read ``field=column`` pairs; raises InputError for a field that is not there.

    >>> read_choices(["resolution=处理 结果"])
    {'resolution': '处理 结果'}
    """
    found = {}
    for each in given:
        field, equals, column = each.partition("=")
        if not equals or not column.strip() or field.strip() not in NAMES:
            raise InputError(f"{each[:80]!r} names no column: write FIELD=COLUMN, with FIELD one of {', '.join(NAMES)}")
        found[field.strip()] = column.strip()
    return found
