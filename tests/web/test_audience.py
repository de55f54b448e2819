"""Stories of contacts, groups and imports over the REST API."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from clarion.domain.identity import Role
from clarion.services.import_runs import run_import
from clarion.services.place import Place
from clarion.services.scope import Scope

API = "/api/v1"
ANN = "+8613800138001"


@pytest.fixture
async def author(as_role: Callable[..., Any]) -> httpx.AsyncClient:
    return await as_role(Role.AUTHOR)


async def made(client: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"{API}{path}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_contact_is_made_found_changed_and_deleted(author: httpx.AsyncClient) -> None:
    ann = await made(
        author,
        "/contacts",
        name="Ann",
        phone="138 0013 8001",
        country="中国",
        attributes={"city": "Xi'an", "points": 12},
        group_names=["VIP"],
    )
    assert (ann["phone"], ann["country"]) == (ANN, "CN")
    assert [group["name"] for group in ann["groups"]] == ["VIP"]
    for query in ("text=ann", "text=138001", "attribute=city:Xi'an", "attribute=points:12"):
        found = (await author.get(f"{API}/contacts?{query}")).json()
        assert [one["id"] for one in found["items"]] == [ann["id"]], query
    nobody = (await author.get(f"{API}/contacts?attribute=city:Rome")).json()
    assert nobody == {"items": [], "next_cursor": None, "total_count": None}
    changes = {"name": "Anna", "email": None, "attributes": {"points": None, "size": "L"}}
    changed = (await author.patch(f"{API}/contacts/{ann['id']}", json=changes)).json()
    assert (changed["name"], changed["phone"]) == ("Anna", ANN)
    assert changed["attributes"] == {"city": "Xi'an", "size": "L"}
    assert (await author.delete(f"{API}/contacts/{ann['id']}")).status_code == 204
    gone = await author.get(f"{API}/contacts/{ann['id']}")
    assert (gone.status_code, gone.json()["code"]) == (404, "contact.not_found")


@pytest.mark.parametrize(
    ("body", "status", "code", "path"),
    [
        ({}, 422, "contact.no_address", None),
        ({"phone": "138 0013 8001"}, 422, "contact.phone_invalid", "phone"),
        ({"phone": ANN}, 409, "contact.address_taken", None),
        ({"phone": "+8613800138009", "email": "a@b"}, 422, "request.invalid", "email"),
        ({"phone": "+8613800138009", "zone": "Mars"}, 422, "request.invalid", "zone"),
        ({"phone": "+8613800138009", "group_ids": [99]}, 404, "group.not_found", None),
        ({"phone": "+8613800138009", "name": "\x00"}, 422, "request.invalid", None),
    ],
)
async def test_what_cannot_be_a_contact_is_refused_with_the_reason(
    author: httpx.AsyncClient, body: dict[str, Any], status: int, code: str, path: str | None
) -> None:
    await made(author, "/contacts", phone=ANN)
    answer = await author.post(f"{API}/contacts", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    if path is not None:
        assert [error["path"] for error in problem["errors"]] == [path]


async def test_a_contact_without_a_phone_keeps_its_last_address(author: httpx.AsyncClient) -> None:
    address = {"channel": "whatsapp", "kind": "bsuid", "value": "US.134912"}
    ann = await made(author, "/contacts", name="Ann", addresses=[address])
    assert ann["phone"] is None
    (only,) = ann["addresses"]
    refused = await author.delete(f"{API}/contacts/{ann['id']}/addresses/{only['id']}")
    assert refused.json()["code"] == "contact.no_address"
    taken = await author.post(f"{API}/contacts", json={"name": "Bo", "addresses": [address]})
    assert (taken.status_code, taken.json()["code"]) == (409, "contact.address_taken")
    await author.patch(f"{API}/contacts/{ann['id']}", json={"phone": ANN})
    freed = await author.delete(f"{API}/contacts/{ann['id']}/addresses/{only['id']}")
    assert (freed.status_code, freed.json()["addresses"]) == (200, [])
    again = await author.post(f"{API}/contacts/{ann['id']}/addresses", json=address)
    assert again.json()["addresses"][0]["value"] == "US.134912"


async def test_nobody_is_left_without_a_group(author: httpx.AsyncClient) -> None:
    vip = await made(author, "/groups", name="VIP")
    other = await made(author, "/groups", name="Other")
    ann = await made(author, "/contacts", phone=ANN, group_ids=[vip["id"]])
    bo = await made(author, "/contacts", phone="+8613800138002", group_names=["VIP", "Other"])
    both = [ann["id"], bo["id"]]

    async def regroup(change: str, *group_ids: int) -> httpx.Response:
        body = {"contact_ids": both, "group_ids": list(group_ids), "change": change}
        return await author.post(f"{API}/contacts/groups", json=body)

    refused = await regroup("remove", vip["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "contact.last_group")
    assert refused.json()["details"] == {"contact_ids": [ann["id"]]}
    assert (await author.get(f"{API}/groups/{vip['id']}")).json()["contact_count"] == 2
    assert (await regroup("replace")).json()["code"] == "contact.last_group"
    assert (await regroup("replace", other["id"])).status_code == 204
    listed = (await author.get(f"{API}/groups")).json()["items"]
    assert {group["name"]: group["contact_count"] for group in listed} == {"VIP": 0, "Other": 2}


async def test_a_group_that_a_campaign_uses_cannot_be_deleted(
    author: httpx.AsyncClient, place: Place, scope: Scope
) -> None:
    vip = await made(author, "/groups", name="VIP")
    flow_id = await place.pool.fetchval(
        "INSERT INTO flows (workspace_id, name, trigger_kind, draft) VALUES ($1, 'F', 'manual', '{}') RETURNING id",
        scope.workspace_id,
    )
    await place.pool.execute(
        "INSERT INTO campaigns (code, workspace_id, name, status, flow_id, include_group_ids, exclude_group_ids,"
        " start_at, end_at, plan) VALUES ('C1', $1, 'Spring', 'pending', $2, '{}', ARRAY[$3::bigint],"
        " now(), now() + interval '1 day', '{}')",
        scope.workspace_id,
        flow_id,
        vip["id"],
    )
    refused = await author.delete(f"{API}/groups/{vip['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "group.in_use")
    assert [one["name"] for one in refused.json()["details"]["campaigns"]] == ["Spring"]
    await place.pool.execute("UPDATE campaigns SET status = 'ended'")
    assert (await author.delete(f"{API}/groups/{vip['id']}")).json() == {"moved_count": 0}


async def test_the_group_of_the_ungrouped_belongs_to_the_system(author: httpx.AsyncClient) -> None:
    ann = await made(author, "/contacts", phone=ANN)
    (ungrouped,) = ann["groups"]
    for answer in (
        await author.delete(f"{API}/groups/{ungrouped['id']}"),
        await author.patch(f"{API}/groups/{ungrouped['id']}", json={"name": "Mine"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "group.is_system")


async def test_group_names_are_unique_and_can_be_asked_for(author: httpx.AsyncClient) -> None:
    vip = await made(author, "/groups", name=" VIP ")
    await made(author, "/groups", name="Other")
    assert (await author.get(f"{API}/groups/exists", params={"name": "VIP"})).json() == {
        "exists": True
    }
    again = await author.post(f"{API}/groups", json={"name": "VIP"})
    renamed = await author.patch(f"{API}/groups/{vip['id']}", json={"name": "Other"})
    assert again.json()["code"] == renamed.json()["code"] == "group.name_taken"
    renamed = await author.patch(f"{API}/groups/{vip['id']}", json={"name": "Very important"})
    assert renamed.json()["name"] == "Very important"
    found = (await author.get(f"{API}/groups", params={"name": "IMPORT"})).json()["items"]
    assert [group["name"] for group in found] == ["Very important"]


async def test_consent_has_a_present_and_a_past(author: httpx.AsyncClient, place: Place) -> None:
    ann = await made(author, "/contacts", phone=ANN)
    path = f"{API}/contacts/{ann['id']}/consents"
    epoch = await place.pool.fetchval("SELECT epoch FROM control_epochs")
    await author.put(f"{path}/whatsapp", json={"state": "opted_in", "reason": "signed a form"})
    assert await place.pool.fetchval("SELECT epoch FROM control_epochs") == epoch
    await author.put(f"{path}/whatsapp", json={"state": "opted_out"})
    assert await place.pool.fetchval("SELECT epoch FROM control_epochs") == epoch + 1
    told = (await author.get(path)).json()
    assert [one["state"] for one in told["consents"]] == ["opted_out"]
    assert [one["state"] for one in told["history"]] == ["opted_out", "opted_in"]
    assert told["history"][1]["reason"] == "signed a form"
    for state, count in (("opted_out", 1), ("opted_in", 0), ("none", 0)):
        listed = await author.get(f"{API}/contacts", params={"consent_state": state})
        assert len(listed.json()["items"]) == count


async def test_lists_are_paged_and_filters_go_with_them(author: httpx.AsyncClient) -> None:
    ids = [
        (
            await made(
                author,
                "/contacts",
                phone=f"+86138001380{i:02}",
                group_names=["Even" if i % 2 == 0 else "Odd"],
            )
        )["id"]
        for i in range(7)
    ]
    even = next(
        group["id"]
        for group in (await author.get(f"{API}/groups")).json()["items"]
        if group["name"] == "Even"
    )
    for query, expected in (({}, ids), ({"group_id": even}, ids[::2])):
        seen: list[int] = []
        cursor: str | None = None
        while True:
            params = {**query, "limit": 3, **({"cursor": cursor} if cursor else {})}
            page = (await author.get(f"{API}/contacts", params=params)).json()
            seen += [one["id"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == expected
    deleted = await author.post(f"{API}/contacts/delete", json={"contact_ids": [*ids[:3], 10**9]})
    assert deleted.json() == {"deleted_count": 3}


async def test_an_upload_is_watched_reported_and_exported_again(
    author: httpx.AsyncClient, place: Place
) -> None:
    content = "姓名,手机,城市\n张三,13800138001,=1+1\n李四,?,上海\n王五,+34600000000,@x\n".encode(
        "gb18030"
    )
    answer = await author.post(
        f"{API}/imports",
        files={"file": ("名单.csv", content)},
        data={
            "default_country": "CN",
            "group_names": ["Shop"],
            "mapping": '{"城市": "attributes.city"}',
        },
    )
    assert answer.status_code == 201, answer.text
    path = f"{API}/imports/{answer.json()['id']}"
    assert (answer.json()["status"], answer.json()["file_name"]) == ("waiting", "名单.csv")
    await run_import(place.pool, answer.json()["id"], clock=place.clock)
    report = (await author.get(path)).json()
    assert report["status"] == "finished"
    counts = report["counts"]
    assert (counts["added_count"], counts["rejected_count"]) == (2, 1)
    (rejection,) = (await author.get(f"{path}/rejections")).json()["items"]
    assert (rejection["row_number"], rejection["column_name"]) == (3, "手机")
    assert rejection["raw"] == ["李四", "?", "上海"]
    download = await author.get(f"{path}/rejections.csv")
    assert download.headers["content-type"].startswith("text/csv")
    assert "李四" in download.text
    (group,) = (await author.get(f"{API}/groups")).json()["items"]
    export = await author.get(f"{API}/contacts/export.csv", params={"group_id": group["id"]})
    rows = list(csv.reader(io.StringIO(export.content.decode("utf-8-sig"))))
    assert rows[0] == [
        "phone",
        "name",
        "country",
        "email",
        "remark",
        "language",
        "zone",
        "opted out",
        "city",
    ]
    assert sorted((row[0], row[1], row[-1]) for row in rows[1:]) == [
        ("+34600000000", "王五", "'@x"),
        (ANN, "张三", "'=1+1"),
    ]
    back = await author.post(f"{API}/imports", files={"file": ("again.csv", export.content)})
    await run_import(place.pool, back.json()["id"], clock=place.clock)
    counts = (await author.get(f"{API}/imports/{back.json()['id']}")).json()["counts"]
    assert (counts["updated_count"], counts["rejected_count"]) == (2, 0)
    found = (await author.get(f"{API}/contacts", params={"attribute": "city:=1+1"})).json()["items"]
    assert [one["name"] for one in found] == ["张三"]


async def test_an_upload_with_a_bad_mapping_or_group_is_refused_at_once(
    author: httpx.AsyncClient,
) -> None:
    for data, code in (
        ({"mapping": "[1]"}, "request.invalid"),
        ({"default_country": "Atlantis"}, "request.invalid"),
        ({"group_ids": ["99"]}, "group.not_found"),
    ):
        answer = await author.post(
            f"{API}/imports", files={"file": ("a.csv", b"phone\n")}, data=data
        )
        assert answer.json()["code"] == code
    assert (await author.get(f"{API}/imports")).json()["items"] == []
    missing = await author.get(f"{API}/imports/1/rejections.csv")
    assert (missing.status_code, missing.json()["code"]) == (404, "import.not_found")


async def test_a_workspace_sees_nothing_of_another(
    author: httpx.AsyncClient, as_role: Callable[..., Any], other_scope: Scope
) -> None:
    ann = await made(author, "/contacts", phone=ANN, group_names=["VIP"])
    group_id = ann["groups"][0]["id"]
    upload = await author.post(f"{API}/imports", files={"file": ("a.csv", b"phone\n")})
    stranger = await as_role(Role.ADMIN, other_scope)
    for path in ("/contacts", f"/contacts?group_id={group_id}", "/groups", "/imports"):
        assert (await stranger.get(API + path)).json()["items"] == []
    for path in (
        f"/contacts/{ann['id']}",
        f"/contacts/{ann['id']}/consents",
        f"/contacts/export.csv?group_id={group_id}",
        f"/groups/{group_id}",
        f"/imports/{upload.json()['id']}",
        f"/imports/{upload.json()['id']}/rejections",
    ):
        assert (await stranger.get(API + path)).status_code == 404, path
    body = {"contact_ids": [ann["id"]], "group_ids": [group_id], "change": "add"}
    assert (await stranger.post(f"{API}/contacts/groups", json=body)).status_code == 404
    deleted = await stranger.post(f"{API}/contacts/delete", json={"contact_ids": [ann["id"]]})
    assert deleted.json() == {"deleted_count": 0}
    assert (await stranger.post(f"{API}/contacts", json={"phone": ANN})).status_code == 201


async def test_a_viewer_reads_and_changes_nothing(
    author: httpx.AsyncClient, as_role: Callable[..., Any]
) -> None:
    ann = await made(author, "/contacts", phone=ANN)
    viewer = await as_role(Role.VIEWER)
    assert (await viewer.get(f"{API}/contacts/{ann['id']}")).status_code == 200
    for answer in (
        await viewer.post(f"{API}/contacts", json={"phone": "+8613800138009"}),
        await viewer.patch(f"{API}/contacts/{ann['id']}", json={"name": "x"}),
        await viewer.delete(f"{API}/contacts/{ann['id']}"),
        await viewer.post(f"{API}/groups", json={"name": "x"}),
        await viewer.post(f"{API}/imports", files={"file": ("a.csv", b"phone\n")}),
        await viewer.put(
            f"{API}/contacts/{ann['id']}/consents/whatsapp", json={"state": "opted_out"}
        ),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")


async def test_a_file_is_looked_at_before_it_is_imported(author: httpx.AsyncClient) -> None:
    content = "Mobile;Name;Town\n+8613800138001;Ann;Berlin\n+8613800138002;Bob\n"
    peeked = await author.post(f"{API}/imports/peek", files={"file": ("a.csv", content.encode())})
    assert peeked.json() == {
        "columns": [
            {"header": "Mobile", "target": "phone"},
            {"header": "Name", "target": "name"},
            {"header": "Town", "target": "attributes.Town"},
        ],
        "rows": [["+8613800138001", "Ann", "Berlin"], ["+8613800138002", "Bob", ""]],
    }

    # A file whose columns nobody knows is shown all the same, so that a person can tell.
    unknown = await author.post(f"{API}/imports/peek", files={"file": ("b.csv", b"a,b\n1,2\n")})
    assert [one["target"] for one in unknown.json()["columns"]] == ["attributes.a", "attributes.b"]
    mapped = await author.post(
        f"{API}/imports/peek",
        files={"file": ("b.csv", b"a,b\n1,2\n")},
        data={"mapping": '{"a": "phone", "b": "-"}'},
    )
    assert [one["target"] for one in mapped.json()["columns"]] == ["phone", "-"]
    empty = await author.post(f"{API}/imports/peek", files={"file": ("c.csv", b"")})
    assert (empty.status_code, empty.json()["code"]) == (422, "import.file_unreadable")
    assert (await author.get(f"{API}/imports")).json()["items"] == []
