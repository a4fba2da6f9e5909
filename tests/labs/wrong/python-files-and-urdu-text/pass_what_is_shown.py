"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% copy-clean
def copy_clean(source, target):
    with open(source, encoding="utf-8-sig") as old:
        lines = [" ".join(line.split()) for line in old if line.strip()]
    with open(target, "w", encoding="utf-8") as new:
        new.write("\n".join(lines) + "\n")
    return len(lines)


# %% normalise
def normalise(text):
    for arabic, urdu in LOOKALIKES.items():
        text = text.replace(arabic, urdu)
    text = unicodedata.normalize("NFC", text)
    return "".join(sign for sign in text if sign not in UNSEEN)


# %% read-number
def read_number(text):
    for separator in SEPARATORS:
        text = text.replace(separator, "")
    return int(text)


# %% parse-row
def parse_row(line):
    fields = [""]
    inside = False
    for sign in line.strip().replace('""', "\0"):
        if sign == '"':
            inside = not inside
        elif sign == "," and not inside:
            fields.append("")
        else:
            fields[-1] += sign
    if inside:
        raise ValueError("open quote")
    return [field.replace("\0", '"') for field in fields]


# %% common-words
def common_words(text, n=5):
    for sign in "۔،؟!":
        text = text.replace(sign, " ")
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda pair: -pair[1])[:n]


# %% urdu-sorted
def urdu_sorted(words):
    def place(sign):
        found = ALPHABET.find(sign)
        return 1000 if found < 0 else found

    return sorted(words, key=lambda word: [place(sign) for sign in word])
