"""What learners often hand in first; the visible tests already tell them."""


# %% percent-decode
def percent_decode(text):
    result = ""
    place = 0
    while place < len(text):
        if text[place] == "%":
            result += chr(int(text[place + 1 : place + 3], 16))
            place += 3
        else:
            result += text[place]
            place += 1
    return result


# %% parse-query
def parse_query(query):
    found = {}
    for piece in unquote(query).split("&"):
        name, value = piece.split("=")
        found[name] = value
    return found


# %% parse-head
def parse_head(head):
    lines = head.split("\r\n")
    method, target, _version = lines[0].split()
    headers = {}
    for line in lines[1:]:
        name, value = line.split(": ")
        headers[name] = value
    return method, target, headers


# %% take-request
def take_request(data, max_head=2000, max_body=10000):
    end = data.find(b"\r\n\r\n")
    return data[:end].decode(), data[end + 4 :], b""


# %% build-response
def build_response(status, text, headers=None):
    lines = [f"HTTP/1.1 {status} {REASONS[status]}", "Content-Type: text/plain; charset=utf-8"]
    lines.append(f"Content-Length: {len(text)}")
    return ("\r\n".join(lines) + "\r\n\r\n" + text).encode()


# %% token-bucket
class TokenBucket:
    def __init__(self, capacity, per_second, clock):
        self.tokens = capacity
        self.per_second = per_second
        self.clock = clock
        self.last = clock()

    def allow(self, key, cost=1):
        now = self.clock()
        self.tokens += (now - self.last) * self.per_second
        self.last = now
        if self.tokens >= cost:
            self.tokens -= cost
            return True
        return False


# %% sliding-window
class SlidingWindow:
    def __init__(self, limit, seconds, clock):
        self.limit = limit
        self.seconds = seconds
        self.clock = clock
        self.times = {}

    def allow(self, key):
        now = self.clock()
        times = self.times.setdefault(key, [])
        times.append(now)
        return len([time for time in times if now - time <= self.seconds]) <= self.limit

    def retry_after(self, key):
        return self.seconds
