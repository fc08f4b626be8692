"""The key is found, warned about when others can read it, and does not print itself."""

from __future__ import annotations

import pytest

from jobs.fetch.errors import RefusedError
from jobs.fetch.service_key import ServiceKey, load_service_key


def test_key_file_open_to_others_is_read_with_a_warning(tmp_path, caplog):
    path = tmp_path / "key"
    path.write_text("abc%2Bdef\n")
    path.chmod(0o644)
    assert load_service_key({"CUSTOMS_KCS_KEY_FILE": str(path)}).decoded() == "abc+def"
    assert "chmod 600" in caplog.text


def test_private_key_file_is_read_in_silence(tmp_path, caplog):
    path = tmp_path / "key"
    path.write_text("abc")
    path.chmod(0o600)
    assert load_service_key({"CUSTOMS_KCS_KEY_FILE": str(path)}).decoded() == "abc"
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("environment", "code"),
    [
        ({}, "key_missing"),
        ({"CUSTOMS_KCS_KEY": "  "}, "key_missing"),
        ({"CUSTOMS_KCS_KEY_FILE": "/nowhere/key"}, "key_unreadable"),
        ({"CUSTOMS_KCS_KEY": "two words"}, "key_malformed"),
    ],
)
def test_absent_or_broken_keys_say_so(environment, code):
    with pytest.raises(RefusedError) as caught:
        load_service_key(environment)
    assert caught.value.code == code


def test_key_does_not_print_itself():
    key = ServiceKey("topsecret")
    assert "topsecret" not in f"{key} {key!r} {[key]}"
