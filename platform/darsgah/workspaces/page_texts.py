"""The words of the lab page's script, in the language of its reader.

`labs/lab-page/texts.ts` names the same texts; a test holds the two equal. A text's placeholders are written
``{name}`` and filled by the script.
"""

from typing import Final

from darsgah.ui.language import Language, Message, translate

TEXTS: Final = (
    Message("Run"),
    Message("Run all"),
    Message("Stop"),
    Message("Restart"),
    Message("Check"),
    Message("Hand in"),
    Message("Ask for a hint"),
    Message("Saved"),
    Message("Saving"),
    Message("Not saved yet"),
    Message("Kept in this browser, and sent when the link is back"),
)
"""Every text, once."""


def texts(language: Language) -> dict[str, str]:
    """The words by their English text."""
    return {message.text: translate(message, language) for message in TEXTS}
