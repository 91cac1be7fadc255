"""Countries and regions are known by what people write, and never guessed."""

import subprocess
import sys

import pycountry
import pytest

from orderctl import places
from orderctl.places import COUNTRY_CODES, REGION_CODES, REGION_NAMES, country_code, country_name, region_code


def test_the_country_codes_are_those_of_iso_and_kosovo() -> None:
    assert {country.alpha_2 for country in pycountry.countries} | {"XK"} == COUNTRY_CODES
    assert len(COUNTRY_CODES) == 250


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("US", "US"),
        ("us", "US"),
        ("USA", "US"),
        ("usa", "US"),
        ("U.S.", "US"),
        ("U.S.A.", "US"),
        ("United States", "US"),
        ("united states of america", "US"),
        ("The United States of America", "US"),
        ("UK", "GB"),
        ("uk", "GB"),
        ("U.K.", "GB"),
        ("GBR", "GB"),
        ("Great Britain", "GB"),
        ("England", "GB"),
        ("Scotland", "GB"),
        ("UNITED KINGDOM", "GB"),
        ("United Kingdom of Great Britain and Northern Ireland", "GB"),
        ("Viet Nam", "VN"),
        ("Vietnam", "VN"),
        ("Korea, Republic of", "KR"),
        ("Republic of Korea", "KR"),
        ("South Korea", "KR"),
        ("Korea, South", "KR"),
        ("North Korea", "KP"),
        ("Korea, Democratic People's Republic of", "KP"),
        ("Côte d'Ivoire", "CI"),
        ("Côte d\u2019Ivoire", "CI"),
        ("Co\u0302te d'Ivoire", "CI"),
        ("COTE D'IVOIRE", "CI"),
        ("Ivory Coast", "CI"),
        ("Russia", "RU"),
        ("Russian Federation", "RU"),
        ("Turkey", "TR"),
        ("Türkiye", "TR"),
        ("Turkiye", "TR"),
        ("Burma", "MM"),
        ("Macedonia", "MK"),
        ("North Macedonia", "MK"),
        ("The Netherlands", "NL"),
        ("Netherlands", "NL"),
        ("Holland", "NL"),
        ("Czech Republic", "CZ"),
        ("Czechia", "CZ"),
        ("Taiwan", "TW"),
        ("Taiwan, Province of China", "TW"),
        ("Laos", "LA"),
        ("Bolivia", "BO"),
        ("Tanzania", "TZ"),
        ("Iran", "IR"),
        ("Iran (Islamic Republic of)", "IR"),
        ("Venezuela", "VE"),
        ("Moldova", "MD"),
        ("Syria", "SY"),
        ("Brunei", "BN"),
        ("Hong Kong", "HK"),
        ("Macau", "MO"),
        ("Macao", "MO"),
        ("Kosovo", "XK"),
        ("XK", "XK"),
        ("xk", "XK"),
        ("Australia", "AU"),
        ("AUS", "AU"),
        ("New Zealand", "NZ"),
        ("St. Lucia", "LC"),
        ("Saint Lucia", "LC"),
        ("Trinidad & Tobago", "TT"),
        ("Guinea Bissau", "GW"),
        ("Virgin Islands (U.S.)", "VI"),
        ("Congo", "CG"),
        ("DR Congo", "CD"),
        ("Congo, The Democratic Republic of the", "CD"),
        ("  New   Zealand ", "NZ"),
        ("the Gambia", "GM"),
    ],
)
def test_a_country_is_known_by_what_people_write(text: str, code: str) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "The",
        "Korea",
        "Virgin Islands",
        "Atlantis",
        "XX",
        "ZZZ",
        "840",
        "NSW",
        "Unites States",
        "Austral",
        "ß",
        "\u0131t",
        "\uff35\uff33",
        "*",
        "U S",
    ],
)
def test_what_is_not_exactly_a_country_is_not_guessed(text: str) -> None:
    assert country_code(text) is None


def test_no_spelling_means_two_countries() -> None:
    seen: dict[str, str] = {}
    for spelling, code in places._country_spellings():
        assert seen.setdefault(places._folded(spelling), code) == code, spelling
        assert places._folded(spelling).upper() not in COUNTRY_CODES - {code}, spelling


@pytest.mark.parametrize("code", sorted(COUNTRY_CODES))
def test_the_name_of_a_country_reads_back_as_its_code(code: str) -> None:
    assert country_code(country_name(code)) == code
    assert 2 <= len(country_name(code)) <= 100


