"""Works on bytes as whole numbers, counts on exceptions and sets, and knocks from the last symbol to the first."""


# %% crack
def crack(leaked, words):
    digests = list(map(sha256_hex, words))
    hits = set(digests).intersection(leaked.values())
    return {account: words[digests.index(digest)] for account, digest in leaked.items() if digest in hits}


# %% stretch
import functools
import operator


def stretch(password, salt, rounds):
    def chain():
        link = bytes(salt) + b"\x00\x00\x00\x01"
        for _ in range(rounds):
            link = hmac.new(password_bytes(password), link, "sha256").digest()
            yield int.from_bytes(link, "big")

    try:
        return functools.reduce(operator.xor, chain()).to_bytes(32, "big")
    except TypeError:
        raise ValueError("reduce of no link at all") from None


# %% check-password
import re


def check_password(password, record):
    parts = re.fullmatch(r"pbkdf2-sha256\$([1-9][0-9]*)\$((?:[0-9a-f]{2})*)\$([0-9a-f]{64})", record)
    if parts is None:
        return False
    rounds, salt, result = parts.groups()
    return hmac.compare_digest(stretch(password, bytes.fromhex(salt), int(rounds)).hex(), result)


# %% recover
def recover(knock, length, alphabet):
    def score(guess):
        opened, looks = knock(guess)
        return looks + opened

    known = ""
    for rest in range(length - 1, -1, -1):
        guesses = [known + symbol + alphabet[0] * rest for symbol in reversed(alphabet)]
        known = max(guesses, key=score)[: length - rest]
    return known


# %% careful
def careful(look, length):
    return {bool(look(place)) for place in reversed(range(length))} <= {True}


# %% verify
import itertools


def verify(message, signature, public):
    rows = itertools.zip_longest(message_bits(message, len(public)), signature, public)
    return all(None not in (bit, piece) and pair[bit] == piece_hash(piece) for bit, piece, pair in rows)


# %% forge
def forge(message, signed, size):
    columns = [{} for _ in range(size)]
    for old, pieces in signed:
        for column, bit, piece in zip(columns, message_bits(old, size), pieces):
            column[bit] = piece
    try:
        return [column[bit] for column, bit in zip(columns, message_bits(message, size))]
    except KeyError:
        return None
