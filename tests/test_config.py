"""The configuration says what it means, and names whatever is wrong with its file, line, key and remedy."""

import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from orderctl import config
from orderctl.config import Config, Secret, Target, describe, load, secret
from orderctl.errors import Exit, UsageError

EXAMPLE = Path(__file__).parent.parent / "config.example.yaml"
KEYS = {
    "WEBSHIP_API_KEY": "webship-key",
    "SHIPSTATION_API_KEY": "station-key",
    "SHIPSTATION_API_SECRET": "station-secret",
    "STARSHIPIT_API_KEY": "starship-key",
    "STARSHIPIT_SUBSCRIPTION_KEY": "starship-subscription",
}
WEBSHIP = {
    "WEBSHIP_CUSTOMER_ID": "TEST00002",
    "WEBSHIP_INTEGRATION_ID": "3214",
    "WEBSHIP_API_KEY": "webship-key",
}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file of the machine that runs the tests is found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(name, raising=False)


def loaded(text: str, environ: dict[str, str] | None = None) -> Config:
    Path("orderctl.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
    return load(None, environ or {})


def webship(more: str = "", environ: dict[str, str] | None = None) -> Target:
    """A whole Webship target with more keys."""
    lines = ["system: webship", "customer_id: C", "integration_id: I", "api_key: K", *more.splitlines()]
    text = "targets:\n  shop:\n" + "\n".join(f"    {line}" for line in lines)
    return loaded(text, environ).target("shop", environ or {})


def refusal(text: str, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        loaded(text, environ)
    assert caught.value.exit_code == Exit.USAGE
    return str(caught.value)


def refusal_of(more: str, environ: dict[str, str] | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        webship(more, environ)
    return str(caught.value)


# The example


def test_the_example_loads_and_gives_every_target() -> None:
    example = load(str(EXAMPLE), KEYS)
    assert example.targets == ("webship", "shipstation", "starshipit")
    target = example.target("webship", KEYS)
    assert target.system == "webship"
    assert target.base_url == "https://xpsshipper.com"
    assert dict(target.settings) == {"customer_id": "TEST00002", "integration_id": "3214"}
    assert target.secrets["api_key"].reveal() == "webship-key"
    assert example.target("shipstation", KEYS).secrets["api_secret"].reveal() == "station-secret"
    assert example.target("shipstation", KEYS).account == "main-store"
    assert example.target("shipstation", KEYS).settle == 30.0
    assert example.target("starshipit", KEYS).rate == "2/second"
    assert example.target("starshipit", KEYS).environment == "live"


def test_the_example_gives_defaults_and_maps() -> None:
    example = load(str(EXAMPLE), KEYS)
    assert example.defaults["timezone"] == "America/Denver"
    assert example.defaults["sender"] == {
        "name": "Albert Jones",
        "line1": "123 Some Street",
        "city": "Holladay",
        "region": "UT",
        "postal_code": "84117",
        "country": "US",
    }
    assert example.maps == {
        "services": {"webship": {"Priority Mail": "Standard"}},
        "statuses": {"webship": {"on_hold": "pending"}},
        "carriers": {"starshipit": {"fedex": {"carrier": "DHL", "service": "EXP"}}},
    }
    assert example.state_dir == Path.home() / ".local/state/orderctl"


def test_the_example_shows_every_key() -> None:
    from orderctl import systems
    from orderctl.config import keys

    text = EXAMPLE.read_text(encoding="utf-8")
    known = {key for name in systems.names() for key in keys.target_keys(systems.load(name))}
    for key in (
        *known,
        "targets",
        "state_dir",
        "currency",
        "sender",
        "return_to",
        "services",
        "statuses",
        "carriers",
    ):
        assert re.search(rf"^\s*(# )?{key}:", text, re.MULTILINE), key


def test_a_state_directory_of_the_environment_is_shown_as_the_one_in_force() -> None:
    Path("orderctl.yaml").write_text("state_dir: /state/file\n")
    for given, meant in (("/state/variable", "/state/variable"), ("~/variable", str(Path.home() / "variable"))):
        environ = {"ORDERCTL_STATE_DIR": given}
        row = describe(load(None, environ), environ)[-1]
        assert row == ("state_dir", meant, "environment variable ORDERCTL_STATE_DIR")


# Where it lies


def test_a_named_file_wins_over_the_variable_and_the_folder() -> None:
    for name in ("flag", "variable", "orderctl"):
        Path(f"{name}.yaml").write_text(f"state_dir: /state/{name}\n")
    environ = {"ORDERCTL_CONFIG": "variable.yaml"}
    assert load("flag.yaml", environ).state_dir == Path("/state/flag")
    assert load(None, environ).state_dir == Path("/state/variable")
    assert load(None, {}).state_dir == Path("/state/orderctl")
    assert load(None, {"ORDERCTL_CONFIG": ""}).path == Path("orderctl.yaml")


def test_the_users_own_file_comes_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import platformdirs

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    place = platformdirs.user_config_path("orderctl", appauthor=False) / "config.yaml"
    place.parent.mkdir(parents=True)
    place.write_text("state_dir: /state/own\n")
    assert load(None, {}).path == place


def test_no_file_at_all_is_a_configuration_that_says_nothing() -> None:
    nothing = load(None, {})
    assert (nothing.path, nothing.targets, nothing.defaults, nothing.maps) == (None, (), {}, {})
    assert nothing.state_dir.name == "orderctl"


@pytest.mark.parametrize(("path", "environ"), [("gone.yaml", {}), (None, {"ORDERCTL_CONFIG": "gone.yaml"})])
def test_a_named_file_that_is_missing_is_an_error(path: str | None, environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"gone\.yaml: the configuration cannot be read"):
        load(path, environ)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "targets:\n", "---\n", "targets: {}\n"])
def test_an_empty_file_says_nothing(text: str) -> None:
    assert loaded(text).targets == ()


# What is not a configuration


def test_text_that_is_not_yaml_is_refused_with_its_line() -> None:
    assert re.match(r"orderctl\.yaml:3: not valid YAML: ", refusal("defaults:\n  timezone: UTC\n bad: [\n"))


def test_bytes_that_are_not_utf_8_are_refused() -> None:
    Path("orderctl.yaml").write_bytes("state_dir: /é".encode("latin-1"))
    with pytest.raises(UsageError, match="not UTF-8"):
        load(None, {})


def test_a_byte_order_mark_is_allowed() -> None:
    Path("orderctl.yaml").write_bytes(b"\xef\xbb\xbfstate_dir: /state\n")
    assert load(None, {}).state_dir == Path("/state")


def test_a_key_that_stands_twice_is_refused_with_both_lines() -> None:
    message = refusal("defaults:\n  timezone: UTC\n  currency: USD\n  timezone: America/Denver\n")
    assert message == 'orderctl.yaml:4: the key "timezone" stands here again, first at orderctl.yaml:2'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("!!python/object:os.system {}", "the tag"),
        ("state_dir: !secret x", "the tag !secret"),
        ("[a, b]", "write a mapping"),
        ("just text", "write a mapping"),
        ("targets: [webship]", "targets: write a mapping"),
        ("? [a]\n: b", "a key must be a word"),
        ("a: 1\n---\nb: 2", "not valid YAML"),
        ("a: *gone", "not valid YAML"),
        ("a: &a [*a]", "once anchors are expanded"),
        ("[" * 100_000, "nested deeper than 16 levels"),
        ("a: " + "{b: " * 100_000, "nested deeper than 16 levels"),
        ("# " + "x" * 1_100_000, "larger than"),
    ],
)
def test_what_is_no_configuration_is_refused(text: str, words: str) -> None:
    assert words in refusal(text)


