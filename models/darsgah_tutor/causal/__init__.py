"""Operators' causal language models: a local folder, a server that speaks OpenAI's protocol, a hub's nodes.

They say authored hints in other words, and no hint waits for them: whoever asks has a text already.
From the question to the words: ``rephrasing`` writes the request (``prompt``), ``nodes`` chooses who answers,
``remote`` asks a server (``resting`` leaves one alone that fails), ``local`` a model on this machine, which
``loading`` has read from a folder that ``folder`` has examined, and which ``decoding`` (processor, int8) or
``batching`` (GPU) runs. ``server`` is the other end of ``remote``: it serves such a model to a whole hub.
Only ``loading``, ``int8``, ``decoding``, ``batching`` and ``generators`` import torch.
"""
