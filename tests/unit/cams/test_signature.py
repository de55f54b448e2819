"""The two signatures, checked against requests that the official SDK has signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.cams.refusals import Refusal
from clarion.cams.request import RpcRequest, request_of
from clarion.cams.signature import Signature, check_signature, read_signature

SKEW = timedelta(minutes=15)
SIGNED_AT = datetime(2026, 11, 23, 19, 32, 2, tzinfo=UTC)

# Captured from the SDK with the secret "testsecret".
ACS3_QUERY = (
    b"ActivityDesc=d%2A~+x&ActivityName=Spring+sale+%E6%98%A5&BizCode=ALICOM_OPAAS&BizExtend=%7B%7D"
    b"&CronExpression=0+59+9+%2A%2F1+%2A+%3F&EndDate=2026-11-26+09%3A59%3A00&ExecutionType=1"
    b"&ParamFlag=Y&Params=%7B%22coupon%22%3A%22A%26B%3D1%22%7D&RelatedFlowCode=cf-abc"
    b"&RelatedFlowName=flow+a&RelatedGroupId=43&StartDate=2026-11-25+09%3A59%3A00"
)
ACS3_HEADERS = {
    "host": "127.0.0.1:18999",
    "x-acs-version": "2020-06-06",
    "x-acs-action": "AddMarketingFlow",
    "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2",
    "x-acs-date": "2026-11-23T19:32:02Z",
    "x-acs-signature-nonce": "13858ca6220080e26804b800b24e1c2b",
    "accept": "application/json",
    "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "x-acs-credentials-provider": "static_ak",
    "Authorization": "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=accept;host;user-agent;"
    "x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;"
    "x-acs-signature-nonce;x-acs-version,"
    "Signature=de7e898e0578db745aef073c5600c4cd7166daf995b04d4f0b779c8c22b250b9",
}


def captured(query: bytes = ACS3_QUERY, **changes: str) -> RpcRequest:
    headers = {**ACS3_HEADERS, **{name.replace("_", "-"): text for name, text in changes.items()}}
    return request_of(
        "POST", "/", query, [(n.encode(), v.encode()) for n, v in headers.items()], b""
    )


def verdict(request: RpcRequest, secret: str = "testsecret", at: datetime = SIGNED_AT) -> str:
    """The code of the refusal, or OK."""
    signature = read_signature(request)
    if isinstance(signature, Refusal):
        return signature.code
    refusal = check_signature(signature, secret, at, skew=SKEW)
    return refusal.code if refusal else "OK"


def test_a_request_of_the_sdk_is_recognised() -> None:
    signature = read_signature(captured())
    assert isinstance(signature, Signature)
    assert (signature.access_key_id, signature.action) == ("testid", "AddMarketingFlow")
    assert signature.signed_at == SIGNED_AT
    assert verdict(captured()) == "OK"


@pytest.mark.parametrize(
    ("minutes", "code"),
    [
        (-15, "OK"),
        (15, "OK"),
        (-15.1, "InvalidTimeStamp.Expired"),
        (15.1, "InvalidTimeStamp.Expired"),
    ],
)
def test_a_signature_grows_old(minutes: float, code: str) -> None:
    assert verdict(captured(), at=SIGNED_AT + timedelta(minutes=minutes)) == code


@pytest.mark.parametrize(
    "request_",
    [
        captured(ACS3_QUERY + b"&OwnerId=1"),
        captured(ACS3_QUERY.replace(b"43", b"44")),
        captured(x_acs_action="DeleteMarketingFlow"),
        captured(x_acs_date="2026-11-23T19:32:03Z"),
        captured(x_acs_signature_nonce="23858ca6220080e26804b800b24e1c2b"),
        captured(host="other"),
        replace(captured(), method="GET"),
        replace(captured(), path="/other"),
        replace(captured(), body=b"x"),
    ],
)
def test_whatever_is_changed_afterwards_breaks_the_signature(request_: RpcRequest) -> None:
    assert verdict(request_) == "SignatureDoesNotMatch"


def test_a_wrong_secret_breaks_the_signature() -> None:
    assert verdict(captured(), secret="testsecreu") == "SignatureDoesNotMatch"


@given(
    st.dictionaries(st.text(max_size=8), st.text(max_size=40), max_size=6), st.binary(max_size=20)
)
def test_no_request_makes_the_reader_fail(headers: dict[str, str], body: bytes) -> None:
    named = (
        "Authorization",
        "x-acs-date",
        "x-acs-content-sha256",
        "host",
        "Signature",
        "Timestamp",
    )
    pairs = [
        (name.encode("latin-1", "replace"), text.encode("latin-1", "replace"))
        for name, text in zip(named, headers.values(), strict=False)
    ]
    request = request_of("POST", "/", body, pairs, body)
    assert isinstance(read_signature(request), Refusal)


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_authorization_header_makes_the_reader_fail(rest: str, signature: str) -> None:
    header = f"ACS3-HMAC-SHA256 Credential={rest},SignedHeaders={rest},Signature={signature}"
    assert verdict(
        captured(Authorization=header.encode("latin-1", "replace").decode("latin-1"))
    ) in (
        "IncompleteSignature",
        "SignatureDoesNotMatch",
    )
