"""What Django's test client answers with: a response that knows its request, templates and context.

Only the stubs have a name for that type.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response
else:
    Response = HttpResponse

__all__ = ["Response"]
