"""Loops and branches throughout: what a careful beginner writes, without comprehensions."""


# %% crack
def crack(leaked, words):
    word_of = {}
    for word in words:
        word_of[sha256_hex(word)] = word
    found = {}
    for account in leaked:
        if leaked[account] in word_of:
            found[account] = word_of[leaked[account]]
    return found


# %% stretch
def stretch(password, salt, rounds):
    if rounds <= 0:
        raise ValueError(f"{rounds} rounds")
    result = bytearray(32)
    link = salt + BLOCK_ONE
    for _ in range(rounds):
        link = hmac_sha256(password_bytes(password), link)
        for place in range(32):
            result[place] = result[place] ^ link[place]
    return bytes(result)


# %% check-password
def check_password(password, record):
    parts = record.split("$")
    if len(parts) != 4:
        return False
    if parts[0] != "pbkdf2-sha256":
        return False
    if not parts[1].isdigit() or int(parts[1]) == 0:
        return False
    try:
        salt = bytes.fromhex(parts[2])
        expected = bytes.fromhex(parts[3])
    except ValueError:
        return False
    if hmac.compare_digest(stretch(password, salt, int(parts[1])), expected):
        return True
    else:
        return False


# %% recover
def recover(knock, length, alphabet):
    known = ""
    while len(known) < length:
        best_symbol = ""
        most_looks = -1
        for symbol in alphabet:
            guess = known + symbol
            while len(guess) < length:
                guess = guess + alphabet[-1]
            opened, looks = knock(guess)
            if opened:
                return guess
            if looks > most_looks:
                most_looks = looks
                best_symbol = symbol
        known = known + best_symbol
    return known


# %% careful
def careful(look, length):
    same = 0
    for place in range(length):
        if look(place):
            same = same + 1
    return same == length


# %% verify
def verify(message, signature, public):
    if len(signature) != len(public):
        return False
    bits = message_bits(message, len(public))
    for place in range(len(public)):
        zero, one = public[place]
        if bits[place] == 0 and piece_hash(signature[place]) != zero:
            return False
        if bits[place] == 1 and piece_hash(signature[place]) != one:
            return False
    return True


# %% forge
def forge(message, signed, size):
    result = []
    wanted = message_bits(message, size)
    for place in range(size):
        piece = None
        for old_message, signature in signed:
            if message_bits(old_message, size)[place] == wanted[place]:
                piece = signature[place]
        if piece is None:
            return None
        result.append(piece)
    return result
