"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% percent-decode
def percent_decode(text):
    data = bytearray()
    place = 0
    while place < len(text):
        if text[place] == "%":
            data.append(int(text[place + 1 : place + 3], 16))
            place += 3
        else:
            data.extend(text[place].encode())
            place += 1
    return data.decode()


# %% parse-query
def parse_query(query):
    found = {}
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        found.setdefault(name, []).append(unquote(value).replace("+", " "))
    return found


# %% parse-head
def parse_head(head):
    first, *lines = head.split("\r\n")
    parts = first.split()
    if len(parts) != 3:
        raise BadRequest(400, "parts")
    if not parts[2].startswith("HTTP/1."):
        raise BadRequest(505, "version")
    headers = {}
    for line in lines:
        if ":" not in line:
            raise BadRequest(400, "colon")
        name, value = line.split(":", 1)
        headers[name.strip().lower()] = value.strip()
    if "host" not in headers:
        raise BadRequest(400, "host")
    return parts[0], parts[1], headers


# %% take-request
def take_request(data, max_head=2000, max_body=10000):
    head, empty, rest = data.partition(b"\r\n\r\n")
    if not empty:
        return None
    text = head.decode()
    size = int((header_values(text, "content-length") or ["0"])[0])
    if size > max_body:
        raise BadRequest(413, "large")
    if len(rest) < size:
        return None
    return text, rest[:size], rest[size:]


# %% build-response
def build_response(status, text, headers=None):
    lines = [f"HTTP/1.1 {status} {REASONS[status]}", "Content-Type: text/plain; charset=utf-8"]
    lines.append(f"Content-Length: {len(text.encode())}")
    for name, value in sorted((headers or {}).items()):
        if "\r\n" in value:
            raise ValueError("line")
        lines.append(f"{name}: {value}")
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()


# %% token-bucket
class TokenBucket:
    def __init__(self, capacity, per_second, clock):
        self.capacity = capacity
        self.per_second = per_second
        self.clock = clock
        self.buckets = {}

    def allow(self, key, cost=1):
        now = self.clock()
        tokens, last = self.buckets.get(key, (self.capacity, now))
        tokens = min(self.capacity, tokens + (now - last) * self.per_second)
        allowed = tokens >= 1
        self.buckets[key] = (tokens - allowed, now)
        return allowed


# %% sliding-window
class SlidingWindow:
    def __init__(self, limit, seconds, clock):
        self.limit = limit
        self.seconds = seconds
        self.clock = clock
        self.times = {}

    def allow(self, key):
        now = self.clock()
        times = [time for time in self.times.get(key, []) if now - time < self.seconds]
        self.times[key] = times
        if len(times) == self.limit:
            return False
        times.append(now)
        return True

    def retry_after(self, key):
        times = self.times.get(key, [])
        return self.seconds - (self.clock() - times[-1]) if times else 0
