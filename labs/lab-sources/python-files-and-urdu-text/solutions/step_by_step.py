"""Small steps and plain loops: lists are filled and joined, an index walks through the text."""


# %% copy-clean
def copy_clean(source, target):
    with open(source, encoding="utf-8-sig") as file:
        lines = file.readlines()
    kept = []
    for line in lines:
        line = line.strip()
        if line != "":
            kept.append(line)
    with open(target, mode="w", encoding="utf-8", newline="\n") as file:
        for line in kept:
            print(line, file=file)
    return len(kept)


# %% normalise
def normalise(text):
    text = unicodedata.normalize("NFC", text)
    for arabic in LOOKALIKES:
        text = text.replace(arabic, LOOKALIKES[arabic])
    for sign in UNSEEN:
        text = text.replace(sign, "")
    return text


# %% read-number
def read_number(text):
    values = {}
    for row in DIGITS:
        for place in range(10):
            values[row[place]] = place
    digits = []
    for sign in text.strip():
        if sign in values:
            digits.append(values[sign])
        elif sign not in SEPARATORS:
            raise ValueError("not a digit: " + sign)
    if len(digits) == 0:
        raise ValueError("there is no number")
    total = 0
    weight = 1
    for digit in reversed(digits):
        total = total + digit * weight
        weight = weight * 10
    return total


# %% parse-row
def parse_row(line):
    if line.endswith("\n"):
        line = line[:-1]
    if line.endswith("\r"):
        line = line[:-1]
    fields = [[]]
    state = "outside"
    for sign in line:
        if state == "outside":
            if sign == ",":
                fields.append([])
            elif sign == '"':
                state = "inside"
            else:
                fields[-1].append(sign)
        elif state == "inside":
            if sign == '"':
                state = "quote seen"
            else:
                fields[-1].append(sign)
        else:
            if sign == '"':
                fields[-1].append('"')
                state = "inside"
            elif sign == ",":
                fields.append([])
                state = "outside"
            else:
                fields[-1].append(sign)
                state = "outside"
    if state == "inside":
        raise ValueError("the quote stays open")
    return ["".join(field) for field in fields]


# %% common-words
def common_words(text, n=5):
    for sign in set(text):
        if not sign.isalpha():
            text = text.replace(sign, " ")
    words = text.split()
    order = []
    for word in words:
        if word not in order:
            order.append(word)
    pairs = [(word, words.count(word)) for word in order]
    pairs.sort(key=lambda pair: pair[1], reverse=True)
    return pairs[:n]


# %% urdu-sorted
def urdu_sorted(words):
    places = {}
    for place in range(len(ALPHABET)):
        places[ALPHABET[place]] = place

    def key(word):
        numbers = []
        for sign in word:
            if sign in places:
                numbers.append((0, places[sign]))
            else:
                numbers.append((1, ord(sign)))
        return numbers

    result = list(words)
    result.sort(key=key)
    return result
