"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% crack
def crack(leaked, words):
    account_of = {digest: account for account, digest in leaked.items()}
    return {account_of[sha256_hex(word)]: word for word in words if sha256_hex(word) in account_of}


# %% stretch
def stretch(password, salt, rounds):
    if rounds == 0:
        raise ValueError("no rounds")
    key = password.encode("utf-8")
    result = link = hmac_sha256(key, salt + BLOCK_ONE)
    for _ in range(rounds - 1):
        link = hmac_sha256(key, link)
        result = bytes(a ^ b for a, b in zip(result, link))
    return result


# %% check-password
def check_password(password, record):
    try:
        recipe, rounds, salt, result = record.split("$")
    except ValueError:
        return False
    return stretch(password, bytes.fromhex(salt), int(rounds)).hex() == result


# %% recover
import itertools


def recover(knock, length, alphabet):
    for symbols in itertools.product(alphabet, repeat=length):
        if knock("".join(symbols))[0]:
            return "".join(symbols)
    return None


# %% careful
def careful(look, length):
    return [look(place) for place in range(length)][-1]


# %% verify
def verify(message, signature, public):
    if len(signature) < len(public):
        return False
    bits = message_bits(message, len(public))
    return all(piece_hash(piece) == pair[bit] for piece, pair, bit in zip(signature, public, bits))


# %% forge
def forge(message, signed, size):
    shown = {}
    for old_message, signature in signed:
        for place, bit in enumerate(message_bits(old_message, size)):
            shown[place, bit] = signature[place]
    result = [shown.get((place, bit)) for place, bit in enumerate(message_bits(message, 8))]
    return None if None in result else result
