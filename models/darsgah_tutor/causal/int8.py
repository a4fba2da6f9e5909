"""Matrices in int8 for a processor: a quarter of the memory to read for each token, which is what takes time.

Weights get a scale for each row when the model is loaded; activations one for each token while it runs. The
product is computed by torch's kernels for VNNI (oneDNN, FBGEMM), whose scale is one for a whole input: each
token is brought to the same size first, so that one with a large value does not coarsen its neighbours.

Not covered: processors other than x86-64, where torch has no such kernel. There ``quantize`` changes nothing.
"""

import warnings

import torch
from torch import Tensor, nn

_ENGINE = "x86"


class Int8Linear(nn.Module):
    """``nn.Linear`` with its matrix in int8; takes and gives 32-bit numbers, (..., in) and (..., out)."""

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.out_features, self.in_features = weight.shape
        self.bias = None if bias is None else nn.Parameter(bias.float(), requires_grad=False)
        rows = weight.detach().float()
        scales = rows.abs().amax(dim=1).clamp(min=1e-8).div_(127).double()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # the kernel's own tensors will go in a later torch
            packed = torch.quantize_per_channel(
                rows, scales, torch.zeros(self.out_features, dtype=torch.int64), 0, torch.qint8
            )
            self._packed = torch.ops.quantized.linear_prepack(packed, None)

    def forward(self, given: Tensor) -> Tensor:
        """The product; ``given`` may have any number of leading dimensions."""
        size = given.abs().amax(dim=-1, keepdim=True).clamp_(min=1e-8)
        product: Tensor = torch.ops.quantized.linear_dynamic(given / size, self._packed).mul_(size)
        return product if self.bias is None else product.add_(self.bias)


class NarrowEmbedding(nn.Module):
    """A table of words kept in 16 bits, of which a few rows are read, given out in 32."""

    def __init__(self, embedding: nn.Embedding) -> None:
        super().__init__()
        self.weight = embedding.weight

    def forward(self, tokens: Tensor) -> Tensor:
        """The rows of these tokens."""
        return nn.functional.embedding(tokens, self.weight).float()


def quantize(model: nn.Module) -> bool:
    """Put every linear layer into int8, in place, and the rest of the model into 32-bit numbers.

    Returns:
        Whether this processor has the kernel; without it the model is unchanged.
    """
    if _ENGINE not in torch.backends.quantized.supported_engines:
        return False
    torch.backends.quantized.engine = _ENGINE
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if (small := _small(child)) is not None:
                setattr(parent, name, small)
    tables = {id(module.weight) for module in model.modules() if isinstance(module, NarrowEmbedding)}
    for parameter in model.parameters():
        if id(parameter) not in tables:
            parameter.data = parameter.data.float()
    for buffer in model.buffers():
        if buffer.is_floating_point():
            buffer.data = buffer.data.float()
    return True


def _small(layer: nn.Module) -> nn.Module | None:
    """What stands for a layer, None for one that stays."""
    if type(layer) is nn.Linear:
        return Int8Linear(layer.weight, layer.bias)
    if type(layer).__name__ == "Conv1D":  # GPT-2's linear layer, whose matrix lies the other way
        return Int8Linear(layer.get_parameter("weight").T, layer.get_parameter("bias"))
    return NarrowEmbedding(layer) if type(layer) is nn.Embedding else None
