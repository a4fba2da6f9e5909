"""Trees by recursion: the left half is the largest power of two that leaves something over for the right."""

# %% add-block
import copy


def add_block(chain, records):
    *_, previous = [GENESIS] + [block["hash"] for block in chain]
    content = dict(index=len(chain), previous=previous, records=copy.deepcopy(list(records)))
    return chain + [dict(content, hash=fingerprint(content))]


# %% first-problem
def first_problem(chain):
    links = [GENESIS, *(block["hash"] for block in chain)]
    wrong = (
        place
        for place, (link, block) in enumerate(zip(links, chain))
        if (block["index"], block["previous"], block["hash"]) != (place, link, block_hash(block))
    )
    return next(wrong, None)


# %% merkle-root
def merkle_root(texts):
    if len(texts) < 2:
        return leaf(texts[0]) if texts else EMPTY_ROOT
    half = 1 << (len(texts) - 1).bit_length() - 1
    return node(merkle_root(texts[:half]), merkle_root(texts[half:]))


# %% proves
import functools


def proves(text, proof, root):
    def step(reached, partner):
        return {"left": node(partner[1], reached), "right": node(reached, partner[1])}[partner[0]]

    return functools.reduce(step, proof, leaf(text)) == root


# %% merkle-proof
def merkle_proof(texts, place):
    if place not in range(len(texts)):
        raise IndexError("no such line")
    if len(texts) == 1:
        return []
    half = 1 << (len(texts) - 1).bit_length() - 1
    if place < half:
        return merkle_proof(texts[:half], place) + [("right", merkle_root(texts[half:]))]
    return merkle_proof(texts[half:], place - half) + [("left", merkle_root(texts[:half]))]


# %% mine
import itertools


def mine(block, difficulty):
    tries = ({**block, "nonce": nonce} for nonce in itertools.count())
    return next(
        {**tried, "hash": digest}
        for tried in tries
        if not (digest := block_hash(tried))[:difficulty].strip("0")
    )


# %% best-chain
def best_chain(chains, difficulty):
    def counts(chain):
        return first_problem(chain) is None and all(
            int(block["hash"][:difficulty] or "0", 16) == 0 for block in chain
        )

    ranked = sorted(filter(counts, chains), key=lambda chain: -len(chain))
    return ranked[0] if ranked else None