def test_anchors_that_multiply_are_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "once anchors are expanded" in refusal("\n".join(rows))


def test_anchors_share_an_address() -> None:
    text = """
        defaults:
          sender: &us {name: Us, country: US}
          return_to: *us
    """
    assert loaded(text).defaults["return_to"] == {"name": "Us", "country": "US"}


# Keys


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("target: {}", 'orderctl.yaml:1: target: unknown key; did you mean "targets"?'),
        (
            "defaults:\n  timezon: UTC",
            'orderctl.yaml:2: defaults.timezon: unknown key; did you mean "timezone"?',
        ),
        (
            "defaults:\n  sender:\n    post_code: 1",
            'orderctl.yaml:3: defaults.sender.post_code: unknown key; did you mean "postal_code"?',
        ),
        (
            "targets:\n  shop:\n    system: shipstation\n    bach: 2",
            'orderctl.yaml:4: targets.shop.bach: unknown key; did you mean "batch"?',
        ),
        (
            "targets:\n  shop:\n    system: shipstation\n    apikey: x",
            'orderctl.yaml:4: targets.shop.apikey: unknown key; did you mean "api_key"?',
        ),
        (
            "maps:\n  service: {}",
            'orderctl.yaml:2: maps.service: unknown key; did you mean "services"?',
        ),
        (
            "maps:\n  services:\n    webshp: {a: b}",
            'orderctl.yaml:3: maps.services.webshp: no such shape or system; did you mean "webship"?',
        ),
        (
            "maps:\n  statuses:\n    webship: {onhold: pending}",
            'orderctl.yaml:3: maps.statuses.webship.onhold: no such status; did you mean "on_hold"?',
        ),
        ("ledger: x", "orderctl.yaml:1: ledger: unknown key; known: targets, defaults, maps, state_dir, journal"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest(text: str, message: str) -> None:
    assert refusal(text) == message


def test_a_setting_of_another_system_is_unknown() -> None:
    text = "targets:\n  shop:\n    system: shipstation\n    integration_id: 1"
    assert "targets.shop.integration_id: unknown key" in refusal(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "targets:\n  shop: {api_key: x}",
            "orderctl.yaml:2: targets.shop.system: missing; one of shipstation, starshipit, webship",
        ),
        (
            "targets:\n  shop: {systm: webship}",
            "orderctl.yaml:2: targets.shop.system: missing; one of shipstation, starshipit, webship; "
            '"systm" is no key, is it meant?',
        ),
        (
            "targets:\n  shop: [webship]",
            "orderctl.yaml:2: targets.shop: write a mapping here, with system: shipstation, starshipit or webship",
        ),
        (
            "targets:\n  shop:\n    system: webshop",
            'orderctl.yaml:3: targets.shop.system: no system "webshop"; did you mean "webship"?',
        ),
        (
            "targets:\n  shop:\n    system: orderctl",
            'orderctl.yaml:3: targets.shop.system: no system "orderctl"; known: shipstation, starshipit, webship',
        ),
    ],
)
def test_a_target_names_its_system(text: str, message: str) -> None:
    assert refusal(text) == message


