"""Numbers, addresses, names and plates in plain words: many ways of writing one, and what is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import grows_in_proportion, least_cpu_seconds
from triage.selectors.find import MOST, FoundSelector, find

DUTCH = [
    "06-12345678",
    "06 12 34 56 78",
    "0612345678",
    "+31612345678",
    "+31 6 1234 5678",
    "+31 (0)6 12345678",
    "0031 6 12345678",
    "(06) 12345678",
    "06.12.34.56.78",
    "31612345678",
    "０６１２３４５６７８",
    "06\u00a012345678",
    "06-1234\u200b5678",
    "https://wa.me/31612345678",
    "t.me/+31612345678",
]
BELARUSIAN = [
    "+375 29 123-45-67",
    "+375 (29) 1234567",
    "375291234567",
    "8 (029) 123-45-67",
    "8-029-123-45-67",
    "80291234567",
    "029 123 45 67",
    "00375291234567",
]


def values(text: str, kind: str) -> list[str]:
    return [each.value for each in find(text) if each.kind == kind]


@pytest.mark.parametrize("written", DUTCH)
def test_a_dutch_number_is_one_number_however_it_is_written(written: str) -> None:
    assert values(f"Hij belde van {written}, twee keer.", "phone") == ["+31612345678"]


@pytest.mark.parametrize("written", BELARUSIAN)
def test_a_belarusian_number_is_one_number_however_it_is_written(written: str) -> None:
    assert values(f"Званілі з нумара {written} уначы.", "phone") == ["+375291234567"]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+48 512 345 678", "+48512345678"),
        ("512 345 678", "+48512345678"),
        ("+370 612 34567", "+37061234567"),
        ("8 612 34567", "+37061234567"),
        ("8 912 345-67-89", "+79123456789"),
        ("+44 20 7946 0958", "+442079460958"),
    ],
)
def test_numbers_of_other_countries_are_found(written: str, number: str) -> None:
    assert values(f"call from {written}.", "phone") == [number]


@given(
    st.integers(10_000_000, 99_999_999), st.sampled_from(["06{}", "06-{}", "+316{}", "+31 6 {}", "00316{}"])
)
def test_any_dutch_mobile_number_in_any_form_is_the_same(number: int, form: str) -> None:
    found = values(form.format(number), "phone")

    assert found in ([f"+316{number}"], [])  # not every number is given out
    assert found == values(f"06{number}", "phone")


@pytest.mark.parametrize(
    "words",
    ["09 06 1997", "09061997", "21.06.1956 - 21.06.1956", "13-06-2002 0000", "2026-06-12 - 2026-06-14"],
)
def test_two_dates_or_a_date_and_a_time_are_no_number(words: str) -> None:
    assert find(words) == ()


def test_a_number_beside_a_date_is_found() -> None:
    assert values("12-06-2026 06-12345678, 2026-06-12 0612345679", "phone") == [
        "+31612345678",
        "+31612345679",
    ]


def test_two_numbers_in_a_row_are_two() -> None:
    assert values("06 12345678 06 87654321", "phone") == ["+31612345678", "+31687654321"]


@given(
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["%d-%m-%Y", "%Y-%m-%d", "%d.%m.%Y", "%d/%m/%y", "%Y%m%d", "%d %m %Y"]),
)
def test_a_date_is_neither_a_number_nor_a_plate(day: date, form: str) -> None:
    assert find(f"op {day:{form}} om 10.30") == ()


@pytest.mark.parametrize(
    "words",
    [
        "123456782",  # a citizen's service number
        "1234 AB Amsterdam, 1234AB 7",  # a postcode and a house number
        "at 9 men 12",
        "MP1234567",  # a passport
        "€ 12.500,00",
        "13:45:10",
        "huis.De volgende dag",
        "o.a. en d.w.z.",
        "e-mail",
        "@ 5",
        "NL91ABNA0417164301",  # a wrong check digit
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "",
    ],
)
def test_what_only_looks_like_one_is_none(words: str) -> None:
    assert find(words) == ()


@pytest.mark.parametrize(
    "written",
    [
        "@Ivan_Petrov",
        "t.me/ivan_petrov",
        "https://t.me/Ivan_Petrov?start=1",
        "telegram.me/ivan_petrov",
        "t.me/s/ivan_petrov",
        "tg://resolve?domain=ivan_petrov",
        "Telegram:@ivan_petrov",
        "https://www.instagram.com/ivan_petrov/",
        "instagram.com/stories/ivan_petrov/123",
        "m.facebook.com/ivan_petrov",
        "vk.com/ivan_petrov",
        "tiktok.com/@ivan_petrov",
        "https://twitter.com/ivan_petrov/status/12345678901",
        "(@ivan_petrov).",
    ],
)
def test_a_name_on_a_platform_is_one_name_however_it_is_written(written: str) -> None:
    assert find(f"Пісаў {written} мне") == (FoundSelector("handle", "ivan_petrov"),)


@pytest.mark.parametrize("written", ["12-AB-34", "12 AB 34", "12AB34", "12-ab-34", "12-АВ-34"])
def test_a_dutch_plate_is_one_plate_however_it_is_written(written: str) -> None:
    assert find(f"een auto met kenteken {written} voor de deur") == (FoundSelector("plate", "12AB34"),)


@pytest.mark.parametrize("written", ["1234 AB-7", "1234AB-7", "1234AB7", "1234 АВ-7", "1234-ав-7"])
def test_a_belarusian_plate_is_one_plate_in_latin_and_cyrillic(written: str) -> None:
    assert find(f"машина {written} у дома") == (FoundSelector("plate", "1234AB7"),)


@pytest.mark.parametrize("written", ["XX-999-X", "9-XXX-99", "99-XXX-9", "XXX-99-X", "999-XX-9", "XX-99-99"])
def test_every_way_of_dividing_a_dutch_plate_is_known(written: str) -> None:
    assert values(written, "plate") == [written.replace("-", "")]


@pytest.mark.parametrize(
    "written",
    [
        "Jan.Vos@Example.org",
        "mailto:jan.vos@example.org",
        "jan.vos+spam@example.org",
        "jan.vos(at)example[.]org",
    ],
)
def test_a_mail_address_is_one_address(written: str) -> None:
    assert find(f"from <{written}>.") == (FoundSelector("email", "jan.vos@example.org"),)


@pytest.mark.parametrize(
    "written",
    [
        "https://evil.example.com/Login",
        "http://www.evil.example.com/Login/",
        "evil.example.com/Login?utm_source=x#top",
        "hxxps://evil[.]example[.]com/Login",
        "HTTPS://EVIL.Example.com:443/Login",
        "https://user@evil.example.com/Login",
    ],
)
def test_a_web_address_is_one_address(written: str) -> None:
    assert find(f"klik op {written}!") == (FoundSelector("url", "evil.example.com/Login"),)


def test_an_invitation_keeps_its_case_and_a_profile_its_number() -> None:
    assert values("https://t.me/+AbCdEf12", "url") == ["t.me/+AbCdEf12"]
    assert values("https://www.facebook.com/profile.php?id=100012&ref=x", "url") == [
        "facebook.com/profile.php?id=100012"
    ]


def test_a_number_inside_a_link_is_no_phone_number() -> None:
    assert [each.kind for each in find("https://example.org/0612345678")] == ["url"]


@pytest.mark.parametrize(
    "written", ["NL91ABNA0417164300", "NL91 ABNA 0417 1643 00", "nl91 abna 0417 1643 00"]
)
def test_a_bank_account_is_one_account(written: str) -> None:
    assert find(f"maak over naar {written} is mij gezegd") == (FoundSelector("iban", "NL91ABNA0417164300"),)


@pytest.mark.parametrize(
    ("written", "wallet"),
    [
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        ("BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
        (
            "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
            "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
        ),
        ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
        ("0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe", "0xde0b295669a9fd93d5f28d9ec85e40f4cb697bae"),
    ],
)
def test_a_wallet_with_its_checksum_is_found(written: str, wallet: str) -> None:
    assert find(f"pay {written} now") == (FoundSelector("wallet", wallet),)


@pytest.mark.parametrize(
    "words",
    [
        "112",
        "Bel 0900-8844 of 0800-7000.",
        "I called +31 247 247 247",
        "telegram.org/faq",
        "https://desktop.telegram.org",
        "https://www.facebook.com/",
        "instagram.com",
        "@telegram",
        "http://127.0.0.1:8000/nl/",
    ],
)
def test_help_lines_home_pages_and_the_portal_itself_link_nothing(words: str) -> None:
    assert find(words) == ()


def test_a_person_on_a_platform_whose_home_page_is_ignored_still_links() -> None:
    assert find("instagram.com/some.body") == (FoundSelector("handle", "some.body"),)


def test_the_reporters_own_contact_data_is_left_out_in_whatever_form_it_is_written() -> None:
    words = "My number is 06-12345678, they called from 06-87654321."

    assert find(words, without=["+31 6 12345678"]) == (FoundSelector("phone", "+31687654321"),)


def test_no_name_of_a_person_is_ever_a_selector() -> None:
    assert find("Ivan Ivanovich Petrov, Иван Петров, Пётр Іваноў, dhr. J. de Vries, agent 007") == ()


@given(st.text(max_size=400))
def test_any_text_can_be_searched(text: str) -> None:
    assert len(find(text)) <= MOST


@pytest.mark.parametrize(
    "piece",
    [
        "1 ",
        "12345678 ",
        "0",
        "8 ",
        "06-",
        "+1",
        "a@",
        "a.",
        "@ab ",
        "t.me/",
        "NL91 ",
        "AB-",
        "[.]",
        "1A",
        "//",
        "x",
    ]
    + ["(", "+375 29 123-45-67 ", "@name%d ", "https://a.example/", "375 ", "\u200b", "١"],
)
def test_hostile_text_costs_time_in_proportion_to_its_length(piece: str) -> None:
    assert grows_in_proportion(lambda length: find((piece * length)[:length]), 25_000)


def test_an_ordinary_account_costs_a_few_milliseconds() -> None:
    words = "Gisteren belde iemand mij op en vroeg naar mijn moeder in Minsk. Hij noemde 06-12345678. " * 22

    assert least_cpu_seconds(lambda: find(words), below=0.02) < 0.02


@pytest.mark.parametrize(
    "address",
    [  # the examples of BIP 173 and BIP 350
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
        "bc1sw50qgdz25j",
        "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
    ],
)
def test_every_kind_of_bitcoin_address_is_found(address: str) -> None:
    assert find(f"pay {address} now") == (FoundSelector("wallet", address),)


@pytest.mark.parametrize(
    "address",
    [
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",  # bech32 where bech32m belongs
        "bc1s0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq54well",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh",  # bech32m where bech32 belongs
        "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcs",
        "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLz",
        "TJRabPrwbZy45sbavfcjinPJC18kjpRTv9",
        "1QLbz7JHiBTspS962RLKV8GndWFwi5j6Qs",
        "1" * 30,
        "T" + "1" * 30,
        "bc1" + "q" * 40,
    ],
)
def test_an_address_with_a_wrong_checksum_links_nothing(address: str) -> None:
    assert find(f"pay {address} now") == ()
