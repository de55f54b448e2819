"""Files are put to addresses of this server, in place of an object store."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from clarion.commands.serve import Running

from .conftest import Cams


@pytest.mark.parametrize("has_worker", [True])
async def test_a_file_of_contacts_arrives_by_its_own_address(cams: Cams, server: Running) -> None:
    given = (await cams.done("GeneratePresignedUrl", file_path="spring list.csv"))["Data"]["Url"]
    file = b"phone,name\n+8613012345678,Li Hua\n+8613012345679,Wang\n"
    async with aiohttp.ClientSession() as http:
        async with http.put(given, data=file) as answer:
            assert (answer.status, await answer.json()) == (200, {"byte_count": len(file)})
        async with http.put(given, data=file) as again:  # an address takes one file
            assert again.status == 404
    group = (await cams.done("AddGroup", group_name="VIP", file_path=given))["Data"]
    async with asyncio.timeout(60):
        while (
            await server.place.pool.fetchval(
                "SELECT count(*) FROM group_members WHERE group_id = $1", int(group)
            )
        ) < 2:
            await asyncio.sleep(0.1)

    # The same numbers go again by a file; another way to the address of a file.
    place = (await cams("GetChatappUploadAuthorization", cust_space_id="c"))["Data"]
    async with aiohttp.ClientSession() as http, http.put(place["EndPoint"], data=file) as answer:
        assert answer.status == 200
    await cams.done("DeleteContacts", file_path=place["Dir"])
    async with asyncio.timeout(60):
        while await server.place.pool.fetchval("SELECT count(*) FROM contacts"):
            await asyncio.sleep(0.1)
    code = await cams.refused("AddGroup", group_name="Other", file_path="uploads/9/none.csv")
    assert code == "InvalidParameter.FilePath"
    assert (await cams.done("GetGroupExist", group_name="Other"))["Data"] == "false"
