"""Regular expressions and the standard library where it knows HTTP already."""

# %% percent-decode
import re


def percent_decode(text):
    if re.search("%(?![0-9a-fA-F]{2})", text):
        raise ValueError("stray percent sign")
    pieces = re.split(b"%(..)", text.encode("utf-8"))
    return b"".join(
        bytes.fromhex(piece.decode()) if number % 2 else piece for number, piece in enumerate(pieces)
    ).decode("utf-8")


# %% parse-query
from urllib.parse import parse_qsl, unquote_plus


def parse_query(query):
    result = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        result[name] = [*result.get(name, []), value]
    return result


# %% parse-head
def parse_head(head):
    first, _, others = head.partition("\r\n")
    match = re.fullmatch(r"([A-Z]+) (/[^ ]*) ([^ ]*)", first)
    if match is None:
        raise BadRequest(400, f"request line {first!r}")
    method, target, version = match.groups()
    if not re.fullmatch(r"HTTP/1\.[01]", version):
        raise BadRequest(505, version)
    found = {}
    for line in others.split("\r\n") if others else []:
        header = re.fullmatch(r"([^: \t]+):[ \t]*(.*?)[ \t]*", line, re.DOTALL)
        if header is None:
            raise BadRequest(400, f"header {line!r}")
        found.setdefault(header[1].lower(), []).append(header[2])
    if version.endswith("1.1") and "host" not in found:
        raise BadRequest(400, "no host")
    return method, target, {name: ", ".join(values) for name, values in found.items()}


# %% take-request
def take_request(data, max_head=2000, max_body=10000):
    head, empty_line, rest = bytes(data).partition(b"\r\n\r\n")
    if len(head) > max_head + (0 if empty_line else 3):
        raise BadRequest(431, "head")
    if not empty_line:
        return None
    text = str(head, "latin-1")
    lengths = header_values(text, "Content-Length")
    if not all(re.fullmatch("[0-9]+", length) for length in lengths):
        raise BadRequest(400, "length is no number")
    sizes = set(map(int, lengths)) or {0}
    if len(sizes) > 1:
        raise BadRequest(400, "lengths differ")
    (size,) = sizes
    if size > max_body:
        raise BadRequest(413, "body")
    if len(rest) < size:
        return None
    return text, rest[:size], rest[size:]


# %% build-response
def build_response(status, text, headers=None):
    all_headers = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(text.encode("utf-8"))),
    } | dict(headers or {})
    head = "".join(f"{name}: {value}\0" for name, value in all_headers.items())
    if re.search("[\r\n]", head):
        raise ValueError("header with a line's end")
    word = REASONS[status] if status in REASONS else "Unknown"
    return f"HTTP/1.1 {status} {word}\0{head}\0".replace("\0", "\r\n").encode("ascii") + bytes(text, "utf-8")


# %% token-bucket
from dataclasses import dataclass, field


@dataclass
class TokenBucket:
    capacity: float
    per_second: float
    clock: object
    full_at: dict = field(default_factory=dict)

    def allow(self, key, cost=1):
        # The time at which the bucket is full again says as much as its tokens, unless nothing drips.
        now = self.clock()
        if not self.per_second:
            left = self.full_at.get(key, self.capacity)
            if left >= cost:
                self.full_at[key] = left - cost
            return left >= cost
        full = max(now, self.full_at.get(key, now))
        tokens = self.capacity - (full - now) * self.per_second
        if tokens < cost:
            return False
        self.full_at[key] = full + cost / self.per_second
        return True


# %% sliding-window
from collections import defaultdict


class SlidingWindow:
    def __init__(self, limit, seconds, clock):
        self.seconds, self.clock = seconds, clock
        self.last = defaultdict(lambda: deque(maxlen=limit))

    def allow(self, key):
        if self.retry_after(key):
            return False
        self.last[key].append(self.clock())
        return True

    def retry_after(self, key):
        kept = self.last[key]
        if len(kept) < kept.maxlen:
            return 0
        return max(0, kept[0] + self.seconds - self.clock())
