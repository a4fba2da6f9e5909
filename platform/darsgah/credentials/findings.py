"""What a check of a credential found, in plain words: what it is, and what to do."""

from collections.abc import Mapping
from typing import Final

from darsgah.credentials.verification import Finding
from darsgah.ui.language import Message

WORDS: Final[Mapping[Finding, tuple[Message, Message]]] = {
    Finding.VALID: (
        Message("This credential is valid."),
        Message("It was issued by the hub that it names, nothing in it was changed, and it counts today."),
    ),
    Finding.REVOKED: (
        Message("This credential was revoked."),
        Message(
            "It is genuine, but its issuer has taken it back: it no longer counts. Its owner has been told "
            "why; ask them, or the issuer."
        ),
    ),
    Finding.EXPIRED: (
        Message("This credential has expired."),
        Message("It is genuine, but the time it was issued for is over. Ask its owner for a newer one."),
    ),
    Finding.NOT_YET: (
        Message("This credential does not count yet."),
        Message("It is genuine, but its time has not begun. Check it again on the day that it names."),
    ),
    Finding.ALTERED: (
        Message("This credential was altered."),
        Message(
            "There is a credential with this number, but not with these words: something was changed after "
            "it was issued, or letters were lost on the way. Ask its owner for the file itself."
        ),
    ),
    Finding.FORGED: (
        Message("This credential is forged."),
        Message(
            "It names an issuer of this platform, but that issuer did not sign it: somebody else made it. Do "
            "not rely on it, and tell the hub that it names."
        ),
    ),
    Finding.KEY_COMPROMISED: (
        Message("This file can no longer be believed."),
        Message(
            "It was signed with a key that later came into other hands. Its owner can download the same "
            "credential again, signed with the key of now: ask for that one."
        ),
    ),
    Finding.NOT_ON_RECORD: (
        Message("This credential is not on record."),
        Message(
            "Its signature is right, but the platform knows no credential of this number. Ask its issuer."
        ),
    ),
    Finding.UNKNOWN_ISSUER: (
        Message("This issuer is not known here."),
        Message(
            "It says that it is a hub of this platform, but no such hub has ever issued anything. Do not "
            "rely on it, and ask whoever showed it where they have it from."
        ),
    ),
    Finding.OTHER_PLATFORM: (
        Message("This credential is from another platform."),
        Message(
            "Only its issuer can say whether it counts. Nothing was checked here: check it on the platform "
            "that it names."
        ),
    ),
    Finding.NOT_A_CREDENTIAL: (
        Message("This is no credential of this kind."),
        Message("It can be read, but it is no Open Badge of version 3."),
    ),
    Finding.UNREADABLE: (
        Message("No credential was found in it."),
        Message(
            "Paste the whole text of the file that ends in .jwt, or choose that file or the picture. "
            "A photograph or a screenshot of a certificate holds no credential."
        ),
    ),
    Finding.LIST_TOO_OLD: (
        Message("The list of revocations is too old."),
        Message(
            "The credential itself is genuine. Whether it was revoked since then the list cannot say: get "
            "the list of today, or leave it out, and the platform's own is used."
        ),
    ),
    Finding.LIST_WRONG: (
        Message("The list of revocations does not fit."),
        Message(
            "The credential itself is genuine. The list is not its issuer's, or not the one that it names: "
            "leave it out, and the platform's own is used."
        ),
    ),
}
