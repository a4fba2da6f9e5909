"""How exactly the tutor's own model computes."""

import torch

_INSTRUCTIONS = ("avx512_bf16", "amx_bf16")


def precision(device: torch.device) -> torch.autocast:
    """Matrix products in bfloat16 where the device has instructions for them, which takes half the time."""
    able = device.type == "cuda" or any(map(torch.cpu.get_capabilities().get, _INSTRUCTIONS))
    return torch.autocast(device.type, torch.bfloat16, enabled=able)
