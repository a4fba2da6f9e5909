"""One small step a line, without regular expressions: loops, indexes and early returns."""


# %% percent-decode
def percent_decode(text):
    pieces = text.split("%")
    numbers = list(pieces[0].encode("utf-8"))
    for piece in pieces[1:]:
        if len(piece) < 2:
            raise ValueError("too short")
        for sign in piece[:2]:
            if sign.lower() not in "0123456789abcdef":
                raise ValueError("not a digit: " + sign)
        value = 0
        for sign in piece[:2].lower():
            value = value * 16 + "0123456789abcdef".index(sign)
        numbers.append(value)
        numbers = numbers + list(piece[2:].encode("utf-8"))
    return bytes(numbers).decode("utf-8")


# %% parse-query
def parse_query(query):
    result = {}
    for piece in query.split("&"):
        if piece == "":
            continue
        parts = piece.split("=", 1)
        if len(parts) == 1:
            parts.append("")
        name = unquote(parts[0].replace("+", "%20"))
        value = unquote(parts[1].replace("+", "%20"))
        if name not in result:
            result[name] = []
        result[name].append(value)
    return result


# %% parse-head
def parse_head(head):
    lines = head.split("\r\n")
    spaces = lines[0].count(" ")
    if spaces != 2:
        raise BadRequest(400, "two spaces are needed")
    method = lines[0][: lines[0].index(" ")]
    version = lines[0][lines[0].rindex(" ") + 1 :]
    target = lines[0][len(method) + 1 : len(lines[0]) - len(version) - 1]
    if method == "":
        raise BadRequest(400, "no method")
    for letter in method:
        if letter < "A" or letter > "Z":
            raise BadRequest(400, "method")
    if target[:1] != "/":
        raise BadRequest(400, "target")
    if version != "HTTP/1.1" and version != "HTTP/1.0":
        raise BadRequest(505, "version")
    headers = {}
    for line in lines[1:]:
        place = line.find(":")
        if place < 1:
            raise BadRequest(400, "no name or no colon")
        name = line[:place].lower()
        for sign in name:
            if sign in " \t":
                raise BadRequest(400, "space in a name")
        value = line[place + 1 :]
        while value and value[0] in " \t":
            value = value[1:]
        while value and value[-1] in " \t":
            value = value[:-1]
        if name in headers:
            headers[name] = headers[name] + ", " + value
        else:
            headers[name] = value
    if version == "HTTP/1.1":
        if headers.get("host") is None:
            raise BadRequest(400, "host")
    return (method, target, headers)


# %% take-request
def take_request(data, max_head=2000, max_body=10000):
    if b"\r\n\r\n" not in data:
        if len(data) - 3 > max_head:
            raise BadRequest(431, "too long already")
        return None
    end = data.index(b"\r\n\r\n")
    if end > max_head:
        raise BadRequest(431, "too long")
    head = data[0:end].decode("latin-1")
    size = None
    for text in header_values(head, "content-length"):
        if text == "":
            raise BadRequest(400, "empty length")
        for sign in text:
            if sign not in "0123456789":
                raise BadRequest(400, "length")
        if size is not None and size != int(text):
            raise BadRequest(400, "two lengths")
        size = int(text)
    if size is None:
        size = 0
    if size > max_body:
        raise BadRequest(413, "too large")
    rest = data[end + 4 :]
    if len(rest) < size:
        return None
    body = rest[0:size]
    return (head, body, rest[size:])


# %% build-response
def build_response(status, text, headers=None):
    body = text.encode("utf-8")
    answer = "HTTP/1.1 " + str(status) + " " + REASONS.get(status, "Unknown") + "\r\n"
    answer += "Content-Type: text/plain; charset=utf-8\r\n"
    answer += "Content-Length: " + str(len(body)) + "\r\n"
    if headers is None:
        headers = {}
    for name in headers:
        for forbidden in ("\r", "\n"):
            if forbidden in name or forbidden in headers[name]:
                raise ValueError("no line's end in a header")
        answer += name + ": " + headers[name] + "\r\n"
    answer += "\r\n"
    return answer.encode("utf-8") + body


# %% token-bucket
class TokenBucket:
    def __init__(self, capacity, per_second, clock):
        self.capacity = capacity
        self.rate = per_second
        self.clock = clock
        self.tokens = {}
        self.seen = {}

    def allow(self, key, cost=1):
        now = self.clock()
        if key not in self.tokens:
            self.tokens[key] = self.capacity
            self.seen[key] = now
        self.tokens[key] += self.rate * (now - self.seen[key])
        self.seen[key] = now
        if self.tokens[key] > self.capacity:
            self.tokens[key] = self.capacity
        if self.tokens[key] < cost:
            return False
        self.tokens[key] -= cost
        return True


# %% sliding-window
class SlidingWindow:
    def __init__(self, limit, seconds, clock):
        self.limit = limit
        self.seconds = seconds
        self.clock = clock
        self.allowed = {}

    def inside(self, key, now):
        kept = []
        for time in self.allowed.get(key, []):
            if now - time < self.seconds:
                kept.append(time)
        self.allowed[key] = kept
        return kept

    def allow(self, key):
        now = self.clock()
        kept = self.inside(key, now)
        if len(kept) >= self.limit:
            return False
        kept.append(now)
        return True

    def retry_after(self, key):
        now = self.clock()
        kept = self.inside(key, now)
        if len(kept) < self.limit:
            return 0
        return self.seconds - (now - min(kept))
