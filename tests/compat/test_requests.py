"""Requests that are refused before anything is done, and the ways in which they may be made."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from alibabacloud_cams20200606 import models
from alibabacloud_tea_openapi.exceptions import ClientException, ServerException
from yarl import URL

from clarion.cams.endpoint import RpcEndpoint
from clarion.commands.serve import Running
from clarion.domain.identity import Role
from clarion.services.keys import NewKey, revoke_key
from clarion.services.place import open_place
from clarion.services.scope import Scope
from clarion.store.pool import transaction
from clarion.web.app import create_app
from clarion.web.errors import translate
from clarion.web.limits import RateLimits
from clarion.web.server import listen_on, serving

from .conftest import FLOW, Cams, client_of
from .signing import Signer

Send = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
def signer(server: Running, key: NewKey) -> Callable[..., Signer]:
    """Makes signers with this key, for now."""

    def make(**changes: Any) -> Signer:
        assert server.origin is not None
        right = {
            "access_key_id": key.key.access_key_id,
            "secret": key.access_key_secret,
            "host": server.origin.removeprefix("http://"),
            "at": server.place.clock(),
        }
        return Signer(**{**right, **changes})

    return make


@pytest.fixture
async def send(server: Running) -> AsyncIterator[Send]:
    """Sends a request as it is given, and reads the answer."""
    async with aiohttp.ClientSession() as http:

        async def sent(
            query: dict[str, str],
            headers: dict[str, str] | None = None,
            method: str = "POST",
            form: dict[str, str] | None = None,
        ) -> tuple[int, dict[str, Any]]:
            url = URL(f"{server.origin}/?{urlencode(query)}", encoded=True)
            async with http.request(method, url, headers=headers, data=form) as response:
                return response.status, await response.json()

        yield sent


async def refusal_of(cams: Cams, operation: str, /, **parameters: Any) -> ClientException:
    with pytest.raises(ClientException) as caught:
        await cams(operation, **parameters)
    error: ClientException = caught.value
    assert {"Code", "Message", "RequestId", "HostId", "Recommend"} <= set(error.data)
    assert error.data["RequestId"]
    return error


async def test_the_old_signature_is_understood(server: Running, key: NewKey) -> None:
    assert server.origin is not None
    old = Cams(
        client_of(
            server.origin,
            key.key.access_key_id,
            key.access_key_secret,
            signature_algorithm="v2",
        )
    )
    made = await old.done("AddGroup", group_name="VIP ~* 春 & more")
    (group,) = (await old.done("ListAllGroups"))["Data"]
    assert (group["Id"], group["GroupName"]) == (made["Data"], "VIP ~* 春 & more")
    text = json.dumps({**FLOW, "description": "春" * 900})
    await old.done("CreateChatFlowByImport", flow_view_model=text)


async def test_the_asynchronous_twins_work(cams: Cams) -> None:
    made = await cams.client.add_group_async(models.AddGroupRequest(group_name="VIP ~* 春 + &"))
    listed = await cams.client.list_all_groups_async(models.ListAllGroupsRequest())
    (group,) = listed.body.to_map()["Data"]
    assert (group["Id"], group["GroupName"]) == (made.body.data, "VIP ~* 春 + &")
    ends = [{"id": f"end{n}", "kind": "end", "label": "春天" * 100} for n in range(380)]
    text = json.dumps({**FLOW, "nodes": [*FLOW["nodes"], *ends]}, ensure_ascii=False)
    request = models.CreateChatFlowByImportRequest(flow_view_model=text)
    imported = await cams.client.create_chat_flow_by_import_async(request)
    assert imported.body.to_map()["Success"] is True


@pytest.mark.parametrize("algorithm", ["v3", "v2"])
async def test_a_wrong_secret_opens_nothing(
    server: Running, key: NewKey, scope: Scope, algorithm: str
) -> None:
    assert server.origin is not None
    options = {} if algorithm == "v3" else {"signature_algorithm": algorithm}
    for identity, secret, code, status in (
        (key.key.access_key_id, "wrong", "SignatureDoesNotMatch", 400),
        ("nobody", key.access_key_secret, "InvalidAccessKeyId.NotFound", 404),
    ):
        stranger = Cams(client_of(server.origin, identity, secret, **options))
        error = await refusal_of(stranger, "AddGroup", group_name="VIP")
        assert (error.code, error.status_code) == (code, status)
    async with transaction(server.place.pool) as connection:
        # An unproved request leaves no trace, not even of the key's last use.
        assert await connection.fetchval("SELECT count(*) FROM groups") == 0
        assert await connection.fetchval("SELECT count(*) FROM cams_nonces") == 0
        assert await connection.fetchval("SELECT count(last_used_at) FROM keys") == 0


async def test_a_revoked_key_is_unknown(
    cams: Cams, server: Running, key: NewKey, scope: Scope
) -> None:
    await cams.done("ListAllGroups")
    async with transaction(server.place.pool) as connection:
        await revoke_key(connection, scope, key.key.id)
    error = await refusal_of(cams, "ListAllGroups")
    assert error.code == "InvalidAccessKeyId.NotFound"


async def test_a_key_may_do_what_its_role_allows(
    server: Running, new_key: Callable[..., Awaitable[NewKey]], wish: dict[str, Any]
) -> None:
    assert server.origin is not None
    viewer = await new_key(Role.VIEWER)
    cams = Cams(client_of(server.origin, viewer.key.access_key_id, viewer.access_key_secret))
    assert (await cams.done("ListMarketingFlow"))["TotalCount"] == 0
    error = await refusal_of(cams, "AddMarketingFlow", **wish)
    assert (error.code, error.status_code) == ("Authentication.NoAuth", 403)
    assert "publisher" in error.data["Message"]


async def test_a_request_is_accepted_once(send: Send, signer: Callable[..., Signer]) -> None:
    headers = signer().acs3("AddGroup", {"GroupName": "VIP"})
    assert (await send({"GroupName": "VIP"}, headers))[1]["Code"] == "OK"
    status, answer = await send({"GroupName": "VIP"}, headers)
    assert (status, answer["Code"]) == (400, "SignatureNonceUsed")
    old = signer().old("ListAllGroups", {})
    assert (await send(old))[1]["Code"] == "OK"
    assert (await send(old))[1]["Code"] == "SignatureNonceUsed"


async def test_of_the_same_request_at_the_same_moment_one_is_accepted(
    send: Send, signer: Callable[..., Signer]
) -> None:
    headers = signer().acs3("AddGroup", {"GroupName": "VIP"})
    answers = await asyncio.gather(*(send({"GroupName": "VIP"}, headers) for _ in range(8)))
    assert sorted(answer["Code"] for _, answer in answers) == ["OK", *["SignatureNonceUsed"] * 7]


async def test_the_clocks_may_differ_by_a_quarter_of_an_hour(
    send: Send, signer: Callable[..., Signer], server: Running
) -> None:
    now = server.place.clock()
    for minutes, code in (
        (-16, "InvalidTimeStamp.Expired"),
        (-14, "OK"),
        (14, "OK"),
        (16, "InvalidTimeStamp.Expired"),
    ):
        at = now + timedelta(minutes=minutes)
        _, answer = await send({}, signer(at=at).acs3("ListAllGroups", {}))
        assert answer["Code"] == code, minutes
        _, answer = await send(signer(at=at).old("ListAllGroups", {}))
        assert answer["Code"] == code, minutes


async def test_what_was_signed_cannot_be_changed(send: Send, signer: Callable[..., Signer]) -> None:
    headers = signer().acs3("AddGroup", {"GroupName": "VIP"})
    _, answer = await send({"GroupName": "Others"}, headers)
    assert answer["Code"] == "SignatureDoesNotMatch"
    _, answer = await send({"GroupName": "VIP"}, {**headers, "x-acs-action": "DeleteGroupById"})
    assert answer["Code"] == "SignatureDoesNotMatch"
    _, answer = await send({"GroupName": "VIP"}, headers, form={"GroupName": "Others"})
    assert answer["Code"] == "SignatureDoesNotMatch"
    # The headers of the old signature are not signed, so they choose nothing.
    old = signer().old("ListAllGroups", {})
    _, answer = await send(old, {"x-acs-action": "AddGroup", "x-acs-version": "1"})
    assert (answer["Code"], answer["Data"]) == ("OK", [])


async def test_requests_may_be_gets_and_forms(send: Send, signer: Callable[..., Signer]) -> None:
    parameters = {"GroupName": "VIP + 春"}
    headers = signer().acs3("GetGroupExist", parameters, method="GET")
    assert (await send(parameters, headers, method="GET"))[1]["Data"] == "false"
    _, answer = await send(signer().old("GetGroupExist", parameters, method="GET"), method="GET")
    assert answer["Data"] == "false"
    form = signer().old("AddGroup", parameters)
    assert (await send({}, form=form))[1]["Code"] == "OK"
    body = urlencode(parameters).encode()
    headers = signer().acs3("GetGroupExist", {}, body=body)
    assert (await send({}, headers, form=parameters))[1]["Data"] == "true"


async def test_other_spellings_of_the_misspelt_names_are_understood(
    send: Send, signer: Callable[..., Signer]
) -> None:
    for name in ("PauseMarketingFLow", "PauseMarketingFlow", "DeleteMarketingFLow"):
        _, answer = await send(signer().old(name, {"ActivityCode": "none"}))
        assert answer["Code"] == "Activity.NotExist", name


async def test_unreadable_requests_are_told_why(send: Send, signer: Callable[..., Signer]) -> None:
    good = signer().acs3("ListAllGroups", {})
    unsigned = {**good, "Authorization": good["Authorization"].replace("x-acs-date;", "")}
    for query, headers, code in (
        ({}, {}, "MissingAccessKeyId"),
        ({"Action": "ListAllGroups"}, {}, "MissingAccessKeyId"),
        ({}, {**good, "Authorization": "Bearer x"}, "IncompleteSignature"),
        ({}, unsigned, "IncompleteSignature"),
        (
            {},
            {**good, "Authorization": good["Authorization"].replace("SHA256", "SM3", 1)},
            "SignatureMethodNotSupported",
        ),
        ({}, {**good, "x-acs-date": "yesterday"}, "InvalidTimeStamp.Format"),
        ({"Signature": "x"}, {}, "IncompleteSignature"),
        (signer(version="2099-01-01").old("ListAllGroups", {}), {}, "InvalidVersion"),
        (signer().old("MakeMoney", {}), {}, "InvalidAction.NotFound"),
        (signer().old("", {}), {}, "InvalidAction.NotFound"),
        ({f"p{number}": "" for number in range(1_001)}, {}, "InvalidParameter"),
        ({**signer().old("ListAllGroups", {}), "Signature": "é"}, {}, "SignatureDoesNotMatch"),
    ):
        status, answer = await send(query, headers)
        assert answer["Code"] == code, (headers, answer)
        assert 400 <= status < 500


async def test_parameters_are_asked_for_and_read_by_their_kind(cams: Cams) -> None:
    for name, parameters, code in (
        ("AddGroup", {}, "MissingGroupName"),
        ("AddGroup", {"group_name": ""}, "MissingGroupName"),
        ("AddContacts", {"groups": "1"}, "MissingNeedUpdate"),
        ("AddContacts", {"groups": "1", "need_update": "perhaps"}, "InvalidParameter.NeedUpdate"),
        ("DeleteContacts", {"contact_name": "Li"}, "MissingContactDetails"),
        (
            "ModifyChatappTemplateProperties",
            {
                "cust_space_id": "c",
                "language": "en",
                "template_code": "x",
                "template_type": "WHATSAPP",
            },
            "MissingAllowSend",
        ),
        ("ListMarketingFlow", {"related_group_id": "x"}, "InvalidParameter.RelatedGroupId"),
        ("ListMarketingFlow", {"activity_status": "x"}, "InvalidParameter.ActivityStatus"),
        ("PauseMarketingFLow", {}, "MissingActivityCode"),
        ("MoveContactToGroup", {"contacts": "[1]"}, "MissingLinkExistGroups"),
        (
            "CreateChatFlow",
            {"title": "x", "flow_trigger_type": "x"},
            "InvalidParameter.FlowTriggerType",
        ),
        ("ListChatFlow", {"flow_status": "x"}, "InvalidParameter.FlowStatus"),
        ("GetChatappTemplateDetail", {"language": "en"}, "MissingTemplateCode"),
    ):
        error = await refusal_of(cams, name, **parameters)
        assert (error.code, error.status_code) == (code, 400), (name, parameters)


async def test_wrong_dates_and_flags_of_a_campaign_are_unreadable(
    cams: Cams, wish: dict[str, Any]
) -> None:
    for fault, code in (
        ({"start_date": "tomorrow"}, "InvalidParameter.StartDate"),
        ({"end_date": "2026-13-01 00:00:00"}, "InvalidParameter.EndDate"),
        ({"param_flag": "maybe"}, "InvalidParameter.ParamFlag"),
    ):
        assert (await refusal_of(cams, "AddMarketingFlow", **{**wish, **fault})).code == code


async def test_an_operation_without_counterpart_names_the_alternative(cams: Cams) -> None:
    error = await refusal_of(cams, "CreateMessageCampaign", name="Spring")
    assert (error.code, error.status_code) == ("UnsupportedOperation", 400)
    assert "managed at Meta" in error.data["Message"]


async def test_a_person_who_opens_the_same_address_sees_the_console(server: Running) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{server.origin}/") as response:
        assert response.status == 200
        assert response.content_type == "text/html"


async def test_an_address_without_end_is_refused(server: Running) -> None:
    assert server.origin is not None
    host, _, port = server.origin.removeprefix("http://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /?x=" + b"a" * (5 * 1024 * 1024) + b" HTTP/1.1\r\n\r\n")
    answer = b""
    with contextlib.suppress(ConnectionError):  # it answers, and reads no more
        answer = await reader.read()
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400")
    writer.close()


async def test_a_key_that_asks_too_often_is_told_to_wait(server: Running, key: NewKey) -> None:
    rates = RateLimits(rate_per_second=0.001, burst_count=2)
    rpc = RpcEndpoint(
        server.place, translate=translate, admit=lambda subject: rates.admit(subject, 0.0)
    )
    with contextlib.closing(listen_on("127.0.0.1", 0)) as listener:
        async with serving(create_app(server.place, rpc=rpc), listener) as origin:
            cams = Cams(client_of(origin, key.key.access_key_id, key.access_key_secret))
            for _ in range(2):
                await cams.done("ListAllGroups")
            assert (await refusal_of(cams, "ListAllGroups")).code == "Throttling.User"


async def test_a_lost_database_is_our_fault_and_worth_a_repeat(
    server: Running, key: NewKey
) -> None:
    settings, url = server.place.settings, server.database_url
    with contextlib.closing(listen_on("127.0.0.1", 0)) as listener:
        async with open_place(settings, url) as place:
            rpc = RpcEndpoint(place, translate=translate, admit=lambda _: None)
            async with serving(create_app(place, rpc=rpc), listener) as origin:
                cams = Cams(client_of(origin, key.key.access_key_id, key.access_key_secret))
                await cams.done("ListAllGroups")
                await place.pool.close()
                with pytest.raises(ServerException) as caught:
                    await cams("ListAllGroups")
    assert (caught.value.code, caught.value.status_code) == ("ServiceUnavailable", 503)
