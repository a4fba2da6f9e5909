"""The agreement of a project: the text that comes with Darsgah, and how a brief's choices get into a text.

A text is Markdown with places in braces: ``{project}``, ``{organisation}``, ``{hub}``, ``{starts_on}``,
``{ends_on}``, ``{ip_choice}``, ``{ai_policy}`` and ``{data_licence}``. The last three are whole sentences or
what the mentor wrote; a hub's own text must have the places for intellectual property and for AI.
"""

import hashlib
import re
from collections.abc import Mapping

from darsgah.ui.language import Message

PLACES = ("project", "organisation", "hub", "starts_on", "ends_on", "ip_choice", "ai_policy", "data_licence")
NEEDED = ("ip_choice", "ai_policy")
"""Without these a text would leave open what people quarrel about later."""
_PLACE = re.compile(r"\{(\w+)\}")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~])")

DEFAULT = """\
# Agreement on the project “{project}”

Between the team, the mentor for **{organisation}**, and **{hub}**. It holds from {starts_on} to {ends_on}, and
the parts about results and confidence after that as well.

## 1. What each does
1. The team works on the brief as it was published and hands in each milestone by its date.
2. The mentor answers within a week, decides about each milestone, and evaluates the result.
3. The hub looks after the project, gives the room and the computing time that the brief names, and decides
   where team and mentor cannot.

## 2. Whose the result is
{ip_choice}
What somebody brought along stays theirs. Everybody who worked on it may say so, and show what is not secret.

## 3. Data
The data of this project are used for it alone and under their licence: {data_licence}. Data about people are
not copied out of the hub's or the organisation's machines, and are deleted at the end.

## 4. The use of AI
{ai_policy}

## 5. Confidence
What the organisation marks as secret stays among those who accepted this. Messages are written in the
project's room, where the team, the mentor and the hub's coordinators read them, and are kept.

## 6. How it ends
Anyone may say that something is wrong, and the hub then decides with what was written as evidence. Nobody is
paid through this agreement, and nobody is employed by it.
"""

DEFAULT_UR = """\
# منصوبے “{project}” کا معاہدہ

یہ معاہدہ ٹیم، **{organisation}** کے مینٹور اور **{hub}** کے درمیان ہے۔ یہ {starts_on} سے {ends_on} تک نافذ ہے؛
نتائج اور رازداری کے حصے اس کے بعد بھی نافذ رہیں گے۔

## 1. ہر ایک کی ذمہ داری
1. ٹیم شائع شدہ brief کے مطابق کام کرتی ہے اور ہر milestone مقررہ تاریخ تک جمع کراتی ہے۔
2. مینٹور ایک ہفتے کے اندر جواب دیتا ہے، ہر milestone پر فیصلہ کرتا ہے اور نتیجے کا جائزہ لیتا ہے۔
3. hub منصوبے کی دیکھ بھال کرتا ہے، جگہ اور brief میں لکھا کمپیوٹنگ کا وقت دیتا ہے، اور جہاں ٹیم اور مینٹور متفق
   نہ ہوں وہاں فیصلہ کرتا ہے۔

## 2. نتیجہ کس کا ہے
{ip_choice}
جو چیز کوئی پہلے سے ساتھ لایا وہ اسی کی رہے گی۔ کام کرنے والا ہر شخص یہ بتا سکتا ہے اور جو راز نہیں وہ دکھا سکتا ہے۔

## 3. ڈیٹا
اس منصوبے کا ڈیٹا صرف اسی کے لیے اور اپنے لائسنس کے تحت استعمال ہوگا: {data_licence}۔ لوگوں کے بارے میں ڈیٹا hub یا
ادارے کی مشینوں سے باہر نقل نہیں ہوگا اور آخر میں مٹا دیا جائے گا۔

## 4. AI کا استعمال
{ai_policy}

## 5. رازداری
جسے ادارہ راز کہے وہ معاہدہ قبول کرنے والوں تک رہے گا۔ پیغامات منصوبے کے کمرے میں لکھے جاتے ہیں، جہاں ٹیم، مینٹور اور
hub کے منتظم انہیں پڑھتے ہیں، اور وہ محفوظ رہتے ہیں۔

## 6. اختتام
کوئی بھی بتا سکتا ہے کہ کچھ غلط ہے؛ پھر hub لکھی ہوئی باتوں کو ثبوت مان کر فیصلہ کرتا ہے۔ اس معاہدے سے کسی کو
ادائیگی نہیں ہوتی اور کوئی ملازم نہیں بنتا۔
"""

IP_CHOICES: Mapping[str, Message] = {
    "team": Message("The result belongs to the team; the organisation may use it inside, without a fee."),
    "shared": Message("The result belongs to the team and the organisation together; both may use it."),
    "organisation": Message("The result belongs to the organisation; the team may name and describe its work."),
    "open": Message("The result is published under an open licence that team and organisation choose together."),
    "": Message("The brief does not say whose the result is; until both agree in writing it is the team's."),
}
"""What the brief's choice about intellectual property means, by its value."""
AI_POLICIES: Mapping[str, Message] = {
    "free": Message("The team may use AI tools."),
    "declared": Message("The team may use AI tools, and says in each deliverable which and what for."),
    "limited": Message("The team may use only the AI tools that the mentor names."),
    "forbidden": Message("The team uses no AI tools for what it hands in."),
    "": Message("The brief says nothing of AI tools; the team says in each deliverable which it used."),
}
"""What the brief's policy on AI means, by its value."""


def missing_places(body: str) -> list[str]:
    """The places that a text needs and lacks."""
    found = set(_PLACE.findall(body))
    return [name for name in NEEDED if name not in found]


def unknown_places(body: str) -> list[str]:
    """The places of a text that nothing fills."""
    return sorted(set(_PLACE.findall(body)) - set(PLACES))


def composed(body: str, values: Mapping[str, str]) -> str:
    """The text with its places filled. What is filled in is plain words: Markdown in it has no effect."""
    return _PLACE.sub(lambda found: _plain(values.get(found[1], "")), body)


def digest(body: str, body_ur: str) -> str:
    """The SHA-256 of an agreement in both its languages: what a person accepts is named by it."""
    return hashlib.sha256(f"{body}\0{body_ur}".encode()).hexdigest()


def _plain(value: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(value.split()))
