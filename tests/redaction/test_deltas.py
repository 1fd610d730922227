"""A secret that comes in pieces is not put together behind us, however it is cut; and no other word is lost or comes late for long."""

from __future__ import annotations

import base64
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opencode_widget.redaction import Deltas, Known

TOKEN = "3TjkX-9f_LrMq2hVt8ZaYw0BnCdEoPuSiGxKlJv7m5Q"
OTHER = "w0rd-of/mouth%"
SPELLED = [
    TOKEN,
    OTHER,
    TOKEN[::-1],
    "w0rd-of%2Fmouth%25",
    TOKEN.encode().hex(),
    base64.b64encode(f"PW={TOKEN}".encode()).decode()[4:-3],
]


def deltas(*secrets: str) -> Deltas:
    known = Known()
    for secret in secrets or (TOKEN, OTHER):
        known.add(secret, "opencode")
    return Deltas(known)


def passed(some: Deltas, pieces: list[str]) -> str:
    """All that is passed on of a text that comes in pieces and then ends."""
    return "".join([*(some.feed("key", piece) for piece in pieces), some.release("key")])


@st.composite
def cut(draw: st.DrawFn, whole: str) -> list[str]:
    places = sorted(draw(st.sets(st.integers(0, len(whole)), max_size=30)) | {0, len(whole)})
    return [whole[start:end] for start, end in pairwise(places)]


@given(st.lists(st.one_of(st.sampled_from(SPELLED), st.text(max_size=8)), max_size=8).map("".join), st.data())
def test_no_secret_passes_however_it_is_cut(whole: str, data: st.DataObject) -> None:
    out = passed(deltas(), data.draw(cut(whole)))
    assert [spelled for spelled in SPELLED if spelled[3:] in out] == []


@pytest.mark.parametrize("spelled", SPELLED)
@pytest.mark.parametrize("size", range(1, 50))
def test_of_a_secret_in_pieces_of_one_size_three_characters_pass_at_most(spelled: str, size: int) -> None:
    whole = f"PASSWORD={spelled}\nHOME=/root\n"
    out = passed(deltas(), [whole[at : at + size] for at in range(0, len(whole), size)])
    assert out in {f"PASSWORD={spelled[:count]}***\nHOME=/root\n" for count in range(4)}


@given(st.text(alphabet="3TjkX-9f_Lw0rd o", max_size=60), st.data())
def test_every_other_text_passes_as_it_is(whole: str, data: st.DataObject) -> None:
    if not any(spelled[:20] in whole for spelled in SPELLED) and OTHER not in whole:
        assert passed(deltas(), data.draw(cut(whole))) == whole


def test_a_piece_that_begins_no_secret_passes_at_once() -> None:
    some = deltas()
    for piece in ("Hello", " wor", "ld", "", "3Tj", " no"):
        assert some.feed("key", piece) == piece


def test_texts_are_kept_apart() -> None:
    some = deltas()
    assert some.feed("a", TOKEN[:20]) == ""
    assert some.feed("b", "words") == "words"
    assert some.feed("a", TOKEN[20:] + "!") == "***!"


def test_a_text_that_is_stated_whole_goes_on_from_there() -> None:
    some = deltas()
    assert some.feed("key", f"is {TOKEN[:10]}") == "is "
    some.restate("key", f"is {TOKEN[:20]}")
    assert TOKEN[20:] not in some.feed("key", TOKEN[20:] + ".")
    assert some.release("key") == ""


def test_what_is_held_back_of_a_text_that_ends_is_starred_where_it_is_most_of_a_secret() -> None:
    for size, shown in ((10, TOKEN[:10]), (40, "***")):
        some = deltas()
        assert some.feed("key", TOKEN[:size]) == ""
        assert some.release("key") == shown
    some.drop("key")
    assert not some.buffered


def test_secrets_that_overlap_are_not_torn_apart() -> None:
    out = passed(deltas("hunter2-abcd", "abcd-efgh-1"), ["x hunter2-abcd", "-efgh-1 y"])
    assert "abcd" not in out
    assert out.endswith("*** y")


def test_a_secret_that_begins_in_its_own_end_costs_no_more_the_longer_it_goes_on() -> None:
    some = deltas("abcabcabcabc1abcabcabcabc1")
    start = time.perf_counter()
    for _ in range(20_000):
        some.feed("key", "abcabcabcabc1")
    assert time.perf_counter() - start < 60
    assert all(size <= 4_100 for size in some.buffered.values())


def test_texts_that_never_end_are_not_remembered_for_ever() -> None:
    some = deltas()
    for number in range(30_000):
        some.feed(number, "abc")
    assert len(vars(some)["_ends"]) <= 10_000
