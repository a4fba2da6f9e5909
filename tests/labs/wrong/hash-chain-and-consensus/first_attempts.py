"""What learners often hand in first; the visible tests already tell them."""


# %% add-block
def add_block(chain, records):
    previous = chain[-1]["hash"] if chain else GENESIS
    block = {"index": len(chain), "previous": previous, "records": records}
    block["hash"] = block_hash(block)
    chain.append(block)
    return chain


# %% first-problem
def first_problem(chain):
    for place, block in enumerate(chain):
        if block["hash"] != block_hash(block):
            return place
    return None


# %% merkle-root
def merkle_root(texts):
    level = [leaf(text) for text in texts]
    while len(level) > 1:
        level = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
    return level[0] if level else EMPTY_ROOT


# %% proves
def proves(text, proof, root):
    reached = leaf(text)
    for _, partner in proof:
        reached = node(reached, partner)
    return reached == root


# %% merkle-proof
def merkle_proof(texts, place):
    level = [leaf(text) for text in texts]
    proof = []
    while len(level) > 1:
        partner = place + 1 if place % 2 == 0 else place - 1
        proof.append(("right" if partner > place else "left", level[partner]))
        level = [node(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        place //= 2
    return proof


# %% mine
def mine(block, difficulty):
    nonce = 1
    while not block_hash({**block, "nonce": nonce}).startswith("0" * difficulty):
        nonce += 1
    tried = {**block, "nonce": nonce}
    return {**tried, "hash": block_hash(tried)}


# %% best-chain
def best_chain(chains, difficulty):
    return max(chains, key=len, default=None)
