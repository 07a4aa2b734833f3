"""Signatures of webhooks, held against the specification's own example."""

from __future__ import annotations

import base64

from portal.webhooks.engine.signing import secret_text, signed_headers, signing_key

# From the tests of the libraries at https://github.com/standard-webhooks/standard-webhooks
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
MESSAGE_ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_specification() -> None:
    assert signed_headers(MESSAGE_ID, TIMESTAMP, BODY, [base64.b64decode(SECRET)]) == {
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": str(TIMESTAMP),
        "webhook-signature": SIGNATURE,
    }


def test_each_key_signs() -> None:
    keys = [base64.b64decode(SECRET), b"another"]
    first, second = signed_headers(MESSAGE_ID, TIMESTAMP, BODY, keys)["webhook-signature"].split(" ")
    assert first == SIGNATURE
    assert second == signed_headers(MESSAGE_ID, TIMESTAMP, BODY, keys[1:])["webhook-signature"]


def test_a_key_follows_from_the_portal_s_and_the_salt_alone() -> None:
    key = signing_key("portal", "salt")
    assert len(key) == 32
    assert key == signing_key("portal", "salt")
    assert len({key, signing_key("portal", "other"), signing_key("other", "salt")}) == 3
    assert base64.b64decode(secret_text(key).removeprefix("whsec_")) == key
