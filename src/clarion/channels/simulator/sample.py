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


def _in_two_languages(
    name: str,
    category: str,
    en: str,
    zh: str,
    *examples: tuple[str, str],
    en_replies: tuple[str, ...] = (),
    zh_replies: tuple[str, ...] = (),
) -> tuple[Mapping[str, Any], ...]:
    """A template with positional parameters, in English and in Chinese."""
    return tuple(
        {
            "name": name,
            "language": language,
            "category": category,
            "parameter_format": "POSITIONAL",
            "components": [
                _positional(text, *(example[index] for example in examples)),
                *([_quick_replies(*replies)] if replies else []),
            ],
        }
        for index, (language, text, replies) in enumerate(
            (("en_US", en, en_replies), ("zh_CN", zh, zh_replies))
        )
    )


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
    *_in_two_languages(
        "cart_reminder",
        "MARKETING",
        "Hi {{1}}, you left something behind: {{2}}. Shall we keep it for you?",
        "{{1}},您好!您有尚未付款的商品:{{2}}。需要为您保留吗?",
        ("Ana", "小丽"),
        ("two green mugs", "两只绿色马克杯"),
        en_replies=("Finish my order", "I have a question"),
        zh_replies=("完成下单", "我有疑问"),
    ),
    *_in_two_languages(
        "event_invitation",
        "MARKETING",
        "Hi {{1}}, we would love to see you at {{2}}. Will you come?",
        "{{1}},您好!诚邀您参加{{2}}。您能来吗?",
        ("Ana", "小丽"),
        ("our open evening", "我们的开放之夜"),
        en_replies=("I will come", "I cannot"),
        zh_replies=("我会参加", "无法参加"),
    ),
    *_in_two_languages(
        "coupon",
        "MARKETING",
        "Hi {{1}}, for three days we have a coupon for you: 20% on everything. Would you like it?",
        "{{1}},您好!我们为您准备了三天有效的八折优惠券。要领取吗?",
        ("Ana", "小丽"),
        en_replies=("Get my code", "No, thanks"),
        zh_replies=("领取券码", "不用了,谢谢"),
    ),
    *_in_two_languages(
        "coupon_last_day",
        "MARKETING",
        "Your coupon {{1}} is valid for one more day. Do not let it go to waste!",
        "您的优惠券 {{1}} 还有一天到期,别忘了使用!",
        ("SPRING20", "SPRING20"),
    ),
    *_in_two_languages(
        "still_interested",
        "MARKETING",
        "Hi {{1}}, we have not heard from you for a while. Do you still want news and offers from us?",
        "{{1}},您好!许久未联系,您还愿意继续接收我们的新品和优惠消息吗?",
        ("Ana", "小丽"),
        en_replies=("Yes, keep me in", "No more, please"),
        zh_replies=("继续接收", "不再接收"),
    ),
)
