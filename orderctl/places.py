"""Countries and regions: codes for what people write, and names for codes.

Knows nothing of shapes. Never guesses: a text is a code or an exact name, or nothing.
"""

import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

COUNTRY_CODES = frozenset(
    """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK
    YE YT ZA ZM ZW
    """.split()
)
"""ISO 3166-1 alpha-2, and XK, which the posts use for Kosovo."""

REGION_NAMES: dict[str, dict[str, str]] = {
    "US": {
        "AL": "Alabama",
        "AK": "Alaska",
        "AZ": "Arizona",
        "AR": "Arkansas",
        "CA": "California",
        "CO": "Colorado",
        "CT": "Connecticut",
        "DE": "Delaware",
        "DC": "District of Columbia",
        "FL": "Florida",
        "GA": "Georgia",
        "HI": "Hawaii",
        "ID": "Idaho",
        "IL": "Illinois",
        "IN": "Indiana",
        "IA": "Iowa",
        "KS": "Kansas",
        "KY": "Kentucky",
        "LA": "Louisiana",
        "ME": "Maine",
        "MD": "Maryland",
        "MA": "Massachusetts",
        "MI": "Michigan",
        "MN": "Minnesota",
        "MS": "Mississippi",
        "MO": "Missouri",
        "MT": "Montana",
        "NE": "Nebraska",
        "NV": "Nevada",
        "NH": "New Hampshire",
        "NJ": "New Jersey",
        "NM": "New Mexico",
        "NY": "New York",
        "NC": "North Carolina",
        "ND": "North Dakota",
        "OH": "Ohio",
        "OK": "Oklahoma",
        "OR": "Oregon",
        "PA": "Pennsylvania",
        "RI": "Rhode Island",
        "SC": "South Carolina",
        "SD": "South Dakota",
        "TN": "Tennessee",
        "TX": "Texas",
        "UT": "Utah",
        "VT": "Vermont",
        "VA": "Virginia",
        "WA": "Washington",
        "WV": "West Virginia",
        "WI": "Wisconsin",
        "WY": "Wyoming",
        "AS": "American Samoa",
        "GU": "Guam",
        "MP": "Northern Mariana Islands",
        "PR": "Puerto Rico",
        "UM": "United States Minor Outlying Islands",
        "VI": "Virgin Islands, U.S.",
        # Not in ISO 3166-2, but the post delivers there under these (USPS Publication 28, appendix B).
        "FM": "Federated States of Micronesia",
        "MH": "Marshall Islands",
        "PW": "Palau",
        "AA": "Armed Forces Americas",
        "AE": "Armed Forces Europe",
        "AP": "Armed Forces Pacific",
    },
    "CA": {
        "AB": "Alberta",
        "BC": "British Columbia",
        "MB": "Manitoba",
        "NB": "New Brunswick",
        "NL": "Newfoundland and Labrador",
        "NT": "Northwest Territories",
        "NS": "Nova Scotia",
        "NU": "Nunavut",
        "ON": "Ontario",
        "PE": "Prince Edward Island",
        "QC": "Quebec",
        "SK": "Saskatchewan",
        "YT": "Yukon",
    },
}

REGION_CODES: dict[str, frozenset[str]] = {country: frozenset(names) for country, names in REGION_NAMES.items()}
DIALLED_WITH_ONE = frozenset("US CA AG AI AS BB BM BS DM DO GD GU JM KN KY LC MP MS PR SX TC TT UM VC VG VI".split())
"""The countries whose code is 1; elsewhere the 1 is part of the number, as in the mobile numbers of China."""

_REGIONS_ALSO_CALLED: dict[str, dict[str, tuple[str, ...]]] = {
    "US": {
        "DC": ("Washington DC", "Washington D.C."),
        "MP": ("Commonwealth of the Northern Mariana Islands",),
        "UM": ("U.S. Minor Outlying Islands",),
        "VI": ("Virgin Islands", "U.S. Virgin Islands", "United States Virgin Islands"),
        "FM": ("Micronesia",),
        "AA": ("Armed Forces of the Americas", "Armed Forces - Americas", "Armed Forces America"),
        "AE": ("Armed Forces - Europe",),
        "AP": ("Armed Forces - Pacific",),
    },
    "CA": {
        "NL": ("Newfoundland",),
        "NT": ("The Northwest Territories",),
        "YT": ("Yukon Territory",),
    },
}

_COUNTRY_NAMES = {
    "BN": "Brunei",
    "CD": "Democratic Republic of the Congo",
    "CG": "Republic of the Congo",
    "FK": "Falkland Islands",
    "FM": "Micronesia",
    "MF": "Saint Martin",
    "PS": "Palestine",
    "RU": "Russia",
    "SX": "Sint Maarten",
    "TR": "Turkey",
    "VA": "Vatican City",
    "VG": "British Virgin Islands",
    "VI": "U.S. Virgin Islands",
    "XK": "Kosovo",
}
"""Where ISO's own short or common name is not what people say."""

