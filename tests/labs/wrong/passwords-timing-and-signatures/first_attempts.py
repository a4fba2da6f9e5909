"""What learners often hand in first; the visible tests already tell them."""


# %% crack
def crack(leaked, words):
    return {word: account for account in leaked for word in words if sha256_hex(word) == leaked[account]}


# %% stretch
def stretch(password, salt, rounds):
    link = salt + BLOCK_ONE
    for _ in range(rounds):
        link = hmac_sha256(password_bytes(password), link)
    return link


# %% check-password
def check_password(password, record):
    recipe, rounds, salt, result = record.split("$")
    return stretch(password, bytes.fromhex(salt), int(rounds)).hex() == result


# %% recover
def recover(knock, length, alphabet):
    known = ""
    for place in range(length):
        for symbol in alphabet:
            opened, looks = knock(known + symbol + alphabet[0] * (length - place - 1))
            if looks == place + 2:
                known += symbol
                break
    return known


# %% careful
def careful(look, length):
    return all(look(place) for place in range(length))


# %% verify
def verify(message, signature, public):
    return all(piece_hash(piece) in pair for piece, pair in zip(signature, public))


# %% forge
def forge(message, signed, size):
    for old_message, signature in signed:
        if message_bits(old_message, size) == message_bits(message, size):
            return signature
    return None
