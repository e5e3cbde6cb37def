"""Sealing: bytes in, bytes out. No Django, no files, no settings.

Everything is a published construction called through pyca/cryptography:
HPKE base mode (RFC 9180) with X-Wing (ML-KEM-768 + X25519,
draft-connolly-cfrg-xwing-kem) and AES-256-GCM; Ed25519 (RFC 8032);
HKDF-SHA256 (RFC 5869); Argon2id (RFC 9106); the STREAM chunk layout of age.
X-Wing is still a draft, so every blob starts with a suite byte: a later suite
is added beside this one, nothing is migrated. tests/reports/sealing/test_known_answers.py
holds frozen blobs that must open for ever.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import unicodedata
from dataclasses import dataclass, field
from typing import NoReturn

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import mlkem, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SUITE = 1
KEY_SIZE = 32
CHUNK = 64 * 1024
TAG = 16
HEAD = 1 + 32 + 32  # suite | salt | commitment
TEXT_STEP = 4 * 1024  # texts are padded to whole steps, so their length shows little

_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_MLKEM_PUBLIC = 1184
_PUBLIC_SIZE = 1 + 32 + _MLKEM_PUBLIC + 32


class Broken(Exception):
    """A blob does not open: wrong key, wrong context, altered or cut short. Never quotes its content."""


def derive(key: bytes, label: str, *context: bytes, size: int = KEY_SIZE) -> bytes:
    """A sub-key of `size` bytes for one purpose (HKDF-SHA256); `context` parts are length-prefixed."""
    info = b"portal/1/" + label.encode() + b"".join(len(part).to_bytes(4, "big") + part for part in context)
    return HKDF(SHA256(), size, salt=None, info=info).derive(key)


# --- Key pairs: one 32-byte seed gives a key to wrap to and a key to sign with ----------------


@dataclass(frozen=True)
class KeyPair:
    """A private key: its seed is 32 bytes and never shows in repr, pickles or copies. Raises Broken."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != KEY_SIZE:
            raise Broken("seed")

    @classmethod
    def generate(cls) -> KeyPair:
        return cls(secrets.token_bytes(KEY_SIZE))

    @property
    def public(self) -> bytes:
        """suite(1) | Ed25519(32) | ML-KEM-768(1184) | X25519(32)."""
        lattice, curve = self._kem()
        return (
            bytes([SUITE])
            + self._signer().public_key().public_bytes_raw()
            + lattice.public_key().public_bytes_raw()
            + curve.public_key().public_bytes_raw()
        )

    @property
    def kid(self) -> str:
        return kid(self.public)

    def unwrap(self, blob: bytes, context: bytes) -> bytes:
        """The 32-byte key inside a wrap made for this pair and this context; raises Broken."""
        if blob[:1] != bytes([SUITE]):
            raise Broken("wrap")
        try:
            key = _HPKE.decrypt(blob[1:], MLKEM768X25519PrivateKey(*self._kem()), context)
        except (InvalidTag, ValueError) as error:
            raise Broken("wrap") from error
        if len(key) != KEY_SIZE:  # anybody who knows the public key can wrap anything
            raise Broken("wrap")
        return key

    def sign(self, context: bytes, message: bytes) -> bytes:
        """An Ed25519 signature (64 bytes) over the message in this context."""
        return self._signer().sign(_signed(context, message))

    def _kem(self) -> tuple[mlkem.MLKEM768PrivateKey, x25519.X25519PrivateKey]:
        # X-Wing's expandDecapsulationKey: SHAKE256(seed, 96)
        expanded = hashlib.shake_256(derive(self.seed, "kem")).digest(96)
        return (
            mlkem.MLKEM768PrivateKey.from_seed_bytes(expanded[:64]),
            x25519.X25519PrivateKey.from_private_bytes(expanded[64:]),
        )

    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(derive(self.seed, "sign"))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a key pair must not be pickled: not into a task, a cache or a session")


def kid(public: bytes) -> str:
    """The name of a public key: 32 hex digits."""
    return hashlib.sha256(b"portal/1/kid" + public).hexdigest()[:32]


def wrap(key: bytes, public: bytes, context: bytes) -> bytes:
    """A 32-byte key, locked to one public key and one context (1169 bytes). Raises Broken."""
    if len(public) != _PUBLIC_SIZE or public[0] != SUITE:
        raise Broken("public key")
    try:
        recipient = MLKEM768X25519PublicKey(
            mlkem.MLKEM768PublicKey.from_public_bytes(public[33 : 33 + _MLKEM_PUBLIC]),
            x25519.X25519PublicKey.from_public_bytes(public[33 + _MLKEM_PUBLIC :]),
        )
        return bytes([SUITE]) + _HPKE.encrypt(key, recipient, context)
    except ValueError as error:  # numbers out of range, or a point of small order
        raise Broken("public key") from error


def verify(public: bytes, context: bytes, message: bytes, signature: bytes) -> bool:
    """True when the owner of `public` signed this message in this context."""
    try:
        Ed25519PublicKey.from_public_bytes(public[1:33]).verify(signature, _signed(context, message))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(context: bytes, message: bytes) -> bytes:
    return b"portal/1/sig" + len(context).to_bytes(4, "big") + context + message


