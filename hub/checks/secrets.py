"""Whether somebody wrote a secret into a file."""

import re
from collections.abc import Iterator

from hub.checks.shape import texts
from hub.documents import Document
from hub.errors import FileError

_SECRETS = re.compile(
    r"shp(at|ss|ca|pa)_[0-9a-f]{20,}|(sk|pk|rk)_live_\w{10,}|pat-(na|eu)\d-[0-9a-f-]{20,}|sq0(atp|csp|idp)-[\w-]{20,}"
    r"|c[ks]_[0-9a-f]{40}|whsec_\w{16,}|gh[pousr]_\w{30,}|AKIA[0-9A-Z]{16}|xox[abprs]-[\w-]{10,}|EAA[\w]{40,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\."
)
_NAMES = re.compile(r"(secret|password|token|api_?key|private_?key)$", re.IGNORECASE)
_HINT = "take it out (git keeps it: renew it), and set it with `hub accounts secret set`"


def check(document: Document) -> Iterator[FileError]:
    """The texts that look like secrets; in accounts.yaml also what is named like one."""
    for path, text in texts(document.data):
        named = document.file == "accounts.yaml" and path and _NAMES.search(str(path[-1]))
        if text and (named or _SECRETS.search(text)):
            yield document.error("secret-in-file", "this looks like a secret", *path, hint=_HINT, offset=0)
