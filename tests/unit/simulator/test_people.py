"""People are computed from the seed, and nothing about them depends on the order of asking."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.channels.simulator.ids import bsuid_of, phone_of_bsuid
from clarion.channels.simulator.people import People, digits_of, wa_id_of
from clarion.channels.simulator.settings import PeopleSettings

PHONES = st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True)
MANY = [f"1650555{position:04d}" for position in range(4_000)]


@given(PHONES, st.integers(min_value=0, max_value=2**63))
def test_a_business_scoped_id_leads_back_to_its_phone(phone, seed):
    assert phone_of_bsuid(seed, bsuid_of(seed, "US", phone)) == phone


@given(st.text(max_size=40))
def test_any_text_is_a_phone_or_not_without_an_accident(text):
    digits = digits_of(text)

    assert digits == "" or digits.isdigit()


@pytest.mark.parametrize("written", ["+16505551234", "1 (650) 555-1234", "+1-650-555-1234"])
def test_phones_are_read_as_people_write_them(written):
    assert digits_of(written) == "16505551234"


@pytest.mark.parametrize(
    ("phone", "wa_id"),
    [
        ("5511987654321", "551187654321"),
        ("551187654321", "551187654321"),
        ("525512345678", "5215512345678"),
        ("16505551234", "16505551234"),
    ],
)
def test_whatsapp_writes_some_countries_in_its_own_way(phone, wa_id):
    assert wa_id_of(phone) == wa_id


def test_the_same_seed_makes_the_same_people_and_another_seed_others():
    settings = PeopleSettings()
    first = [People(1, settings).person(phone) for phone in MANY[:50]]

    assert first == [People(1, settings).person(phone) for phone in MANY[:50]]
    assert first != [People(2, settings).person(phone) for phone in MANY[:50]]


def test_shares_come_out_as_set():
    people = People(3, PeopleSettings(not_on_whatsapp_share=0.25, personas={"yes": 1, "no": 3}))
    crowd = [people.person(phone) for phone in MANY]

    missing = sum(not person.is_on_whatsapp for person in crowd) / len(crowd)
    personas = Counter(person.persona for person in crowd)
    assert missing == pytest.approx(0.25, abs=0.03)
    assert personas["yes"] / len(crowd) == pytest.approx(0.25, abs=0.03)
    assert personas.keys() == {"yes", "no"}


def test_a_wish_overrides_the_computation_until_everything_is_forgotten():
    people = People(1, PeopleSettings(not_on_whatsapp_share=0.0))
    people.override("16505551234", {"is_on_whatsapp": False})
    people.override("16505551234", {"name": "Ana"})

    person = people.person("16505551234")
    assert (person.is_on_whatsapp, person.name) == (False, "Ana")
    people.forget()
    assert people.person("16505551234").is_on_whatsapp


@pytest.mark.parametrize(
    "changes", [{"phone": "1"}, {"mood": 1}, {"persona": "angry"}, {"has_blocked": "yes"}]
)
def test_what_a_person_cannot_be_is_refused(changes):
    with pytest.raises(ValueError, match="person"):
        People(1, PeopleSettings()).override("16505551234", changes)


def test_somebody_is_found_by_her_business_scoped_id_only_if_it_is_hers():
    people = People(1, PeopleSettings())
    person = people.person("16505551234")

    assert people.behind_bsuid(person.bsuid) == person
    assert people.behind_bsuid("DE" + person.bsuid[2:]) is None
    assert people.behind_bsuid("US.nonsense") is None