# --- Seal: one format for texts and files ---------------------------------------------------------
# suite(1) | salt(32) | commitment(32) | chunk*      chunk = AES-256-GCM(64 KiB) | tag(16)
# nonce = counter(11 bytes, big-endian) | last(1): order, truncation and splicing are authenticated.
# The commitment binds the blob to one key, so it cannot open differently for two readers.


class _Stream:
    """Cuts what it is fed into chunks and holds the last one back, because it gets the end mark."""

    def __init__(self, key: bytes, salt: bytes, context: bytes, chunk: int) -> None:
        okm = HKDF(SHA256(), 2 * KEY_SIZE, salt=salt, info=b"portal/1/seal" + context).derive(key)
        self._aead, self._commitment = AESGCM(okm[:KEY_SIZE]), okm[KEY_SIZE:]
        self._chunk, self._counter, self._held = chunk, 0, b""

    def feed(self, part: bytes) -> bytes:
        """Takes the next part of any length; returns what is ready to be written (may be empty)."""
        data = self._held + part
        end = max(0, len(data) - 1) // self._chunk * self._chunk
        self._held = data[end:]
        return b"".join(self._turn(data[at : at + self._chunk]) for at in range(0, end, self._chunk))

    def finish(self) -> bytes:
        """The last chunk."""
        return self._turn(self._held, last=True)

    def _turn(self, chunk: bytes, *, last: bool = False) -> bytes:
        nonce = self._counter.to_bytes(11, "big") + bytes([last])
        self._counter += 1
        return self._work(nonce, chunk)

    def _work(self, nonce: bytes, chunk: bytes) -> bytes:
        raise TypeError("use Sealer or Opener")


class Sealer(_Stream):
    """Write `head`, then feed(part) for every part, then finish()."""

    def __init__(self, key: bytes, context: bytes) -> None:
        salt = secrets.token_bytes(32)
        super().__init__(key, salt, context, CHUNK)
        self.head = bytes([SUITE]) + salt + self._commitment

    def _work(self, nonce: bytes, chunk: bytes) -> bytes:
        return self._aead.encrypt(nonce, chunk, None)


class Opener(_Stream):
    """Give it the head (65 bytes), feed(part), then finish(), which fails if the end is missing.

    Raises Broken. What feed() returns is genuine but may be only a part; finish() proves that it is all.
    """

    def __init__(self, key: bytes, context: bytes, head: bytes) -> None:
        if len(head) != HEAD or head[0] != SUITE:
            raise Broken("head")
        super().__init__(key, head[1:33], context, CHUNK + TAG)
        if not hmac.compare_digest(self._commitment, head[33:]):
            raise Broken("key")

    def _work(self, nonce: bytes, chunk: bytes) -> bytes:
        try:
            return self._aead.decrypt(nonce, chunk, None)
        except (InvalidTag, ValueError) as error:
            raise Broken("chunk") from error


def seal(key: bytes, context: bytes, data: bytes, *, step: int = 0) -> bytes:
    """Seals short data in one go; with `step`, padded to whole steps of that many bytes (ISO/IEC 7816-4)."""
    if step:
        data = data + b"\x80" + bytes(-(len(data) + 1) % step)
    sealer = Sealer(key, context)
    return sealer.head + sealer.feed(data) + sealer.finish()


def open_sealed(key: bytes, context: bytes, blob: bytes, *, padded: bool = False) -> bytes:
    """Returns the data that `seal` got. Raises Broken."""
    opener = Opener(key, context, blob[:HEAD])
    data = opener.feed(blob[HEAD:]) + opener.finish()
    if not padded:
        return data
    end = data.rfind(b"\x80")
    if end < 0:
        raise Broken("padding")
    return data[:end]


# --- Blind: equal texts can be found again, only with the key -------------------------------------


def blind(key: bytes, kind: str, text: str) -> bytes:
    """A 16-byte token, the same for the same kind and text; without the key it neither shows nor proves it.

    With the key, one can try every Dutch mobile number in minutes: it is the worker's alone.
    """
    return hmac.digest(derive(key, "index", kind.encode()), text.encode(), "sha256")[:16]


# --- Stretch: passwords and receipt codes -------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """Argon2id parameters; stored as numbers beside what they made, never as a name that could change."""

    memory: int  # KiB
    passes: int
    lanes: int


PASSWORD_COST = Cost(memory=128 * 1024, passes=3, lanes=4)
CODE_COST = Cost(memory=8 * 1024, passes=1, lanes=1)  # the code has 93 random bits: this only slows machines


_SEVERAL_LANES = threading.Lock()


def stretch(secret: str, salt: bytes, cost: Cost) -> bytes:
    """A 32-byte key from something a person types (Argon2id after NFKC)."""
    text = unicodedata.normalize("NFKC", secret).encode()
    argon2 = Argon2id(
        salt=salt, length=KEY_SIZE, memory_cost=cost.memory, iterations=cost.passes, lanes=cost.lanes
    )
    if cost.lanes == 1:
        return argon2.derive(text)
    # OpenSSL shares its threads among all derivations of a process: two with several lanes at the same
    # moment end in a MemoryError or wait for each other for ever.
    with _SEVERAL_LANES:
        return argon2.derive(text)