def test_all_problems_are_named_at_once() -> None:
    message = refusal("defaults:\n  timezone: Denver\n  currency: usd\nstate: x\n")
    assert [line.split(": ")[:2] for line in message.splitlines()] == [
        ["orderctl.yaml:2", "defaults.timezone"],
        ["orderctl.yaml:3", "defaults.currency"],
        ["orderctl.yaml:4", "state"],
    ]


# Values


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("batch: 0", 'a whole number from 1 to 100; found "0"'),
        ("batch: 101", 'a whole number from 1 to 100; found "101"'),
        ("batch: 1.5", 'a whole number from 1 to 100; found "1.5"'),
        ("batch: many", 'a whole number from 1 to 100; found "many"'),
        ("rate: 5", 'a rate such as 5/second or 40/minute; found "5"'),
        ("rate: 0/second", 'a rate such as 5/second or 40/minute; found "0/second"'),
        ("rate: 5/hour", 'a rate such as 5/second or 40/minute; found "5/hour"'),
        ("settle: -1", 'seconds, 0 or more, such as 30; found "-1"'),
        ("settle: 1e3", 'seconds, 0 or more, such as 30; found "1e3"'),
        ("settle: inf", 'seconds, 0 or more, such as 30; found "inf"'),
        ("environment: test", 'one of live, sandbox; found "test"'),
        ("ca_file: gone.pem", 'no such file; found "gone.pem"'),
        ("batch: [1]", "write one value here, not a mapping or a list"),
        ("defaults: {timezone: Denver}", 'the name of a time zone, such as America/Denver; found "Denver"'),
        ("defaults: {currency: usd}", 'an ISO 4217 code, such as USD; found "usd"'),
        ("defaults: {sender: {country: Atlantis}}", 'a country, such as US; found "Atlantis"'),
        ("defaults: {sender: {residential: yes}}", 'one of true, false; found "yes"'),
        ("defaults: {sender: Albert}", "write a mapping here, key: value"),
        ("maps: {carriers: {starshipit: {fedex: DHL}}}", "write a mapping here, key: value"),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(line: str, message: str) -> None:
    found = refusal_of(line)
    assert re.match(r"orderctl\.yaml:7: targets\.shop\.[a-z_.]+: ", found)
    assert found.endswith(message)


