"""What people may write where it is shown, signed or sent on as it is: patterns for schemas.

Signs that are not seen, and those that steer the direction of what stands beside them (Unicode's bidi
controls, zero-width space, joiners of words, byte order mark), are refused: a name made of them is no name,
and inside a sentence they turn it round. Zero-width joiner and non-joiner stay: Urdu is written with them.
"""

from typing import Final

_UNSEEN: Final = r"\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
LINE: Final = rf"\A[^{_UNSEEN}]*\Z"
"""One line, also an empty one."""
NAME: Final = rf"\A(?=.*[^\W_])[^{_UNSEEN}]*\Z"
"""One line with a letter or a digit in it."""
TEXT: Final = r"\A[^\x00]*\Z"
"""Several lines; Markdown is isolated where it is shown."""
WEB_ADDRESS: Final = r"\Ahttps?://[^\s/?#@\x00-\x1f\x7f]+(?:[/?#][^\s\x00-\x1f\x7f]*)?\Z"
"""An address of the web, without a name and password in it."""
