"""A person who says no more is heard in any language; one who talks about stopping is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.domain.opt_out import OPT_IN_WORDS, OPT_OUT_WORDS, is_opt_in_text, is_opt_out_text

ALL_OUT = sorted({word for words in OPT_OUT_WORDS.values() for word in words})
ALL_IN = sorted({word for words in OPT_IN_WORDS.values() for word in words})


@pytest.mark.parametrize(
    "text",
    ["STOP", "Stop!", " *stop* ", "«Stop»", "stop 🛑", "Unsubscribe.", "opt-out", "Arrêt", "ARRETER",
     "СТОП", "Отписаться", "BAJA", "退订", "退訂。", "TD", "İptal", "बंद करें", "หยุด", "Hủy", "수신거부",
     "ＳＴＯＰ", "s'désabonner".removeprefix("s'")],
)  # fmt: skip
def test_these_mean_stop(text):
    assert is_opt_out_text(text)
    assert not is_opt_in_text(text)


@pytest.mark.parametrize(
    "text",
    ["", "!", "don't stop", "stop by tomorrow", "nonstop", "Peru", "no", "n", "I want to cancel it", "stop " * 100, "👍"],
)  # fmt: skip
def test_these_do_not(text):
    assert not is_opt_out_text(text)


@pytest.mark.parametrize("text", ["START", "Resume!", "старт", "订阅", "Alta", "S'abonner"])
def test_these_mean_again(text):
    assert is_opt_in_text(text)
    assert not is_opt_out_text(text)


def test_no_word_means_both():
    assert not [word for word in ALL_OUT if is_opt_in_text(word)]
    assert not [word for word in ALL_IN if is_opt_out_text(word)]


@given(st.sampled_from(ALL_OUT), st.text(alphabet=" .,!?*_~\n\t…。！🛑", max_size=8))
def test_case_and_decoration_do_not_matter(word, decoration):
    for text in (word, word.upper(), word.title()):
        assert is_opt_out_text(decoration + text + decoration)


@given(st.text())
def test_any_text_has_an_answer(text):
    assert not (is_opt_out_text(text) and is_opt_in_text(text))