def test_values_are_taken_as_they_are_written() -> None:
    target = webship("account: 00123\ndefaults: {sender: {country: NO, postal_code: 02110, phone: +61412345678}}")
    assert target.account == "00123"
    assert target.defaults["sender"] == {"country": "NO", "postal_code": "02110", "phone": "+61412345678"}


def test_values_of_a_target_have_their_types() -> None:
    target = webship("batch: 7\nrate: 40/minute\nsettle: 1.5\nenvironment: sandbox\naccount: a")
    assert (target.batch, target.rate, target.settle) == (7, "40/minute", 1.5)
    assert (target.environment, target.account) == ("sandbox", "a")


def test_what_a_target_does_not_say_is_not_made_up() -> None:
    target = webship()
    assert (target.batch, target.rate, target.settle, target.environment) == (1, None, None, None)
    assert (target.account, target.proxy, target.ca_file, target.sandbox) == (None, None, None, False)


def test_blank_and_null_say_nothing() -> None:
    target = webship("rate:\nsettle: ~\naccount: null")
    assert (target.rate, target.settle, target.account) == (None, None, None)


def test_a_country_becomes_its_code() -> None:
    assert webship("defaults: {sender: {country: United Kingdom}}").defaults["sender"] == {"country": "GB"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://example.com", "https://example.com"),
        ("https://example.com/", "https://example.com"),
        ("https://example.com/api/", "https://example.com/api"),
        ("https://example.com:8443", "https://example.com:8443"),
        ("http://localhost:8800/webship", "http://localhost:8800/webship"),
        ("http://127.0.0.1:8800", "http://127.0.0.1:8800"),
        ('"http://[::1]:8800"', "http://[::1]:8800"),
    ],
)
def test_a_base_url_is_taken_without_its_last_slash(text: str, expected: str) -> None:
    assert webship(f"base_url: {text}").base_url == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("http://example.com", "https is needed"),
        ("http://localhost.example.com", "https is needed"),
        ("http://127.0.0.1.example.com", "https is needed"),
        ("http://10.0.0.1", "https is needed"),
        ("ftp://example.com", "write a URL"),
        ("example.com", "write a URL"),
        ("https://", "write a URL"),
        ("https://example.com:99999", "write a URL"),
        ("https://example.com/a b", "write a URL"),
        ('"https://[::1"', "write a URL"),
        ("https://example.com?key=1", "without a query"),
        ("'https://example.com#top'", "without a query"),
        ("https://example.com/?", "without a query"),
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused(text: str, words: str) -> None:
    message = refusal_of(f"base_url: {text}")
    assert message.startswith("orderctl.yaml:7: targets.shop.base_url: ")
    assert words in message


def test_a_password_in_a_url_is_refused_and_not_shown() -> None:
    message = refusal_of("base_url: https://me:hunter2@example.com")
    assert "without user and password" in message
    assert "hunter2" not in message


def test_a_proxy_may_have_a_password_which_is_not_shown() -> None:
    target = webship("proxy: http://me:hunter2@proxy:3128")
    assert target.proxy == "http://me:hunter2@proxy:3128"
    assert "hunter2" not in repr(target)
    assert "hunter2" not in str(describe(load(None, {}), {}))


def test_a_certificate_file_lies_beside_the_configuration(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / "ca.pem").write_text("x")
    (folder / "my.yaml").write_text("targets: {s: {system: shipstation, api_key: a, api_secret: b, ca_file: ca.pem}}")
    target = load(str(folder / "my.yaml"), {}).target("s", {})
    assert target.ca_file == str(folder / "ca.pem")


# Defaults and maps of a target


