from __future__ import annotations

import json
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.domain.country import calling_code, country_code, country_name
from clarion.domain.country_names import COUNTRY_ALIASES, COUNTRY_ROWS
from clarion.domain.phone import PHONE_PROBLEMS, Phone, PhoneProblem, parse_phone

CASES = json.loads(
    (Path(__file__).parents[2] / "cases/phone/numbers.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: repr(case["text"]))
def test_a_number_as_people_write_it(case):
    found = parse_phone(case["text"], case.get("default_country"))
    if "problem" in case:
        assert isinstance(found, PhoneProblem), found
        assert found.code == case["problem"]
        assert found.message.endswith(".")
    else:
        assert found == Phone(case["e164"], case["country"], case["calling_code"])


def test_every_problem_has_a_case():
    assert {case["problem"] for case in CASES if "problem" in case} == set(PHONE_PROBLEMS)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_the_example_number_of_each_country_is_read_in_every_form(region):
    number = phonenumbers.example_number(region)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    found = parse_phone(e164)
    assert isinstance(found, Phone)
    assert found.e164 == e164
    assert found.calling_code == number.country_code
    assert parse_phone(international) == found
    assert parse_phone("00" + international[1:]) == found
    assert parse_phone(national, region) == found


@given(
    st.text(max_size=40) | st.text(alphabet="+0123456789 ()-.eE'", max_size=20),
    st.none() | st.text(max_size=10) | st.sampled_from(("CN", "DE", "US", "MX", "香港")),
)
def test_any_text_is_a_phone_or_a_reason(text, country):
    found = parse_phone(text, country)
    if isinstance(found, Phone):
        assert parse_phone(found.e164) == found
    else:
        assert found.code in PHONE_PROBLEMS


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN", "CN"),
        ("cn ", "CN"),
        ("CHN", "CN"),
        ("86", "CN"),
        ("+86", "CN"),
        ("0086", "CN"),
        ("China", "CN"),
        ("中国", "CN"),
        ("中国大陆", "CN"),
        ("UK", "GB"),
        ("U.S.A.", "US"),
        ("1", "US"),
        ("7", "RU"),
        ("the Netherlands", "NL"),
        ("Cote d’Ivoire", "CI"),
        ("CÔTE D'IVOIRE", "CI"),
        ("St. Lucia", "LC"),
        ("Bosnia & Herzegovina", "BA"),
        ("香港", "HK"),
        ("台灣", "TW"),
        ("", None),
        ("Atlantis", None),
        ("800", None),
        ("999", None),
        ("xx", None),
        ("China" * 100, None),
    ],
)
def test_a_country_by_whatever_people_call_it(text, code):
    assert country_code(text) == code


def test_each_country_is_found_by_each_of_its_names():
    for alpha_2, alpha_3, english, chinese in COUNTRY_ROWS:
        aliases = [alias for alias in COUNTRY_ALIASES.get(alpha_2, "").split(" | ") if alias]
        for name in (alpha_2, alpha_3, english, english.upper(), chinese, *aliases):
            assert country_code(name) == alpha_2, name
        assert country_name(alpha_2) == english
        assert country_name(alpha_2, "zh") == chinese
        assert calling_code(alpha_2) == phonenumbers.country_code_for_region(alpha_2)


def test_the_table_holds_every_country_with_telephones():
    assert {row[0] for row in COUNTRY_ROWS} == set(phonenumbers.SUPPORTED_REGIONS)
    assert country_name("XX") == "XX"
    assert calling_code("XX") is None
