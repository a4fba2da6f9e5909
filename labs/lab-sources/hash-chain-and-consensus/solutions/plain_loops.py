"""Loops, branches and places of a list throughout, as a careful beginner writes them."""


# %% add-block
def add_block(chain, records):
    new_chain = []
    previous = GENESIS
    for block in chain:
        new_chain.append(block)
        previous = block["hash"]
    block = {}
    block["index"] = len(new_chain)
    block["previous"] = previous
    block["records"] = records[:]
    block["hash"] = block_hash(block)
    new_chain.append(block)
    return new_chain


# %% first-problem
def first_problem(chain):
    for i in range(len(chain)):
        if chain[i]["index"] != i:
            return i
        if i == 0 and chain[i]["previous"] != "0" * 64:
            return i
        if i > 0 and chain[i]["previous"] != chain[i - 1]["hash"]:
            return i
        if chain[i]["hash"] != block_hash(chain[i]):
            return i


# %% merkle-root
def merkle_root(texts):
    if len(texts) == 0:
        return EMPTY_ROOT
    hashes = []
    for text in texts:
        hashes.append(leaf(text))
    while len(hashes) > 1:
        above = []
        i = 0
        while i < len(hashes):
            if i + 1 < len(hashes):
                above.append(node(hashes[i], hashes[i + 1]))
            else:
                above.append(hashes[i])
            i = i + 2
        hashes = above
    return hashes[0]


# %% proves
def proves(text, proof, root):
    here = leaf(text)
    for step in proof:
        if step[0] == "right":
            here = node(here, step[1])
        else:
            here = node(step[1], here)
    if here == root:
        return True
    return False


# %% merkle-proof
def merkle_proof(texts, place):
    if place < 0 or place >= len(texts):
        raise IndexError(place)
    proof = []
    hashes = [leaf(text) for text in texts]
    while len(hashes) > 1:
        above = []
        for i in range(0, len(hashes), 2):
            if i + 1 == len(hashes):
                above.append(hashes[i])
                continue
            above.append(node(hashes[i], hashes[i + 1]))
            if place == i:
                proof.append(("right", hashes[i + 1]))
            if place == i + 1:
                proof.append(("left", hashes[i]))
        hashes = above
        place = place // 2
    return proof


# %% mine
def mine(block, difficulty):
    new = dict(block)
    new["nonce"] = 0
    while True:
        digest = block_hash(new)
        zeros = 0
        while zeros < len(digest) and digest[zeros] == "0":
            zeros = zeros + 1
        if zeros >= difficulty:
            new["hash"] = digest
            return new
        new["nonce"] = new["nonce"] + 1


# %% best-chain
def best_chain(chains, difficulty):
    best = None
    for chain in chains:
        valid = first_problem(chain) is None
        for block in chain:
            if block["hash"][:difficulty] != "0" * difficulty:
                valid = False
        if valid and (best is None or len(chain) > len(best)):
            best = chain
    return best
