"""Shown at every start: the crypto library of this machine opens what was sealed with another one.

X-Wing is still a draft. A library that changed it would make every stored report unreadable, and that would
show report by report only. So a process that cannot open these frozen blobs does not start.
tests/reports/sealing/make_known_answers.py shows how they were made; about 1 ms.
"""

from __future__ import annotations

from base64 import b64decode
from contextlib import suppress

from reports.sealing import core

_SEED = bytes(range(32))
_CONTEXT = b"item"
_TEXT = "Яны пытаюцца пра маю маці. Ze stonden voor de deur."
_WRAP = b64decode(
    """
    AYM3XIDt2sm/oe+FPSPe1obQG4LCvfsSOo/5UZic2a44uAe8YQzKrdlRaKBWj6GIxqxAtYJ2klCrK6hRTsH4tlx/MONw7YzWfGoR
    1yLgG00ebrhv3qdEBE3+hKlFfRIrt275I7wCHTC2kD6OxFzedKIHEBF7pQtJeOypg7pu9C5o9qnjuBQG46LKKxACVTnPw/lntvHN
    eCdCYLslYYbIVzwEHR31gZYSdrFLbePTTI+cT2ztos0P7hCkYUoJThNlW6BBiggVFTd/iueexUdQZ4sM5HoAKjz/P+uca2K1Lc84
    qexSj2MzNlYTVos2IWVFOJCZ7LerexVXmBjjHf1mxLUnoXgAlEw/QsLeVX6wzHxgy4xBjouIz6sSFHzhvnwrjnY48CQhPrws3Puf
    6uQGLo0GcDCh9U+VjYh7Hgwf2FTeT5cWsCY1OzzqMr2cE8rkxVXOmuVeGF3mniDjcB++L3MgV5o1jCgtaPDlhDt/0wdR/s3u53Et
    lgPbyIooybpoHt6godbC3SfEFY5w6Q5VYyfsXkial+L1zi+XhHQ4KmGyv4rtjLeIHMOil6FdVXIs4CnV6EJfcNEh/udVsrWGxX9c
    0ZRlAjE8GcECW62riPQfmHK+ms9x4vZ5tXsZEfD4j0wz90hYp/yajt7ll3biYvKUo6sacPMyqZIE6ywNp/wXdDvllOtDTlP0hdE7
    j2M2VlUg4IOe/jSAD9Lbr18ZavS+mrl1o+0J9nSorjINVrx9fbwfKEFkzW1nbnsavy+ipyTwy4FWqAsf3ZnHN/cIUgPoafdEtUdy
    VWeXFVZffr8FqXyRiaoDZsdewTXmkT4FdMxRHYOCqFiEgOsPIh486q4lqxzXagTJcMDWzusIjQ3M9URnH/ssxV5GmbTpM1Gj+wGd
    FOBHGfHco53T+e2HuT3ASCyacxUs4lO/B6jPWrGhK0MIexs6G+n0d7Y2Ys1aV8GjSBgpFN/NTJtZ431nx/OMGW1uipyfWVt1B23E
    zOGlDKpnnBGgRXL3qCt7G+9WLHg3Vi3X/19tXHhHwtyBqb0ow5FtD4vzuuQGWGlA+nyl1waI5gYZrG6F83HGTbLKQI4Vn4I6e6G4
    5uCtTaRmI4vSddJdLUe3OV43UJw0DnFuyUVs9Y5b1rI2+brzGOk93MvP9LhaKCe9zLmgvdPvefhq+4sZZbviBBbOeCawN4oSCFOi
    h59sfcqDFp2YwghMMxcSllBzVdGsgEEhZvb+CUQfc9R4EF4se7q6CVCZk6qiy3+Y8ITgDxV+9n7XIl8MjVY3Kugu9Y+lE3FRJoCs
    q9/hYdbnhJmo6HP4ElUHwoTOlcmxukTgLTUt1lUsqcZfFtcGSowsU/GbiKFIa9Yj5sAZP7WmcuJj1ShYS8j+M54Fh9QKurnnkpmF
    eX9JF80dc6IChSCnA7xiP8UC3u/rnqbUc1GoNd/WiXbZmkLumzm+VijODxHnCdaZ+FcxxxxY85L3dk9fVFulGZDLHh2IwDTd0y8/
    I3POEleu8onHh389wOYb+fxIrQmO4y91b06StkXLR45Nyti8WT5tYUoxWTc=
    """
)
_SEALED = b64decode(
    """
    Ac59sv1ActdD6FTdDS0M1ZaliCCyVvaVSd6D/hiX6cbg5yst7g+FZXCNT1YwofxztBcZau1BNyJosIeJl5AX8XTMSP3d1gxknxeq
    nu0LntVu4prLUFonRlAzVwmJ56jPPwzy1hROwFPdHGQfGRYcfy69jdOyV85W1Fh98I4/Cma2qBfw2VtADZrGATTTRBjyi/L2Yd/b
    Zv++MO4wBVnrjy+NYKifwcDb75lR9U0Pnzc024gsO16Kcloef8Qj1XH99d2tzQSARKS0tBf62ZZs/0c=
    """
)
_SIGNATURE = bytes.fromhex(
    "573b610f6012661d36088c59d0b3e750238e33cd7f763b577f2f35795696931f"
    "9fa7895ea926935c39e6f882ad49f3b539fe7aa5b7e7850f5b299db42ed4aa00"
)


class SelfTestFailed(Exception):
    """This process must not start: it could not open stored reports, or would open altered ones."""


def run() -> None:
    """Opens a frozen wrap and body, checks a signature, refuses altered ones. Raises SelfTestFailed."""
    try:
        pair = core.KeyPair(_SEED)
        key = pair.unwrap(_WRAP, _CONTEXT)
        opens = core.open_sealed(key, _CONTEXT, _SEALED, padded=True) == _TEXT.encode()
        signed = core.verify(pair.public, b"epoch/intake/1", b"message", _SIGNATURE)
    except Exception as error:
        raise SelfTestFailed(_advice("does not open what was sealed before")) from error
    if not opens or not signed:
        raise SelfTestFailed(_advice("does not open what was sealed before"))
    if _opens_altered(pair, key) or core.verify(pair.public, b"epoch/intake/1", b"massage", _SIGNATURE):
        raise SelfTestFailed(_advice("accepts altered data"))


def _opens_altered(pair: core.KeyPair, key: bytes) -> bool:
    """True when a wrap or body with one flipped bit is not refused."""
    with suppress(core.Broken):
        pair.unwrap(_flipped(_WRAP), _CONTEXT)
        return True
    with suppress(core.Broken):
        core.open_sealed(key, _CONTEXT, _flipped(_SEALED))
        return True
    return False


def _flipped(blob: bytes) -> bytes:
    return blob[:-1] + bytes([blob[-1] ^ 1])


def _advice(what: str) -> str:
    return f"The cryptography library {what}: go back to the version in requirements.lock."
