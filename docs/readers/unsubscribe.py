"""Makes the header fields of a one-click unsubscribe (RFC 8058) for a Quell stack. Copy this file; docs/unsubscribe.md is the contract it follows.

Needs the package cryptography (AES-GCM is not in Python's own library). Can be checked against docs/unsubscribe-vectors.json.

    headers = unsubscribe_headers("ada@example.com", "shop:list:weekly", keys, "https://hooks.example.com")
    for name, value in headers.items():
        message[name] = value                       # and let DKIM sign both fields
    message.policy = message.policy.clone(max_line_length=998)

The last line is for an email.message.EmailMessage: it writes what is longer than 78 characters in encoded words, and mail programs
find no link in those.
"""

import base64
import hashlib
import hmac
import os
import re
import struct
import time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAX_LINE = 998


def unsubscribe_headers(address, scope, keys, base_url):
    """Two header fields as a dict. keys: newest first, or one; scope: "all" for everything. Raises ValueError, which quotes nothing."""
    if not re.fullmatch(r"https://[\w.-]+(:\d+)?(/[\w./~-]*)?", base_url, re.ASCII | re.IGNORECASE):
        raise ValueError("base_url must be https://<host>, without a query")
    if not keys:
        raise ValueError("no unsubscribe key was given")
    token = seal(address, scope, int(time.time()), keys if isinstance(keys, str) else keys[0], os.urandom(24))
    url = f"{base_url.rstrip('/')}/u/v1/{token}"
    if len(f"List-Unsubscribe: <{url}>") > MAX_LINE:
        raise ValueError("the address and the scope are too long for one header line")
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def seal(address, scope, issued_at, key, random):
    """The token. issued_at: epoch seconds; random: 24 fresh random bytes."""
    secret = _secret(key)
    if not re.fullmatch(r"[^\x00-\x1f\x7f-\x9f]+@[^\x00-\x1f\x7f-\x9f]+", address):
        raise ValueError("the address is none")
    named = b"" if scope == "all" else scope.encode()
    if not scope or len(named) > 255 or re.search(r"[\x00-\x1f\x7f-\x9f]", scope):
        raise ValueError("a scope has 1 to 255 octets and no control characters")
    key_id = hashlib.sha256(b"quell unsubscribe key id" + secret).digest()[:4]
    head = b"\x01" + key_id + random
    token_key = hmac.new(secret, b"quell unsubscribe v1" + random[:12], hashlib.sha256).digest()
    claims = struct.pack(">IB", issued_at, len(named)) + named + address.encode()
    sealed = AESGCM(token_key).encrypt(random[12:], claims, head)
    return base64.urlsafe_b64encode(head + sealed).rstrip(b"=").decode()


def _secret(key):
    if not re.fullmatch(r"quell_unsub_[A-Za-z0-9_-]{43}", key.strip()):
        raise ValueError("the first of the keys is no unsubscribe key")
    return base64.urlsafe_b64decode(key.strip()[12:] + "=")
