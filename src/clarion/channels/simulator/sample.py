"""The sample shop's templates, as the platform lists them; for demos and tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["SAMPLE_TEMPLATES"]


def _quick_replies(*texts: str) -> dict[str, Any]:
    return {
        "type": "BUTTONS",
        "buttons": [{"type": "QUICK_REPLY", "text": text} for text in texts],
    }


def _positional(text: str, *examples: str) -> dict[str, Any]:
    return {"type": "BODY", "text": text, "example": {"body_text": [list(examples)]}}


def _named(text: str, **examples: str) -> dict[str, Any]:
    named = [{"param_name": name, "example": example} for name, example in examples.items()]
    return {"type": "BODY", "text": text, "example": {"body_text_named_params": named}}


SAMPLE_TEMPLATES: tuple[Mapping[str, Any], ...] = (
    {
        "name": "spring_offer",
        "language": "en_US",
        "category": "MARKETING",
        "parameter_format": "POSITIONAL",
        "components": [
            _positional(
                "Hi {{1}}, our spring collection is here, and until Sunday everything in it is 20%"
                " off for you. Shall we show you our favourites?",
                "Ana",
            ),
            {"type": "FOOTER", "text": "Reply STOP to hear no more offers"},
            _quick_replies("Yes, tell me more", "No, thanks"),
        ],
    },
    {
        "name": "spring_offer",
        "language": "zh_CN",
        "category": "MARKETING",
        "parameter_format": "POSITIONAL",
        "components": [
            _positional(
                "{{1}},您好!春季新品已到店,周日前为您全场八折。想看看我们的精选吗?", "小丽"
            ),
            {"type": "FOOTER", "text": "回复“退订”即可不再接收优惠信息"},
            _quick_replies("好的,想了解", "不用了,谢谢"),
        ],
    },
    {
        "name": "feedback_request",
        "language": "en_US",
        "category": "MARKETING",
        "parameter_format": "NAMED",
        "components": [
            _named(
                "Hi {{first_name}}, how was your last visit? Answer with a number from 1 (poor) to 5"
                " (great); it takes a second and helps us a lot.",
                first_name="Ana",
            )
        ],
    },
    {
        "name": "feedback_request",
        "language": "zh_CN",
        "category": "MARKETING",
        "parameter_format": "NAMED",
        "components": [
            _named(
                "{{first_name}},您好!上次光临感觉如何?请回复 1(不满意)到 5(非常满意)的数字,只需一秒。",
                first_name="小丽",
            )
        ],
    },
    {
        "name": "appointment_reminder",
        "language": "en_US",
        "category": "UTILITY",
        "parameter_format": "POSITIONAL",
        "components": [
            _positional(
                "Hi {{1}}, this is a reminder of your appointment at {{2}}. Does that still suit"
                " you?",
                "Ana",
                "10:30",
            ),
            _quick_replies("Confirm", "Change the time"),
        ],
    },
    {
        "name": "appointment_reminder",
        "language": "zh_CN",
        "category": "UTILITY",
        "parameter_format": "POSITIONAL",
        "components": [
            _positional("{{1}},您好!提醒您预约时间为 {{2}}。这个时间仍然方便吗?", "小丽", "10:30"),
            _quick_replies("确认", "改时间"),
        ],
    },
)