def test_defaults_and_maps_of_a_target_win_key_by_key() -> None:
    text = """
        targets:
          shop:
            system: webship
            customer_id: C
            integration_id: I
            api_key: K
            defaults:
              currency: AUD
              sender: {name: Shop}
            maps:
              services: {webship: {Express: Fast, Slow: Slower}}
              carriers: {webship: {fedex: {carrier: UPS}}}
        defaults:
          timezone: America/Denver
          currency: USD
          sender: {name: All, line2: Floor 2}
        maps:
          services: {webship: {Express: Quick, Normal: Standard}, shipstation: {A: B}}
          statuses: {webship: {on_hold: pending}}
          carriers: {webship: {fedex: {carrier: DHL, service: EXP}}}
    """
    target = loaded(text).target("shop", {})
    assert target.defaults == {"timezone": "America/Denver", "currency": "AUD", "sender": {"name": "Shop"}}
    assert target.maps == {
        "services": {
            "webship": {"Express": "Fast", "Normal": "Standard", "Slow": "Slower"},
            "shipstation": {"A": "B"},
        },
        "statuses": {"webship": {"on_hold": "pending"}},
        "carriers": {"webship": {"fedex": {"carrier": "UPS"}}},
    }


def test_maps_may_name_a_shape() -> None:
    text = "maps: {services: {webship-webhook: {A: B}}, statuses: {orderctl: {saved: pending}}}"
    assert loaded(text).maps["services"] == {"webship-webhook": {"A": "B"}}


# Variables


def test_a_variable_stands_anywhere_in_a_value() -> None:
    environ = {"HOST": "localhost:9", "STATE": "/var/s", "ZONE": "America/Denver"}
    text = """
        targets:
          shop: {system: webship, customer_id: C, integration_id: I, api_key: K, base_url: "http://${HOST}/x"}
        defaults: {timezone: "${ZONE}"}
        state_dir: ${STATE}/orderctl
    """
    target = loaded(text, environ).target("shop", environ)
    assert target.base_url == "http://localhost:9/x"
    assert target.state_dir == Path("/var/s/orderctl")
    assert target.defaults["timezone"] == "America/Denver"


def test_what_a_variable_holds_is_not_expanded_again() -> None:
    environ = {"ID": "${HOME}"}
    text = "targets: {shop: {system: webship, customer_id: '${ID}', integration_id: I, api_key: K}}"
    assert loaded(text).target("shop", environ).settings["customer_id"] == "${HOME}"


def test_an_unset_variable_is_named_with_its_setting() -> None:
    assert refusal("state_dir: ${NOWHERE}/x") == (
        "orderctl.yaml:1: state_dir: the environment variable NOWHERE is not set"
    )


@pytest.mark.parametrize("text", ["${}", "${1A}", "${A:-b}", "${A", "x${A-B}"])
def test_a_variable_is_written_in_one_way(text: str) -> None:
    assert "a variable is written ${NAME}" in refusal(f"state_dir: '{text}'", {"A": "a"})


def test_variables_of_another_target_need_not_be_set() -> None:
    example = load(str(EXAMPLE), {})
    assert example.target("webship", {"WEBSHIP_API_KEY": "k"}).secrets["api_key"].reveal() == "k"


def test_a_value_from_a_variable_is_checked_when_the_target_is_used() -> None:
    text = "targets: {shop: {system: webship, customer_id: C, integration_id: I, api_key: K, batch: '${N}'}}"
    with pytest.raises(UsageError, match='a whole number from 1 to 100; found "x"'):
        loaded(text).target("shop", {"N": "x"})


# Secrets


def test_a_secret_is_never_shown() -> None:
    hidden = Secret("hunter2")
    target = webship()
    assert (str(hidden), repr(hidden), f"{hidden}", f"{[hidden]}") == ("***", "***", "***", "[***]")
    assert hidden.reveal() == "hunter2"
    assert "'K'" not in repr(target)
    assert "'api_key': ***" in repr(target)


def stored(form: str, environ: dict[str, str] | None = None) -> Target:
    text = f"targets: {{shop: {{system: webship, customer_id: C, integration_id: I, api_key: {form}}}}}"
    return loaded(text).target("shop", environ or {})


@pytest.mark.parametrize(("content", "expected"), [("key", "key"), ("key\n", "key"), ("key\r\n", "key")])
def test_a_secret_may_lie_in_a_file(content: str, expected: str) -> None:
    Path("key.txt").write_bytes(content.encode())
    assert stored("{file: key.txt}").secrets["api_key"].reveal() == expected
    assert stored("{file: '${WHERE}/key.txt'}", {"WHERE": "."}).secrets["api_key"].reveal() == expected


