"""Asks a Quell suppression list before a mail is sent. Copy this file; docs/suppression-table.md is the contract it follows.

Needs boto3, and the package idna as soon as one address may have a non-ASCII domain: Python's own "idna" codec is an older standard
that makes other keys. `normalise` can be checked against docs/address-vectors.json.

    client = boto3.client("dynamodb", config=Config(connect_timeout=1, read_timeout=2, retries={"mode": "standard"}))
    check(client, table, "ada@example.com", scope="sendgrid:asm:42")     # marketing: send only on "clear"
    check(client, table, "ada@example.com", transactional=True)          # receipt: send unless "suppressed"
"""

import re
import time
import unicodedata

from botocore.exceptions import BotoCoreError, ClientError

try:
    import idna
except ImportError:
    idna = None

# White space as the contract has it: not what str.strip() and \s take it to be.
SPACE = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
QUOTED = re.compile(f'"[^\u2028\u2029]*"@[^{SPACE}]+')


def check(client, table, email, *, scope=None, transactional=False):
    """Returns "suppressed", "clear", or "unknown" where the lookup failed or the text is no address."""
    try:
        address = normalise(email)
        if address is None:
            return "unknown"
        item = client.get_item(TableName=table, Key={"recipient": {"S": address}}).get("Item", {})
    except (BotoCoreError, ClientError, MissingIdna):
        return "unknown"
    return "suppressed" if is_suppressed(item, time.time(), scope, transactional) else "clear"


def is_suppressed(item, now, scope=None, transactional=False):
    """The whole rule. item: as get_item or batch_get_item return it; now: epoch seconds."""

    def ends(attributes, name):
        return int(attributes.get(name, {}).get("N", 0))

    if transactional:
        return ends(item, "transactionalUntil") > now
    return ends(item, "suppressedUntil") > now or ends(item.get("scopes", {}).get("M", {}), scope) > now


class MissingIdna(RuntimeError):
    """A non-ASCII domain, and no package idna: a key made without it could be another one, and a suppressed person read as clear."""


def normalise(raw):
    """The form in which addresses are keys; None where it is no text, or no address."""
    if not isinstance(raw, str) or _units(raw) > 1000:
        return None
    text = _bracketed(unicodedata.normalize("NFC", raw).strip(SPACE))
    text = unicodedata.normalize("NFC", text.strip(SPACE).lower())
    local, _, domain = text.rpartition("@")
    domain = _domain(domain) if local and not _forbidden(text) else ""
    return f"{local}@{domain}" if domain else None


def _bracketed(text):
    """What stands in the brackets at the end, where a display name may stand before them; quotes hide brackets."""
    opening, quoted, escaped = -1, False, False
    for at, char in enumerate(text if text.endswith(">") else ""):
        if escaped:
            escaped = False
        elif quoted and char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "<" and not quoted:
            opening = at
    return text if opening == -1 or quoted else text[opening + 1 : -1]


def _units(text):
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _forbidden(text):
    """Too long, control characters, lone surrogates, white space outside a quoted local part."""
    if _units(text) > 320:
        return True
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        return True
    return any(char in SPACE for char in text) and not QUOTED.fullmatch(text)


def _domain(domain):
    bare = domain[:-1] if domain.endswith(".") else domain
    if bare.isascii():
        return bare
    if idna is None:
        raise MissingIdna("pip install idna")
    try:
        # Not idna.encode: it refuses emoji and others that UTS #46 allows.
        labels = idna.uts46_remap(bare, std3_rules=False, transitional=False).split(".")
        if not all(label.isascii() or _valid(label) for label in labels):
            return bare
    except (idna.IDNAError, ValueError):
        return bare
    mapped = ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in labels)
    mapped = mapped[:-1] if mapped.endswith(".") else mapped
    # What no host name has. A number as the last label would make it an IP address.
    unfit = not mapped or re.search(r"[#/:<>?@\[\\\]^|%\s]|(^|\.)(\d+|0x[\da-f]*)$", mapped)
    return bare if unfit else mapped


def _valid(label):
    idna.check_initial_combiner(label)
    idna.check_bidi(label)
    joiners = (at for at, char in enumerate(label) if char in "\u200c\u200d")
    return not label.startswith("xn--") and all(idna.valid_contextj(label, at) for at in joiners)
