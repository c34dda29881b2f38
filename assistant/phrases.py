"""Kea's own words in chats and tickets, in the languages of those who ask."""

from __future__ import annotations

import re
from dataclasses import dataclass

CHINESE = re.compile(r"[㐀-䶿一-鿿]")


@dataclass(frozen=True, slots=True)
class Phrases:
    """All that Kea says in one language; ``{}`` are filled by ``str.format``."""

    answered: str
    suggested: str
    unsolved: str
    unsolved_body: str
    unknown: str
    unknown_body: str
    nearest: str
    same_asked: str
    others_asked: str
    hand_over: str
    hand_over_words: str
    handed_over: str
    handed_over_body: str
    nothing_to_hand_over: str
    person_asked: str
    person_wanted: str
    text: str
    asked_by: str
    people: str
    recognised: str
    left_out: str
    later: str
    cause: str
    applies_to: str
    semicolon: str
    links: str
    more_links: str
    category: str
    seen: str
    seen_times: str
    confidence: str
    in_brackets: str
    almost_certain: str
    likely: str
    perhaps: str
    unlikely: str
    why: str
    runner_up: str
    question: str
    helpful: str
    not_helpful: str
    did_it_help: str
    thanks_helpful: str
    thanks_not_helpful: str
    nothing_to_judge: str
    empty: str
    too_long: str
    failed: str
    more: str
    open_in_kea: str


ENGLISH = Phrases(
    answered="This is a known error: {}",
    suggested="This may be a known error: {}",
    unsolved="This error is known, but has no solution yet: {}",
    unsolved_body="You will get an answer here as soon as an engineer attaches a solution.",
    unknown="I do not know this error.",
    unknown_body="It is on the list that the engineers work through. "
    "Paste the whole error message, with its error code and the lines around it, if you have not yet.",
    nearest="Nearest, only a guess",
    same_asked="Asked the same",
    others_asked="{} others in the last 7 days",
    hand_over="Hand over to a person",
    hand_over_words="hand over",
    handed_over="{} is handed over to a person.",
    handed_over_body="The engineers see that somebody waits. A solution will be told where the question was asked.",
    nothing_to_hand_over="There is no question of yours here that could be handed over. Ask it first.",
    person_asked="A person was asked to look at this error already.",
    person_wanted="A person is wanted: {}",
    text="Text",
    asked_by="Asked by",
    people="{} people",
    recognised="Taken for the error",
    left_out="{} further errors of this message were not looked up; send them in another one.",
    later="There is a solution now for the error that you asked about: {}",
    cause="Cause",
    applies_to="Applies to",
    semicolon="; ",
    links="Links",
    more_links="… further links in Kea: {}",
    category="Category",
    seen="Seen",
    seen_times="{} times",
    confidence="Confidence",
    in_brackets="{} ({})",
    almost_certain="almost certain",
    likely="likely",
    perhaps="perhaps",
    unlikely="unlikely",
    why="Why",
    runner_up="Or",
    question="Question",
    helpful="Helpful",
    not_helpful="Not helpful",
    did_it_help="Did this help?",
    thanks_helpful="Thank you. Good to know that it helped.",
    thanks_not_helpful="Thank you. The engineers see that this did not help.",
    nothing_to_judge="There is no answer of mine here that could be judged yet.",
    empty="Paste an error message, and I look up its solution.",
    too_long="This text is too long to look up ({} characters). Paste the part with the error message.",
    failed="Something went wrong while I looked this up. Please ask again in a few minutes.",
    more="… (shortened)",
    open_in_kea="Open in Kea",
)

CHINESE_PHRASES = Phrases(
    answered="这是已知错误：{}",
    suggested="这可能是已知错误：{}",
    unsolved="这个错误已有记录，但还没有解决方案：{}",
    unsolved_body="工程师补充解决方案后，会在这里通知你。",
    unknown="没有找到与此匹配的已知错误。",
    unknown_body="问题已列入工程师的待处理列表。如果还没有粘贴完整的报错信息，请连同错误码和前后几行一起发送。",
    nearest="最接近的类别（仅为猜测）",
    same_asked="问过同样问题",
    others_asked="最近 7 天另有 {} 人",
    hand_over="转人工",
    hand_over_words="转人工",
    handed_over="{} 已转人工处理。",
    handed_over_body="工程师会看到有人在等待。有了解决方案后，会在提问的地方通知。",
    nothing_to_hand_over="这里没有可以转人工的问题，请先提问。",
    person_asked="这个错误已经转人工处理。",
    person_wanted="需要人工处理：{}",
    text="内容",
    asked_by="提问人数",
    people="{} 人",
    recognised="识别出的报错",
    left_out="这条消息里还有 {} 个报错没有查询，请另发一条消息。",
    later="你之前询问的错误现在有解决方案了：{}",
    cause="原因",
    applies_to="适用于",
    semicolon="；",
    links="链接",
    more_links="…另有 {} 个链接，请在 Kea 中查看",
    category="类别",
    seen="出现次数",
    seen_times="{} 次",
    confidence="置信度",
    in_brackets="{}（{}）",
    almost_certain="几乎可以确定",
    likely="很可能",
    perhaps="有可能",
    unlikely="可能性不大",
    why="依据",
    runner_up="或者",
    question="问题编号",
    helpful="有用",
    not_helpful="没用",
    did_it_help="这个回答有帮助吗？",
    thanks_helpful="谢谢反馈，很高兴能帮到你。",
    thanks_not_helpful="谢谢反馈，工程师会看到这个回答没有帮助。",
    nothing_to_judge="这里还没有可以评价的回答。",
    empty="把报错信息粘贴给我，我来查找解决方案。",
    too_long="内容太长（{} 个字符），请只粘贴包含报错信息的部分。",
    failed="查询时出了问题，请几分钟后再试。",
    more="…（已截断）",
    open_in_kea="在 Kea 中打开",
)


def language_of(text: str) -> str:
    """Tell the language to reply in.

    >>> language_of("连接超时 connection timed out"), language_of("connection timed out")
    ('zh', 'en')
    """
    return "zh" if CHINESE.search(text) else "en"


def confidence_in_words(confidence: float, language: str) -> str:
    """Tell a confidence in 0..1 as a share and as a word; what is certain needs none.

    >>> confidence_in_words(0.81, "en"), confidence_in_words(0.3, "zh"), confidence_in_words(1.0, "en")
    ('81% (likely)', '30%（有可能）', '100%')
    """
    # Rounded down: what is not certain is not shown as 100 %.
    share, word = f"{int(confidence * 100 + 1e-9)}%", sureness(confidence, language)
    return phrases(language).in_brackets.format(share, word) if word else share


def sureness(confidence: float, language: str) -> str:
    """Tell a confidence in 0..1 as a word; empty for what is certain.

    >>> sureness(0.97, "en"), sureness(1.0, "en")
    ('almost certain', '')
    """
    said = phrases(language)
    steps = ((1.0, ""), (0.9, said.almost_certain), (0.6, said.likely), (0.2, said.perhaps), (0.0, said.unlikely))
    return next((word for least, word in steps if confidence >= least), said.unlikely)


def phrases(language: str) -> Phrases:
    """Give the words of a language; English for one that is not there."""
    return CHINESE_PHRASES if language.startswith("zh") else ENGLISH