def test_a_secret_file_may_lie_in_the_home_directory() -> None:
    Path.home().mkdir()
    (Path.home() / "key").write_text("homely")
    assert stored("{file: ~/key}").secrets["api_key"].reveal() == "homely"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the secret is empty"),
        (b"\n", "the secret is empty"),
        (b"key\n\n", "a line break"),
        (b" key", "a blank at an end"),
        (b"two\nlines", "a line break"),
        ("schlüssel".encode(), "beyond ASCII"),
        (b"\xff\xfe", "beyond ASCII"),
        (b"k" * 8193, "longer than 8,192 bytes"),
    ],
)
def test_what_cannot_be_a_secret_is_refused_and_not_shown(content: bytes, words: str) -> None:
    Path("key.txt").write_bytes(content)
    with pytest.raises(UsageError) as caught:
        stored("{file: key.txt}")
    assert str(caught.value).startswith("orderctl.yaml:1: targets.shop.api_key: ")
    assert words in str(caught.value)
    assert "lines" not in str(caught.value).replace("a line break", "")


def test_a_secret_file_that_is_missing_is_named() -> None:
    with pytest.raises(UsageError, match=r"targets\.shop\.api_key: gone\.txt gives no secret: No such file"):
        stored("{file: gone.txt}")


def python(script: str, *arguments: str) -> str:
    """The command that runs a script, as YAML."""
    Path("script.py").write_text(textwrap.dedent(script))
    return "{command: [" + ", ".join(f"'{word}'" for word in (sys.executable, "script.py", *arguments)) + "]}"


def test_a_secret_may_come_from_a_command_without_a_shell() -> None:
    form = python("import sys; print(sys.argv[1])", "$HOME;`id`")
    assert stored(form).secrets["api_key"].reveal() == "$HOME;`id`"


def test_a_command_is_run_once_and_only_where_its_target_is_used() -> None:
    form = python("open('ran', 'a').write('x'); print('key')")
    text = f"targets: {{shop: {{system: webship, customer_id: C, integration_id: I, api_key: {form}}}}}"
    found = loaded(text)
    assert not Path("ran").exists()
    target = found.target("shop", {}, need_credentials=False)
    found.target("shop", {}, sandbox=True)
    describe(found, {})
    assert not Path("ran").exists()
    assert target.secrets["api_key"].reveal() == "key"
    assert target.secrets["api_key"].reveal() == "key"
    assert Path("ran").read_text() == "x"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("raise SystemExit(3)", "it ended with exit code 3"),
        ("print('k' * 9000)", "longer than 8,192 bytes"),
        ("while True: print('k' * 1000)", "longer than 8,192 bytes"),
        ("pass", "the secret is empty"),
    ],
)
def test_a_command_that_gives_no_secret_is_named(script: str, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError) as caught:
        stored(python(script, "argument"))
    assert "targets.shop.api_key: " in str(caught.value)
    assert words in str(caught.value)
    assert "argument" not in str(caught.value)
    capfd.readouterr()


def test_an_empty_variable_is_named_with_the_way_to_go_without_it() -> None:
    with pytest.raises(UsageError) as caught:
        stored("'${WEBSHIP_API_KEY}'", {"WEBSHIP_API_KEY": ""})
    assert "targets.shop.api_key: the environment variable WEBSHIP_API_KEY is empty" in str(caught.value)
    assert "--sandbox" in str(caught.value)


def test_an_address_to_return_to_that_lacks_its_country_is_refused() -> None:
    said = refusal("defaults: {return_to: {name: Ann, line1: 1 Some Street}}")
    assert said.startswith("orderctl.yaml:1: defaults.return_to: country is missing")


def test_a_program_that_does_not_exist_is_named() -> None:
    with pytest.raises(UsageError, match="no-such-program gives no secret: No such file"):
        stored("{command: [no-such-program]}")


def test_a_command_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret, "_SECONDS", 0.2)
    with pytest.raises(UsageError, match=r"no answer within 0\.2 seconds"):
        stored(python("import time; time.sleep(60)"))


