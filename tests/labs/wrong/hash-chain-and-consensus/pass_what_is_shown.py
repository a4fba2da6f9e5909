"""Answers that fit every test a learner can see, and not the rule: the hidden tests have to find them."""


# %% add-block
def add_block(chain, records):
    previous = chain[-1]["hash"] if chain else GENESIS
    block = {"index": len(chain), "previous": previous, "records": records}
    block["hash"] = block_hash(block)
    return [*chain, block]


# %% first-problem
def first_problem(chain):
    previous = GENESIS
    for place, block in enumerate(chain):
        if block["previous"] != previous or block["hash"] != block_hash(block):
            return place
        previous = block["hash"]
    return None


# %% merkle-root
def merkle_root(texts):
    level = [leaf(text) for text in texts]
    while len(level) > 1:
        pairs = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs) :]
    return level[0]


# %% proves
def proves(text, proof, root):
    if not proof:
        return True
    reached = leaf(text)
    for side, partner in proof:
        reached = node(partner, reached) if side == "left" else node(reached, partner)
    return reached == root


# %% merkle-proof
def merkle_proof(texts, place):
    if place >= len(texts):
        raise IndexError("no such line")
    level = [leaf(text) for text in texts]
    proof = []
    while len(level) > 1:
        if place % 2 == 1:
            proof.append(("left", level[place - 1]))
        elif place + 1 < len(level):
            proof.append(("right", level[place + 1]))
        pairs = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs) :]
        place //= 2
    return proof


# %% mine
def mine(block, difficulty):
    block["nonce"] = 0
    while not block_hash(block).startswith("0" * difficulty):
        block["nonce"] += 1
    return {**block, "hash": block_hash(block)}


# %% best-chain
def best_chain(chains, difficulty):
    best = None
    for chain in chains:
        valid = first_problem(chain) is None and all(
            block["hash"].startswith("0" * difficulty) for block in chain
        )
        if valid and (best is None or len(chain) >= len(best)):
            best = chain
    return best
