from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.domain.errors import ClarionError
from clarion.store.secrets import Sealer

SEALER = Sealer("a secret key of the house")


@given(st.text(), st.text())
def test_what_was_sealed_opens_again(secret: str, context: str) -> None:
    assert SEALER.open(SEALER.seal(secret, context=context), context=context) == secret


def test_the_same_secret_is_sealed_differently_each_time() -> None:
    assert SEALER.seal("token", context="sender:1") != SEALER.seal("token", context="sender:1")


def sealed_with(key: str = "a secret key of the house") -> str:
    return Sealer(key).seal("EAAG-token", context="sender:1")


@pytest.mark.parametrize(
    ("sealed", "context", "why"),
    [
        (sealed_with("another key"), "sender:1", "another key"),
        (sealed_with(), "sender:2", "damaged, or belongs to another place"),
        (sealed_with()[:-8] + "AAAAAAAA", "sender:1", "damaged"),
        (sealed_with() + "!", "sender:1", "damaged"),
        ("v2" + sealed_with()[2:], "sender:1", "format"),
        ("", "sender:1", "format"),
    ],
    ids=["other key", "other place", "damaged", "not base64", "other format", "empty"],
)
def test_what_cannot_be_opened_says_why_and_shows_nothing(
    sealed: str, context: str, why: str
) -> None:
    with pytest.raises(ClarionError, match=why) as caught:
        SEALER.open(sealed, context=context)
    assert caught.value.code == "secret.unreadable"
    assert "EAAG" not in str(caught.value)