@pytest.mark.parametrize(
    "form",
    [
        "{file: a, command: [b]}",
        "{env: A}",
        "{}",
        "[a]",
        "{file: [a]}",
        "{file: }",
        "{command: echo key}",
        "{command: []}",
        "{command: {a: b}}",
        "{command: [a, [b]]}",
    ],
)
def test_a_secret_of_another_form_is_refused_when_the_file_is_read(form: str) -> None:
    text = f"targets: {{shop: {{system: webship, customer_id: C, integration_id: I, api_key: {form}}}}}"
    assert refusal(text).startswith("orderctl.yaml:1: targets.shop.api_key: write ")


# Targets by name


def test_a_systems_name_takes_its_settings_from_the_environment() -> None:
    target = load(None, {}).target("webship", WEBSHIP | {"WEBSHIP_BASE_URL": "http://localhost:1/"})
    assert (target.name, target.system, target.base_url) == ("webship", "webship", "http://localhost:1")
    assert dict(target.settings) == {"customer_id": "TEST00002", "integration_id": "3214"}
    assert target.secrets["api_key"].reveal() == "webship-key"


def test_a_systems_name_shares_defaults_maps_and_state() -> None:
    found = loaded("defaults: {timezone: America/Denver}\nmaps: {services: {webship: {A: B}}}\nstate_dir: /s")
    target = found.target("webship", WEBSHIP)
    assert target.defaults == {"timezone": "America/Denver"}
    assert target.maps == {"services": {"webship": {"A": "B"}}}
    assert target.state_dir == Path("/s")
    assert target.base_url == "https://xpsshipper.com"


def test_a_target_of_a_systems_name_is_that_of_the_configuration() -> None:
    text = "targets: {webship: {system: webship, customer_id: OURS, integration_id: I, api_key: K}}"
    assert loaded(text).target("webship", WEBSHIP).settings["customer_id"] == "OURS"


def test_a_wrong_variable_is_named() -> None:
    with pytest.raises(UsageError) as caught:
        load(None, {}).target("webship", WEBSHIP | {"WEBSHIP_BASE_URL": "http://example.com"})
    assert str(caught.value).startswith("environment variable WEBSHIP_BASE_URL: webship.base_url: https is needed")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("webshop", 'did you mean "webship"?'),
        ("shp", 'did you mean "shop"?'),
        ("zzz", "known: shop, shipstation"),
    ],
)
def test_an_unknown_target_is_refused_with_the_nearest(name: str, words: str) -> None:
    found = loaded("targets: {shop: {system: shipstation, api_key: a, api_secret: b}}")
    with pytest.raises(UsageError, match=f'no target "{name}"') as caught:
        found.target(name, {})
    assert words in str(caught.value)


def test_our_own_shape_is_no_target() -> None:
    with pytest.raises(UsageError, match='no target "orderctl"'):
        load(None, {}).target("orderctl", {})


def test_everything_missing_is_named_at_once_with_variable_setting_and_sandbox() -> None:
    with pytest.raises(UsageError) as caught:
        load(None, {}).target("webship", {"WEBSHIP_API_KEY": ""})
    message = str(caught.value)
    for key, variable in (
        ("customer_id", "WEBSHIP_CUSTOMER_ID"),
        ("integration_id", "WEBSHIP_INTEGRATION_ID"),
        ("api_key", "WEBSHIP_API_KEY"),
    ):
        assert f"targets.webship.{key}" in message
        assert variable in message
    assert "--sandbox" in message
    assert caught.value.exit_code == Exit.USAGE


@pytest.mark.parametrize("line", ["", "    api_secret:\n", "    api_secret: ${SHIPSTATION_API_SECRET}\n"])
def test_a_missing_credential_of_the_configuration_is_named(line: str) -> None:
    found = loaded("targets:\n  shop:\n    system: shipstation\n    api_key: a\n" + line)
    with pytest.raises(UsageError) as caught:
        found.target("shop", {})
    message = str(caught.value)
    assert "targets.shop.api_secret" in message
    assert "SHIPSTATION_API_SECRET" in message
    assert "--sandbox" in message


def test_without_need_of_credentials_ids_are_still_needed_and_keys_are_not() -> None:
    ids = {name: text for name, text in WEBSHIP.items() if name != "WEBSHIP_API_KEY"}
    target = load(None, {}).target("webship", ids, need_credentials=False)
    assert dict(target.secrets) == {}
    assert load(None, {}).target("webship", WEBSHIP, need_credentials=False).secrets["api_key"].reveal()
    with pytest.raises(UsageError, match="WEBSHIP_CUSTOMER_ID"):
        load(None, {}).target("webship", {}, need_credentials=False)


