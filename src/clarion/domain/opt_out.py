"""Words by which a person says "no more", or "again": exact matches of a whole message.

Theory of operation.  A message counts only if it is nothing but such a word or phrase, after case,
accents, punctuation, symbols and spaces are put aside: "Stop!" and "*STOP*" count, "don't stop"
does not, because taking a customer out by mistake is an error too.  The words stand by language;
all languages are tried, since a person may answer in another one than we wrote in.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["OPT_IN_WORDS", "OPT_OUT_WORDS", "is_opt_in_text", "is_opt_out_text"]


def _table(rows: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({lang: tuple(words.split(", ")) for lang, words in rows.items()})


OPT_OUT_WORDS: Mapping[str, tuple[str, ...]] = _table(
    {
        "en": "stop, stop all, stopall, unsubscribe, unsub, opt out, optout, quit, cancel, end, remove me, stop promotions, no more messages, td",
        "fr": "arret, arreter, arretez, desabonner, desinscription, desinscrire",
        "es": "baja, dar de baja, parar, cancelar, desuscribir, darme de baja",
        "pt": "sair, descadastrar, cancelar inscricao, pare, remover",
        "de": "stopp, abmelden, abbestellen, austragen, abmeldung",
        "it": "ferma, fermare, annulla, disiscrivimi, cancellami, disiscriviti",
        "nl": "afmelden, uitschrijven, stoppen",
        "sv": "stoppa, avsluta, avregistrera",
        "da": "afmeld, frameld",
        "fi": "lopeta",
        "pl": "wypisz, rezygnuje, wypisz mnie",
        "cs": "odhlasit, zrusit",
        "ro": "dezabonare, opreste",
        "el": "σταματα, διαγραφη, στοπ",
        "ru": "стоп, отписаться, отписка, отпишите, хватит",
        "uk": "відписатися, відписка, зупинити",
        "tr": "dur, iptal, ret, aboneligi iptal et, durdur",
        "ar": "توقف, إلغاء, ايقاف, إيقاف, الغاء الاشتراك, إلغاء الاشتراك, قف",
        "he": "הסר, עצור, הסירו, הסרה, די",
        "fa": "توقف, لغو, لغو اشتراک",
        "hi": "रोकें, बंद करें, बंद, रुको",
        "bn": "বন্ধ, থামুন",
        "ur": "بند, بند کریں, روکیں",
        "id": "berhenti, henti, batal, berhenti berlangganan",
        "vi": "dung, dừng, huy, hủy, huy dang ky, hủy đăng ký, tu choi, từ chối",
        "th": "หยุด, ยกเลิก, เลิก",
        "tl": "itigil, hinto, tigil",
        "sw": "acha, simama, komesha",
        "zh": "退订, 退訂, 取消订阅, 取消訂閱, 停止, 拒收, 不要再发",
        "ja": "停止, 配信停止, 解除, 退会, ストップ, 中止",
        "ko": "중지, 수신거부, 그만, 수신 거부, 중단",
    }
)

OPT_IN_WORDS: Mapping[str, tuple[str, ...]] = _table(
    {
        "en": "start, resume, subscribe, unstop, opt in, optin",
        "fr": "demarrer, reprendre, abonner, sabonner",
        "es": "alta, iniciar, suscribir, reanudar, darme de alta",
        "pt": "iniciar, retomar, cadastrar, inscrever",
        "de": "anmelden, abonnieren, fortsetzen",
        "it": "inizia, iscrivimi, riprendi",
        "nl": "aanmelden, inschrijven",
        "sv": "starta, prenumerera",
        "pl": "zapisz, zapisz mnie, wznow",
        "ru": "старт, подписаться, возобновить",
        "uk": "підписатися, почати",
        "tr": "basla, abone ol",
        "ar": "ابدأ, اشتراك, استئناف",
        "he": "התחל, הרשמה",
        "hi": "शुरू, शुरू करें",
        "id": "mulai, langganan",
        "vi": "bat dau, bắt đầu, dang ky, đăng ký",
        "th": "เริ่ม, สมัคร",
        "zh": "订阅, 訂閱, 恢复, 开始, 恢復, 開始",
        "ja": "開始, 再開, 登録, スタート",
        "ko": "시작, 구독, 재개",
    }
)

_LONGEST_CHARACTERS = 64  # of a message that may still be nothing but such a phrase


def is_opt_out_text(text: str) -> bool:
    """Whether a whole message asks us to stop."""
    return len(text) <= _LONGEST_CHARACTERS and _normal(text) in _OPT_OUT


def is_opt_in_text(text: str) -> bool:
    """Whether a whole message asks us to write again."""
    return len(text) <= _LONGEST_CHARACTERS and _normal(text) in _OPT_IN


def _normal(text: str) -> str:
    """The text without case, accents, punctuation, symbols and needless spaces.

    Apostrophes vanish ("s'abonner"); everything else that is no letter or digit parts words.
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(_kept(character) for character in folded)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def _kept(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] in "LN" or category == "Mc":
        return character
    if category in ("Mn", "Me", "Cf") or character in "'’":
        return ""
    return " "


def _normal_words(words: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    return frozenset(_normal(word) for of_language in words.values() for word in of_language)


_OPT_OUT = _normal_words(OPT_OUT_WORDS)
_OPT_IN = _normal_words(OPT_IN_WORDS)