_COUNTRIES_ALSO_CALLED = {
    "AE": ("UAE", "U.A.E.", "Emirates"),
    "BA": ("Bosnia",),
    "BQ": ("Caribbean Netherlands",),
    "CC": ("Cocos Islands", "Keeling Islands"),
    "CD": ("Congo-Kinshasa", "DR Congo", "DRC", "Congo (Democratic Republic)"),
    "CG": ("Congo-Brazzaville",),
    "IE": ("Republic of Ireland", "Eire"),
    "CI": ("Ivory Coast",),
    "CV": ("Cape Verde",),
    "CZ": ("Czech Republic",),
    "FK": ("Falklands",),
    "FO": ("Faeroe Islands", "Faroes"),
    "GB": ("UK", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "HK": ("Hong Kong SAR", "Hong Kong SAR China"),
    "KN": ("St Kitts", "Saint Kitts"),
    "KP": ("Korea, North", "DPRK"),
    "KR": ("Korea, South", "South Korea"),
    "LA": ("Lao PDR",),
    "MK": ("Macedonia", "Republic of Macedonia"),
    "MM": ("Burma",),
    "MO": ("Macau", "Macau SAR", "Macao SAR", "Macao SAR China"),
    "NL": ("Holland",),
    "PN": ("Pitcairn Islands",),
    "PS": ("Palestinian Territories",),
    "SK": ("Slovak Republic",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TT": ("Trinidad",),
    "US": ("U.S.A.", "United States of America", "US of A"),
    "VA": ("Vatican", "Holy See"),
    "VI": ("US Virgin Islands", "United States Virgin Islands"),
    "XK": ("XKX", "Republic of Kosovo"),
}

_SPELLED_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys(",()-\u2010\u2011\u2012\u2013\u2014", " ")
    | {".": None, "&": " and "}
)


def country_code(text: str) -> str | None:
    """The ISO 3166-1 alpha-2 code for a code, an official, a common or an everyday name, in any case.

    None for what is none of these, or means more than one country ("Korea").
    """
    if text in COUNTRY_CODES:
        return text
    return _country_of(text) if len(text) > _SHORT else _country_of_short(text)


def _country_of(text: str) -> str | None:
    folded = _folded(text)
    code = folded.upper()
    if text.isascii() and code in COUNTRY_CODES:
        return code
    return _country_index().get(folded)


def country_name(code: str) -> str:
    """The English short name as people say it, for a code of `COUNTRY_CODES`.

    Raises KeyError for any other code.
    """
    return _country_names()[code]


def region_code(country: str, text: str) -> str | None:
    """The two-character code of a state, province or territory of the US or Canada, for its code or name.

    Case, accents and punctuation do not matter. None when it is neither, or for another country.
    """
    codes = REGION_CODES.get(country)
    if codes is None or text in codes:
        return text if codes else None
    return _region_of(country, text) if len(text) > _SHORT else _region_of_short(country, text)


def _region_of(country: str, text: str) -> str | None:
    folded, codes = _folded(text), REGION_CODES[country]
    code = folded.upper()
    return code if text.isascii() and code in codes else _region_index(country).get(folded)


def _folded(text: str) -> str:
    """What is the same in two spellings of one name: case, accents, punctuation and `The` do not count."""
    bare = "".join(mark for mark in unicodedata.normalize("NFD", text) if not unicodedata.combining(mark))
    words = bare.translate(_SPELLED_ALIKE).casefold().split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)


_SHORT = 60
_country_of_short = lru_cache(maxsize=4096)(_country_of)
_region_of_short = lru_cache(maxsize=4096)(_region_of)
"""The same few places come again and again."""


@cache
def _country_index() -> dict[str, str]:
    return {_folded(name): code for name, code in _country_spellings()}


@cache
def _country_names() -> dict[str, str]:
    return {row["alpha_2"]: row.get("common_name", row["name"]) for row in _iso_countries()} | _COUNTRY_NAMES


def _country_spellings() -> Iterator[tuple[str, str]]:
    """Every name and three-letter code of every country, each with its alpha-2 code."""
    for row in _iso_countries():
        for key in ("alpha_3", "name", "common_name", "official_name"):
            if key in row:
                yield from _variants(row[key], row["alpha_2"])
    for code, name in _COUNTRY_NAMES.items():
        yield from _variants(name, code)
    for code, names in _COUNTRIES_ALSO_CALLED.items():
        yield from ((name, code) for name in names)


def _variants(name: str, code: str) -> Iterator[tuple[str, str]]:
    """A name, with `Korea, Republic of` also as `Republic of Korea`, and `Saint` also as `St`."""
    yield name, code
    first, comma, rest = name.partition(", ")
    if comma:
        yield f"{rest} {first}", code
    if name.startswith("Saint "):
        yield name.replace("Saint ", "St ", 1), code


def _iso_countries() -> Iterator[dict[str, str]]:
    from pycountry import countries

    return (dict(country) for country in countries)


@cache
def _region_index(country: str) -> dict[str, str]:
    also = ((name, code) for code, names in _REGIONS_ALSO_CALLED[country].items() for name in names)
    named = ((name, code) for code, name in REGION_NAMES[country].items())
    return {_folded(name): code for name, code in (*named, *also)}