def test_the_sandbox_needs_no_account() -> None:
    target = load(None, {}).target("webship", {}, sandbox=True)
    assert (target.sandbox, dict(target.settings), dict(target.secrets)) == (True, {}, {})
    example = load(str(EXAMPLE), {}).target("starshipit", {}, sandbox=True)
    assert example.rate == "2/second"
    assert example.defaults["currency"] == "AUD"


def test_the_sandbox_leaves_the_way_to_the_account_out() -> None:
    text = """
        targets:
          shop:
            system: shipstation
            base_url: https://${A}
            account: ${B}
            proxy: http://${C}
            ca_file: ${D}
    """
    target = loaded(text).target("shop", {}, sandbox=True)
    assert target.base_url == "https://ssapi.shipstation.com"
    assert (target.account, target.proxy, target.ca_file) == (None, None, None)


# What is shown


def test_every_value_is_shown_with_where_it_came_from() -> None:
    text = """\
        targets:
          shop:
            system: shipstation
            api_key: ${KEY}
            api_secret: hunter2
            account: ${NAME}
        defaults:
          sender: {name: Us}
    """
    found = loaded(text)
    shown = {row.key: (row.value, row.origin) for row in describe(found, {"KEY": "hunter3", "NAME": "main"})}
    assert shown == {
        "targets.shop.system": ("shipstation", "orderctl.yaml:3"),
        "targets.shop.base_url": ("https://ssapi.shipstation.com", "default"),
        "targets.shop.api_key": ("***", "environment variable KEY at orderctl.yaml:4"),
        "targets.shop.api_secret": ("***", "orderctl.yaml:5"),
        "targets.shop.account": ("main", "environment variable NAME at orderctl.yaml:6"),
        "targets.shop.batch": ("1", "default"),
        "targets.shop.rate": ("40/minute", "default"),
        "targets.shop.settle": ("30", "default"),
        "defaults.sender.name": ("Us", "orderctl.yaml:8"),
        "defaults.timezone": ("UTC", "default"),
        "state_dir": (str(found.state_dir), "default"),
    }


def test_a_system_that_the_environment_describes_is_shown() -> None:
    shown = {row.key: (row.value, row.origin) for row in describe(load(None, {}), WEBSHIP)}
    assert shown["webship.customer_id"] == ("TEST00002", "environment variable WEBSHIP_CUSTOMER_ID")
    assert shown["webship.api_key"] == ("***", "environment variable WEBSHIP_API_KEY")
    assert shown["webship.base_url"] == ("https://xpsshipper.com", "default")
    assert not any(key.startswith("shipstation") for key in shown)


def test_what_is_not_set_is_shown_as_such() -> None:
    found = loaded("targets: {shop: {system: shipstation, api_key: '${KEY}', account: '${NAME}'}}")
    shown = {row.key: row.value for row in describe(found, {})}
    assert shown["targets.shop.api_key"] == "(not set)"
    assert shown["targets.shop.account"] == "(not set)"


def test_no_secret_of_the_example_is_shown() -> None:
    shown = str(describe(load(str(EXAMPLE), KEYS), KEYS))
    assert not any(key in shown for key in KEYS.values())


def test_a_file_or_command_is_shown_without_what_it_holds() -> None:
    found = loaded("targets: {s: {system: shipstation, api_key: {file: k}, api_secret: {command: [pass, hunter2]}}}")
    shown = {row.key: (row.value, row.origin) for row in describe(found, {})}
    assert shown["targets.s.api_key"] == ("***", "file named at orderctl.yaml:1")
    assert shown["targets.s.api_secret"] == ("***", "command named at orderctl.yaml:1")


def test_the_configuration_is_light_to_import() -> None:
    heavy = "{'yaml', 'httpx', 'pydantic', 'pycountry', 'platformdirs', 'rich'}"
    script = f"import sys, orderctl.config; assert not {heavy} & set(sys.modules), sorted(sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=EXAMPLE.parent, check=True)


def test_the_public_names_are_in_one_place() -> None:
    assert set(config.__all__) == {"Config", "Row", "Secret", "Target", "describe", "load"}
