"""The people behind the phone numbers.

Theory of operation.  There is no list of people: whoever is written to exists.  A person is computed
from (seed, phone) by comparing her chances with the shares of ``PeopleSettings``; what a test wants
otherwise is an override by phone, laid over what was computed.  What a person does during the run
(stopping our marketing, say) is an override too.  The class keeps nothing else but those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from clarion.channels.simulator.ids import PersonDraws, bsuid_of, person_draws, phone_of_bsuid
from clarion.channels.simulator.settings import PeopleSettings

__all__ = ["PERSONAS", "People", "Person", "country_of", "digits_of", "wa_id_of"]

PERSONAS = ("yes", "no", "text", "stop", "silent")

_GIVEN_NAMES = ("Ana", "Bo", "Chen", "Dara", "Emeka", "Fatima", "Goran", "Hana", "Ivan", "Jun", "Kofi", "Lucía", "Mei", "Noor", "Olga", "Pablo", "Qing", "Rosa", "Sven", "Tariq", "Uma", "Vera", "Wei", "Yara", "Zoë", "小丽", "志强")  # fmt: skip
_FAMILY_NAMES = ("Adeyemi", "Brown", "Costa", "Díaz", "Eriksen", "Fischer", "García", "Haddad", "Ito", "Jansen", "Kim", "Li", "Müller", "Nowak", "Okafor", "Petrov", "Rossi", "Silva", "Tan", "Wang")  # fmt: skip

_COUNTRIES: Mapping[str, str] = {
    "1": "US", "7": "RU", "20": "EG", "27": "ZA", "31": "NL", "33": "FR", "34": "ES", "39": "IT",
    "44": "GB", "49": "DE", "52": "MX", "54": "AR", "55": "BR", "57": "CO", "60": "MY", "61": "AU",
    "62": "ID", "63": "PH", "65": "SG", "66": "TH", "81": "JP", "82": "KR", "84": "VN", "86": "CN",
    "90": "TR", "91": "IN", "234": "NG", "254": "KE", "351": "PT", "852": "HK", "971": "AE",
}  # fmt: skip


class Person(NamedTuple):
    """Somebody with a phone.  ``phone`` is digits as we may know it, ``wa_id`` as WhatsApp writes it."""

    phone: str
    wa_id: str
    bsuid: str
    country: str
    name: str
    username: str | None
    persona: str
    is_on_whatsapp: bool = True
    has_blocked: bool = False
    is_phone_hidden: bool = False
    is_in_experiment: bool = False
    is_capped: bool = False
    has_stopped: bool = False
    does_read: bool = True
    language: str | None = None


_OVERRIDABLE = frozenset(Person._fields) - {"phone", "bsuid", "country"}


class People:
    """Computes people, and remembers what differs from the computation."""

    def __init__(self, seed: int, settings: PeopleSettings) -> None:
        self._seed = seed
        self.settings = settings
        self._overrides: dict[str, dict[str, Any]] = {}

    def person(self, phone: str) -> Person:
        """The person behind a phone (digits); always the same one."""
        computed = _computed(self._seed, phone, self.settings)
        changes = self._overrides.get(phone) if self._overrides else None
        return computed._replace(**changes) if changes else computed

    def behind_bsuid(self, bsuid: str) -> Person | None:
        """The person whose business-scoped user id this is."""
        phone = phone_of_bsuid(self._seed, bsuid)
        if phone is None:
            return None
        person = self.person(phone)
        return person if person.bsuid == bsuid else None

    def override(self, phone: str, changes: Mapping[str, Any]) -> Person:
        """Make a person differ from the computation; ``ValueError`` for a field that cannot."""
        wrong = set(changes) - _OVERRIDABLE
        if wrong:
            raise ValueError(
                f"a person has no {', '.join(sorted(wrong))}; "
                f"what can be set: {', '.join(sorted(_OVERRIDABLE))}"
            )
        if changes.get("persona", "silent") not in PERSONAS:
            raise ValueError(f"persona is one of {', '.join(PERSONAS)}")
        changed = self.person(phone)._replace(**changes)
        try:
            msgspec.convert(tuple(changed), Person)
        except msgspec.ValidationError as error:
            raise ValueError(f"this cannot be a person: {error}") from error
        self._overrides.setdefault(phone, {}).update(changes)
        return changed

    def overridden(self) -> Iterable[str]:
        """The phones with something of their own."""
        return self._overrides.keys()

    def forget(self) -> None:
        """Everybody is as computed again."""
        self._overrides.clear()


def digits_of(number: str) -> str:
    """The digits of a phone number as people write it; empty if there is anything but decoration."""
    if number[:1] == "+" and number[1:].isascii() and number[1:].isdigit():
        return number[1:]
    bare = number.translate(_DECORATION)
    return bare if bare.isascii() and bare.isdigit() else ""


_DECORATION = str.maketrans("", "", "+-() ")


def country_of(phone: str) -> str:
    """The ISO code of a phone's country, ``ZZ`` for one that the simulator does not know."""
    for length in (1, 2, 3):
        country = _COUNTRIES.get(phone[:length])
        if country is not None:
            return country
    return "ZZ"


def wa_id_of(phone: str) -> str:
    """A phone as WhatsApp writes it: Brazil loses the ninth digit, Mexico gains a 1 after 52."""
    if phone.startswith("55") and len(phone) == 13 and phone[4] == "9":
        return phone[:4] + phone[5:]
    if phone.startswith("52") and len(phone) == 12:
        return "521" + phone[2:]
    return phone


def _computed(seed: int, phone: str, settings: PeopleSettings) -> Person:
    draws = person_draws(seed, phone)
    country = country_of(phone)
    given = _GIVEN_NAMES[int(draws.given_name * len(_GIVEN_NAMES))]
    family = _FAMILY_NAMES[int(draws.family_name * len(_FAMILY_NAMES))]
    is_phone_hidden = draws.hidden < settings.phone_hidden_share
    has_username = is_phone_hidden or draws.username < settings.username_share
    return Person(
        phone=phone,
        wa_id=wa_id_of(phone) if settings.is_wa_id_rewritten else phone,
        bsuid=bsuid_of(seed, country, phone),
        country=country,
        name=f"{given} {family}",
        username=f"{family.lower()}{phone[-4:]}" if has_username else None,
        persona=_persona(draws, settings),
        is_on_whatsapp=draws.reach >= settings.not_on_whatsapp_share,
        has_blocked=draws.block < settings.blocked_share,
        is_phone_hidden=is_phone_hidden,
        is_in_experiment=draws.experiment < settings.experiment_share,
        is_capped=draws.cap < settings.capped_share,
        has_stopped=draws.stop < settings.stopped_share,
    )


def _persona(draws: PersonDraws, settings: PeopleSettings) -> str:
    weights = settings.personas
    left = draws.persona * sum(weights.values())
    for persona, weight in weights.items():
        left -= weight
        if left < 0:
            return persona
    return "silent"
