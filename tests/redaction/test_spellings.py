"""No spelling of a secret passes, wherever in a text or in JSON it stands; and no other text is touched."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from opencode_widget.redaction import Known

PASSWORD = "p@ss/wörd: \"q'\\%&<x>"
TOKEN = "3TjkX-9f_LrMq2hVt8ZaYw0BnCdEoPuSiGxKlJv7m5Q"

Encode = Callable[[str], str]
ENCODINGS: dict[str, Encode] = {
    "itself": lambda text: text,
    "backwards": lambda text: text[::-1],
    "percent-encoded": lambda text: quote(text, safe=""),
    "percent-encoded, small digits": lambda text: "".join(
        f"%{byte:02x}" if chr(byte) not in SAFE else chr(byte) for byte in text.encode()
    ),
    "percent-encoded, slashes left": quote,
    "percent-encoded twice": lambda text: quote(quote(text, safe=""), safe=""),
    "encodeURIComponent": lambda text: quote(text, safe="!'()*"),
    "a form's field": quote_plus,
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, not ASCII only": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON in JSON": lambda text: json.dumps(json.dumps(text))[3:-3],
    "JSON, slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", r"\/"),
    "repr": lambda text: repr(text)[1:-1],
    "ascii": lambda text: ascii(text)[1:-1],
    "repr of bytes": lambda text: repr(text.encode())[2:-1],
    "HTML": html.escape,
    "a shell's quotes": lambda text: text.replace("'", "'\\''"),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 after one byte": lambda text: base64.b64encode(b"x" + text.encode()).decode()[2:],
    "base64 after two bytes": lambda text: base64.b64encode(b"xy" + text.encode()).decode()[3:],
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(b"x" * 40 + text.encode() * 3).decode(),
    "basic authentication": lambda text: base64.b64encode(b"opencode:" + text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, large": lambda text: text.encode().hex().upper(),
    "hexadecimal in lines": lambda text: "\n".join(
        ("ab" * 25 + text.encode().hex())[at : at + 60] for at in range(0, 300, 60)
    ),
}
SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"


def known(*secrets: str, username: str = "opencode") -> Known:
    known = Known()
    for secret in secrets:
        known.add(secret, username)
    return known


def core(encoded: str, secret: str) -> str:
    """What may not remain: the middle of the encoded text, whose ends may belong to what stands around."""
    return encoded[2:-3] if len(encoded) > 10 else encoded


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("secret", [PASSWORD, TOKEN])
def test_a_spelling_is_starred_out_of_a_text(encode: Encode, secret: str) -> None:
    spelled = encode(secret)
    cleaned = known(secret).text(f"PASSWORD={spelled} and more")
    assert core(spelled, secret) not in cleaned
    assert "***" in cleaned
    assert (cleaned[:9], cleaned[-9:]) == ("PASSWORD=", " and more")


@pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)
@pytest.mark.parametrize("as_bytes", [False, True])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_spelling_is_starred_out_of_json(encode: Encode, as_bytes: bool, ascii_only: bool) -> None:
    for secret in (PASSWORD, TOKEN):
        spelled = encode(secret)
        value = {"text": f"a{spelled}b", "list": [1, None, {spelled: True}], "id": spelled}
        raw = json.dumps(value, ensure_ascii=ascii_only)
        found = known(secret).redactor.parsed(json.loads(raw), raw.encode() if as_bytes else raw)
        assert core(spelled, secret) not in str(strings(found))
        assert found["list"][:2] == [1, None]


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *strings(inner))]
    return [text for inner in value for text in strings(inner)] if isinstance(value, list) else []


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=4, max_size=50), st.text(max_size=20), st.data())
def test_no_secret_passes_in_any_spelling(secret: str, around: str, data: st.DataObject) -> None:
    assume("*" not in secret)
    spelled = data.draw(st.sampled_from([encode for name, encode in ENCODINGS.items() if "lines" not in name]))(secret)
    assume(len(spelled) >= 12)
    redactor = known(secret).redactor
    assert core(spelled, secret) not in redactor.text(f"{around} {spelled} {around}").replace(around, "")
    raw = json.dumps({"text": f"{around}{spelled}"})
    assert core(spelled, secret) not in redactor.parsed(json.loads(raw), raw)["text"].removeprefix(around)


@given(st.text(alphabet=SAFE, min_size=12, max_size=43), st.binary(max_size=100), st.binary(max_size=100))
def test_base64_of_whatever_holds_a_secret_does_not_give_it_back(secret: str, before: bytes, after: bytes) -> None:
    for encode in (base64.b64encode, base64.encodebytes, base64.urlsafe_b64encode):
        text = encode(before + secret.encode() + after).decode()
        cleaned = known(secret).text(text)
        lines = cleaned.replace("\n", "").split("***")
        for piece in lines:
            for start in range(4):
                usable = piece[start : start + (len(piece) - start) // 4 * 4].rstrip("=")
                decoded = base64.b64decode(
                    usable + "=" * (-len(usable) % 4), altchars=b"-_" if encode is base64.urlsafe_b64encode else None
                )
                assert secret.encode() not in decoded


@given(st.text(max_size=300))
def test_a_text_without_a_secret_is_left_alone(text: str) -> None:
    assert known(TOKEN).text(text) == text


@pytest.mark.parametrize("escaped", ["\\u0033TjkX-9f_L", "3\\u0054jkX-9f_L"])
def test_needless_escapes_in_json_hide_nothing(escaped: str) -> None:
    raw = f'{{"text": "{escaped}{TOKEN[10:]}"}}'
    assert json.loads(raw) == {"text": TOKEN}
    assert known(TOKEN).redactor.parsed(json.loads(raw), raw) == {"text": "***"}


def test_secrets_that_overlap_leave_nothing_of_each_other() -> None:
    cleaned = known("swordfish-1a2b", "1a2b-hunter-9").text("x swordfish-1a2b-hunter-9 y")
    assert cleaned == "x *** y"
    assert known("hunter2-ab", "hunter2-abcd").text("hunter2-abcd") == "***"


def test_the_larger_part_of_a_secret_at_a_cut_is_starred_too() -> None:
    assert known(TOKEN).text(f"PASSWORD={TOKEN[:30]}") == "PASSWORD=***"
    assert known(TOKEN).text(f"PASSWORD={TOKEN[:5]}") == f"PASSWORD={TOKEN[:5]}"


def test_a_secret_that_may_be_a_word_is_left_in_names_and_starred_in_words() -> None:
    redactor = known("test").redactor
    value = {"id": "ses_test", "directory": "/tmp/test", "providerID": "test", "text": "a test", "title": "test"}
    assert redactor.parsed(value, json.dumps(value)) == value | {"text": "a ***", "title": "***"}


@pytest.mark.parametrize("short", ["a", "ab", "abc"])
def test_a_short_secret_is_starred_with_its_users_name_alone(short: str) -> None:
    known_one = known(short, username="ann")
    assert known_one.text(f"a lab of {short}") == f"a lab of {short}"
    assert known_one.text(f"http://ann:{short}@host") == "http://***@host"
    basic = base64.b64encode(f"ann:{short}".encode()).decode()
    assert basic.rstrip("=")[:-1] not in known_one.text(f"Authorization: Basic {basic}")


def test_half_a_character_in_a_secret_is_no_fault() -> None:
    secret = "geheim-p\udce4ss"
    assert secret not in known(secret).text(f"x {secret} y")
    assert "geheim" not in known(secret).text(f"x {secret!r} y")


# ---- the registry -----------------------------------------------------------------------------------------------------


def test_a_secret_is_forgotten_when_nobody_uses_it() -> None:
    some = Known()
    some.add("swordfish")
    some.add("swordfish")
    some.forget("swordfish")
    assert some.text("a swordfish") == "a ***"
    some.forget("swordfish")
    assert some.text("a swordfish") == "a swordfish", "it may be a word"
    some.forget("swordfish")
    some.add(None)
    some.add("")
    assert some.text("") == ""


def test_a_secret_that_is_no_word_is_known_for_a_while_longer() -> None:
    some = Known()
    some.add(TOKEN)
    some.forget(TOKEN)
    assert some.text(TOKEN) == "***"
    for number in range(20):
        some.add(other := hashlib.sha256(bytes([number])).hexdigest())
        some.forget(other)
    assert some.text(TOKEN) == TOKEN
    assert some.text(other) == "***"


def test_nothing_of_ours_shows_a_secret_in_its_repr() -> None:
    some = known(TOKEN, PASSWORD)
    shown = [repr(some), repr(some.redactor), *(repr(item) for item in some.redactor.__dict__["_all"])]
    assert not [text for text in shown if TOKEN[:8] in text or "p@ss" in text]


@pytest.mark.parametrize("name", ["HTTP_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("spelled", ["s3cr%2Ft-pw", "s3cr/t-pw"])
def test_the_password_of_a_proxy_is_known(name: str, spelled: str) -> None:
    some = Known()
    some.learn({name: f"http://me:{spelled}@proxy:3128", "NO_PROXY": "localhost"})
    assert some.text("s3cr%2Ft-pw and s3cr/t-pw, me") == "*** and ***, me"


def test_tokens_of_the_host_are_known() -> None:
    some = Known()
    some.learn(
        {"JUPYTER_TOKEN": TOKEN, "JUPYTERHUB_API_TOKEN": "0123456789abcdef", "JUPYTER_PATH": "/usr/share/jupyter"}
    )
    assert some.text(f"{TOKEN} 0123456789abcdef /usr/share/jupyter") == "*** *** /usr/share/jupyter"
