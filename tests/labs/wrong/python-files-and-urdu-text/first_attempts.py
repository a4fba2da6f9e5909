"""What learners often hand in first; the visible tests already tell them."""


# %% copy-clean
def copy_clean(source, target):
    count = 0
    with open(source, encoding="utf-8") as old, open(target, "w", encoding="utf-8") as new:
        for line in old:
            new.write(line.strip() + "\n")
            count += 1
    return count


# %% normalise
def normalise(text):
    for arabic, urdu in LOOKALIKES.items():
        text = text.replace(arabic, urdu)
    for sign in UNSEEN:
        text.replace(sign, "")
    return text


# %% read-number
def read_number(text):
    return int(text)


# %% parse-row
def parse_row(line):
    return line.split(",")


# %% common-words
def common_words(text, n=5):
    counts = {}
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda pair: pair[1], reverse=True)[:n]


# %% urdu-sorted
def urdu_sorted(words):
    words.sort()
    return words
