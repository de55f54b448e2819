"""The customers of the sample shop: made up, believable, and the same each time.  Pure.

Theory of operation.  Person number ``n`` is computed from (seed, n) alone, so that a larger shop
begins with the people of a smaller one.  Numbers come from ranges that are mobile numbers of their
country, each country walking through its range with a step that meets every number once.  Who is
a VIP, has opted out or has an appointment is decided by the ordinal, so that small shops have
some of each too.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["COLUMNS", "COUNTRIES", "SampleCountry", "SamplePerson", "is_vip", "people", "row_of"]

_STEP = 7_368_787  # prime to 10, hence to every power of ten


@dataclass(frozen=True, slots=True)
class SampleCountry:
    """A country that customers live in.

    ``share`` is a weight.  In ``ranges`` of phone numbers (with calling code) each ``#`` is any
    digit.
    """

    code: str
    share: int
    language: str
    zone: str
    ranges: tuple[str, ...]
    cities: tuple[str, ...]
    given_names: tuple[str, ...]
    family_names: tuple[str, ...]
    joins_names: str = "{given} {family}"


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """A customer."""

    name: str
    phone: str
    country: str
    language: str
    zone: str
    city: str
    tier: str
    newsletter: str
    appointment_time: str
    is_opted_out: bool


# fmt: off
COUNTRIES: tuple[SampleCountry, ...] = (
    SampleCountry("DE", 30, "de", "Europe/Berlin", ("49151########", "49160#######", "49176########"),
        ("Berlin", "Berlin", "Berlin", "Hamburg", "München", "Köln", "Leipzig"),
        ("Anna", "Ben", "Clara", "David", "Elif", "Finn", "Greta", "Hannah", "Jonas", "Kerem", "Lena", "Max", "Nele", "Oskar", "Paula", "Tim"),
        ("Becker", "Fischer", "Hoffmann", "Keller", "Krüger", "Lange", "Meyer", "Neumann", "Richter", "Schäfer", "Vogel", "Weber", "Yılmaz", "Zimmermann")),
    SampleCountry("GB", 9, "en", "Europe/London", ("447400######", "447800######"),
        ("London", "Leeds", "Bristol", "Glasgow"),
        ("Amelia", "Callum", "Ella", "Harry", "Isla", "Jack", "Olivia", "Priya", "Rhys", "Sophie"),
        ("Ahmed", "Brown", "Clarke", "Davies", "Evans", "Hughes", "Patel", "Taylor", "Walker", "Wright")),
    SampleCountry("FR", 8, "fr", "Europe/Paris", ("33612######", "33661######"),
        ("Paris", "Lyon", "Nantes", "Lille"),
        ("Adèle", "Baptiste", "Camille", "Élodie", "Hugo", "Inès", "Louis", "Manon", "Théo", "Zoé"),
        ("Bernard", "Dubois", "Fournier", "Garnier", "Lambert", "Lefèvre", "Moreau", "Petit", "Roux")),
    SampleCountry("ES", 7, "es", "Europe/Madrid", ("34612######", "34655######"),
        ("Madrid", "Sevilla", "Valencia", "Bilbao"),
        ("Álvaro", "Carmen", "Diego", "Elena", "Javier", "Lucía", "Marta", "Nuria", "Pablo"),
        ("Castro", "Díaz", "Fernández", "García", "Ibáñez", "Molina", "Navarro", "Ortega", "Ruiz")),
    SampleCountry("IT", 6, "it", "Europe/Rome", ("39347#######", "39333#######"),
        ("Milano", "Roma", "Torino", "Bologna"),
        ("Alessia", "Chiara", "Davide", "Elisa", "Fabio", "Giulia", "Luca", "Marco", "Sara"),
        ("Bianchi", "Conti", "Esposito", "Ferrari", "Gallo", "Moretti", "Ricci", "Romano")),
    SampleCountry("NL", 4, "nl", "Europe/Amsterdam", ("31612######", "31655######"),
        ("Amsterdam", "Utrecht", "Rotterdam"),
        ("Anouk", "Bram", "Daan", "Femke", "Lotte", "Sem", "Sanne", "Thijs"),
        ("Bakker", "de Jong", "Hendriks", "Jansen", "Mulder", "Smit", "van Dijk", "Visser")),
    SampleCountry("PL", 4, "pl", "Europe/Warsaw", ("48512######", "48600######"),
        ("Warszawa", "Kraków", "Gdańsk"),
        ("Agnieszka", "Bartek", "Ewa", "Jakub", "Kasia", "Łukasz", "Magda", "Zofia"),
        ("Kaczmarek", "Lewandowski", "Mazur", "Nowak", "Pawlak", "Wójcik", "Zając")),
    SampleCountry("US", 8, "en", "America/New_York", tuple(f"1{area}55#####" for area in (212, 305, 312, 404, 415, 512, 617)),
        ("New York", "Miami", "Chicago", "Austin"),
        ("Aaliyah", "Caleb", "Destiny", "Ethan", "Grace", "Liam", "Mia", "Noah", "Sofia", "Tyler"),
        ("Anderson", "Campbell", "Hernandez", "Johnson", "Kim", "Miller", "Nguyen", "Ramirez", "Thompson")),
    SampleCountry("BR", 6, "pt_BR", "America/Sao_Paulo", ("55119########", "55219########"),
        ("São Paulo", "Rio de Janeiro", "Recife"),
        ("Bruna", "Caio", "Fernanda", "Gustavo", "João", "Larissa", "Rafael", "Thaís"),
        ("Almeida", "Barbosa", "Carvalho", "Oliveira", "Pereira", "Ribeiro", "Santos", "Souza")),
    SampleCountry("MX", 3, "es_MX", "America/Mexico_City", ("525512######",),
        ("Ciudad de México",),
        ("Alejandra", "Emiliano", "Fernanda", "Mateo", "Regina", "Santiago", "Ximena"),
        ("Aguilar", "Cruz", "Flores", "Gutiérrez", "Mendoza", "Reyes", "Vargas")),
    SampleCountry("IN", 5, "en", "Asia/Kolkata", ("9198100#####", "9198200#####", "9199000#####"),
        ("Mumbai", "Delhi", "Bengaluru"),
        ("Aarav", "Ananya", "Diya", "Ishaan", "Kavya", "Meera", "Rohan", "Vikram"),
        ("Banerjee", "Gupta", "Iyer", "Kapoor", "Mehta", "Reddy", "Sharma", "Singh")),
    SampleCountry("CN", 4, "zh_CN", "Asia/Shanghai", ("86138########", "86186########"),
        ("上海", "北京", "深圳"),
        ("小丽", "志强", "雅婷", "俊杰", "思远", "晓明", "欣怡", "子涵"),
        ("王", "李", "张", "刘", "陈", "杨", "赵", "周"), "{family}{given}"),
    SampleCountry("SG", 2, "en", "Asia/Singapore", ("6591######",),
        ("Singapore",),
        ("Aisyah", "Darren", "Hui Min", "Jia Wei", "Rachel", "Wei Ling"),
        ("Chua", "Goh", "Lim", "Ng", "Tan", "Wong")),
    SampleCountry("NG", 2, "en", "Africa/Lagos", ("234803#######",),
        ("Lagos", "Abuja"),
        ("Adaeze", "Chinedu", "Emeka", "Folake", "Ngozi", "Tunde"),
        ("Adeyemi", "Balogun", "Eze", "Okafor", "Okonkwo")),
    SampleCountry("AE", 2, "ar", "Asia/Dubai", ("97150#######",),
        ("Dubai",),
        ("Ahmed", "Fatima", "Hassan", "Layla", "Mariam", "Omar"),
        ("Al Farsi", "Al Mansoori", "Haddad", "Khalil", "Nasser")),
)
# fmt: on

# What a file of people has above its columns, and where each value is found.
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "Name": "name",
        "Phone": "phone",
        "Country": "country",
        "Language": "language",
        "Time zone": "zone",
        "city": "city",
        "tier": "tier",
        "newsletter": "newsletter",
        "appointment_time": "appointment_time",
        "Opted out": "is_opted_out",
    }
)
_HOURS = ("today at 16:30", "tomorrow at 9:15", "tomorrow at 11:00", "on Friday at 14:45")


def people(count: int, *, seed: int = 1) -> Iterator[SamplePerson]:
    """The first ``count`` customers."""
    weighted = [country for country in COUNTRIES for _ in range(country.share)]
    ordinals: dict[str, Iterator[int]] = {country.code: itertools.count() for country in COUNTRIES}
    for number in range(count):
        dice = random.Random(f"{seed}|{number}")  # noqa: S311 - names, not secrets
        country = dice.choice(weighted)
        name = country.joins_names.format(
            given=dice.choice(country.given_names), family=dice.choice(country.family_names)
        )
        yield SamplePerson(
            name=name,
            phone=_phone(country, next(ordinals[country.code])),
            country=country.code,
            language=country.language,
            zone=country.zone,
            city=dice.choice(country.cities),
            tier="vip" if is_vip(number) else "regular",
            newsletter="yes" if number % 3 == 0 else "",
            appointment_time=dice.choice(_HOURS) if number % 10 == 3 else "",
            is_opted_out=number % 40 == 17,
        )


def is_vip(number: int) -> bool:
    """Whether person ``number`` is a VIP: some of the first hundred, then one in a hundred."""
    return number % 100 == 5 or (number < 100 and number % 12 == 5)


def row_of(person: SamplePerson) -> tuple[str, ...]:
    """The person as a row under ``COLUMNS``."""
    values = (getattr(person, name) for name in COLUMNS.values())
    return tuple(("yes" if value else "") if isinstance(value, bool) else value for value in values)


def _phone(country: SampleCountry, ordinal: int) -> str:
    """The ``ordinal``-th number of a country; its ranges take turns."""
    turn, place = divmod(ordinal, len(country.ranges))
    pattern = country.ranges[place]
    digits_count = pattern.count("#")
    digits = str((1_234_567 + turn * _STEP) % 10**digits_count).zfill(digits_count)
    return f"+{pattern.rstrip('#')}{digits}"