@pytest.mark.parametrize("country", list(pycountry.countries), ids=lambda country: country.alpha_2)
def test_every_iso_name_and_code_is_known_in_any_case(country: object) -> None:
    row = dict(country)  # type: ignore[call-overload]
    for key in ("alpha_2", "alpha_3", "name", "common_name", "official_name"):
        if key in row:
            for text in (row[key], row[key].lower(), row[key].upper()):
                assert country_code(text) == row["alpha_2"], text


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("AU", "Australia"),
        ("US", "United States"),
        ("GB", "United Kingdom"),
        ("NZ", "New Zealand"),
        ("KR", "South Korea"),
        ("VN", "Vietnam"),
        ("TW", "Taiwan"),
        ("CZ", "Czechia"),
        ("RU", "Russia"),
        ("TR", "Turkey"),
        ("BO", "Bolivia"),
        ("IR", "Iran"),
        ("MD", "Moldova"),
        ("TZ", "Tanzania"),
        ("VE", "Venezuela"),
        ("LA", "Laos"),
        ("SY", "Syria"),
        ("BN", "Brunei"),
        ("HK", "Hong Kong"),
        ("MO", "Macao"),
        ("PS", "Palestine"),
        ("CI", "Côte d'Ivoire"),
        ("XK", "Kosovo"),
    ],
)
def test_a_country_is_named_as_people_say_it(code: str, name: str) -> None:
    assert country_name(code) == name


def test_no_country_is_named_back_to_front() -> None:
    turned = {code for code in COUNTRY_CODES if " of" in country_name(code) and ", " in country_name(code)}
    assert turned == set()


def test_an_unknown_code_has_no_name() -> None:
    with pytest.raises(KeyError):
        country_name("XX")


def test_codes_are_answered_without_the_library_of_countries() -> None:
    script = (
        "import sys; from orderctl.places import country_code, region_code;"
        "assert country_code('US') == 'US' and country_code('nz') == 'NZ';"
        "assert region_code('US', 'utah') == 'UT';"
        "assert 'pycountry' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("country", ["US", "CA"])
def test_the_regions_are_those_of_iso_and_of_the_post(country: str) -> None:
    rows = [row for row in pycountry.subdivisions if row.country_code == country]
    iso = {row.code.partition("-")[2]: row.name for row in rows}
    of_the_post = {"US": {"FM", "MH", "PW", "AA", "AE", "AP"}, "CA": set()}
    assert set(iso) | of_the_post[country] == REGION_CODES[country]
    assert {code: REGION_NAMES[country][code] for code in iso} == iso


@pytest.mark.parametrize(
    ("country", "text", "code"),
    [
        ("US", "CA", "CA"),
        ("US", "ca", "CA"),
        ("US", "California", "CA"),
        ("US", "CALIFORNIA", "CA"),
        ("US", "new york", "NY"),
        ("US", "District of Columbia", "DC"),
        ("US", "D.C.", "DC"),
        ("US", "Washington, D.C.", "DC"),
        ("US", "Washington", "WA"),
        ("US", "Puerto Rico", "PR"),
        ("US", "Guam", "GU"),
        ("US", "VI", "VI"),
        ("US", "Virgin Islands", "VI"),
        ("US", "U.S. Virgin Islands", "VI"),
        ("US", "American Samoa", "AS"),
        ("US", "Northern Mariana Islands", "MP"),
        ("US", "AA", "AA"),
        ("US", "ae", "AE"),
        ("US", "Armed Forces Pacific", "AP"),
        ("CA", "Quebec", "QC"),
        ("CA", "Québec", "QC"),
        ("CA", "QUÉBEC", "QC"),
        ("CA", "Que\u0301bec", "QC"),
        ("CA", "qc", "QC"),
        ("CA", "British Columbia", "BC"),
        ("CA", "Newfoundland and Labrador", "NL"),
        ("CA", "Newfoundland & Labrador", "NL"),
        ("CA", "Yukon Territory", "YT"),
    ],
)
def test_a_region_is_known_by_code_or_name(country: str, text: str, code: str) -> None:
    assert region_code(country, text) == code


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("US", ""),
        ("US", "XX"),
        ("US", "Calif"),
        ("US", "Utahh"),
        ("US", "Ontario"),
        ("US", "ON"),
        ("CA", "California"),
        ("CA", "UT"),
        ("AU", "NSW"),
        ("AU", "New South Wales"),
        ("GB", "CA"),
        ("us", "CA"),
    ],
)
def test_what_is_neither_a_code_nor_a_name_is_no_region(country: str, text: str) -> None:
    assert region_code(country, text) is None
