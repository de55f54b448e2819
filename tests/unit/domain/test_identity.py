from __future__ import annotations

import pytest

from clarion.domain.errors import ClarionError
from clarion.domain.identity import PERMISSIONS, Permission, Role, allows, check_permission

# Written out by hand: the weakest role that may do it.
WEAKEST = {
    "read": "viewer",
    "edit_audience": "author",
    "edit_flows": "author",
    "edit_campaigns": "author",
    "reply": "author",
    "publish_flows": "publisher",
    "run_campaigns": "publisher",
    "manage_senders": "admin",
    "manage_people": "admin",
    "manage_settings": "admin",
}
ROLES = ["viewer", "author", "publisher", "admin"]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", Permission)
def test_a_role_may_do_what_it_or_a_weaker_one_may(role, permission):
    expected = ROLES.index(role) >= ROLES.index(WEAKEST[permission])
    assert allows(role, permission) is expected
    if expected:
        check_permission(role, permission)
        return
    with pytest.raises(ClarionError) as caught:
        check_permission(role, permission)
    assert caught.value.code == "access.forbidden"
    assert caught.value.details["roles"] == ROLES[ROLES.index(WEAKEST[permission]) :]


def test_every_role_has_a_row():
    assert set(PERMISSIONS) == set(Role)
