"""The Node SDK drives the server too: another client, another way to write the same requests."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from clarion.commands.serve import Running
from clarion.services.keys import NewKey

from .conftest import FLOW

SDK = "@alicloud/cams20200606@1.4.2"
SCRIPT = Path(__file__).with_name("node_sdk.mjs")
INSTALL = ("install", "--silent", "--no-audit", "--no-fund", "--no-save", "--ignore-scripts")


@pytest.fixture(scope="module")
def sdk_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the SDK is installed, by npm as the tools of the console are."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("NOT PROVED: there is no npm, so the Node SDK was not tried")
    folder = tmp_path_factory.mktemp("node")
    (folder / "package.json").write_text("{}")
    done = subprocess.run(
        [npm, *INSTALL, SDK], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        pytest.skip(f"NOT PROVED: npm could not install the Node SDK: {done.stderr[-500:]}")
    return folder


async def test_the_node_sdk_tells_the_life_of_a_campaign(
    server: Running, key: NewKey, later: Callable[..., str], sdk_folder: Path
) -> None:
    assert server.origin is not None
    process = await asyncio.create_subprocess_exec(
        str(shutil.which("node")),
        str(SCRIPT),
        server.origin.removeprefix("http://"),
        key.key.access_key_id,
        key.access_key_secret,
        later(hours=1),
        later(days=2),
        env={**os.environ, "SDK_FOLDER": str(sdk_folder), "FLOW_FILE": json.dumps(FLOW)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 0, err.decode()
    story = json.loads(out)
    codes = {
        name: part.get("Code") or part["code"]
        for name, part in story.items()
        if isinstance(part, dict)
    }
    assert codes.pop("paused") == "Activity.StatusNotAllow"  # it has not begun
    assert set(codes.values()) == {"OK"}
    assert [each["GroupName"] for each in story["groups"]["Data"]] == ["VIP"]
    (listed,) = story["listed"]["Data"]
    assert (listed["ActivityName"], listed["ActivityDesc"], listed["Params"]) == (
        "Spring sale 春",
        "d* ~ x & more",
        {"coupon": "A&B=1"},
    )
    assert story["flows"]["Response"]["Data"][0]["FlowStatus"] == "PUBLISHED"
    assert story["templates"]["total"] == 0
    assert story["unknown"] == "InvalidAction.NotFound"
