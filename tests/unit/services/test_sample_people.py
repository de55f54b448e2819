"""The customers of the sample shop are people whom the product itself would take."""

from __future__ import annotations

from collections import Counter

from clarion.domain.contact import FieldFault, check_field
from clarion.domain.phone import Phone, parse_phone
from clarion.services.sample_people import COLUMNS, COUNTRIES, is_vip, people, row_of

MANY = 20_000


def test_every_phone_is_valid_of_its_country_and_nobody_elses() -> None:
    crowd = list(people(MANY))
    read = [parse_phone(person.phone, None) for person in crowd]
    assert [p.phone for p, r in zip(crowd, read, strict=True) if not isinstance(r, Phone)] == []
    assert [r.country for r in read if isinstance(r, Phone)] == [p.country for p in crowd]
    assert len({person.phone for person in crowd}) == MANY


def test_every_field_is_one_that_a_contact_may_have() -> None:
    for person in people(2_000):
        for name in ("name", "country", "language", "zone"):
            assert not isinstance(check_field(name, getattr(person, name)), FieldFault), person


def test_a_larger_shop_begins_with_the_people_of_a_smaller_one() -> None:
    assert list(people(300))[:120] == list(people(120))


def test_a_small_shop_has_some_of_everything() -> None:
    crowd = list(people(200))
    assert 5 <= sum(is_vip(number) for number in range(200)) <= 30
    assert any(person.is_opted_out for person in crowd)
    assert any(person.city == "Berlin" for person in crowd)
    assert any(person.appointment_time for person in crowd)
    assert len(Counter(person.country for person in crowd)) > len(COUNTRIES) / 2


def test_a_row_has_a_value_for_each_column() -> None:
    person = next(iter(people(1)))
    row = dict(zip(COLUMNS, row_of(person), strict=True))
    assert (row["Name"], row["Phone"], row["Opted out"]) == (person.name, person.phone, "")
