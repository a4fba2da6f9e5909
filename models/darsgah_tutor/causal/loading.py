"""Loads an examined folder with transformers: from this disk alone, no code out of the folder, no pickle.

A model on a processor computes in 32-bit numbers with its matrices in int8; on a GPU in bfloat16, or in half
precision where the GPU has no bfloat16. Memory is compared before anything is read.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import torch

from darsgah_tutor.causal.chat import Chat, Message
from darsgah_tutor.causal.errors import FolderRefused, RequestRefused
from darsgah_tutor.causal.folder import Examined, examine
from darsgah_tutor.causal.int8 import quantize
from darsgah_tutor.devices import free_memory_bytes
from darsgah_tutor.offline import stay_offline
from darsgah_tutor.weight_files import READING

LONGEST_CHAT = 4096
"""Tokens of a chat with its answer, even where the model could read more: a hint needs a tenth of it."""
SPARE_BYTES = 400_000_000
"""What is left for everything but the weights: the library itself, and the keys and values of a chat."""
_PLAIN_TEMPLATE = (
    "{% for message in messages %}{{ message.role }}: {{ message.content }}\n\n{% endfor %}"
    "{% if add_generation_prompt %}assistant: {% endif %}"
)
"""For base models, which come without a template of their own."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A model in memory, with its tokenizer.

    Attributes:
        precision: ``int8``, ``bfloat16`` and the like.
        ends: tokens that end an answer.
        longest: tokens of a chat and its answer together.
    """

    name: str
    model: Any
    tokenizer: Any
    device: torch.device
    precision: str
    ends: tuple[int, ...]
    longest: int

    def prompt(self, chat: Chat) -> list[int]:
        """The chat as tokens, in the model's own template.

        Raises:
            RequestRefused: it leaves no room for the answer, or the template cannot take it.
        """
        tokens = self._templated(chat)
        if len(tokens) + chat.max_tokens > self.longest:
            raise RequestRefused(
                f"The chat has {len(tokens)} tokens; with {chat.max_tokens} for the answer that is more than "
                f"the {self.longest} of this model."
            )
        return tokens

    def greedy(self, most: int = LONGEST_CHAT) -> Any:  # noqa: ANN401 - transformers' own, imported late
        """How transformers shall decode: the likeliest token each time, ``most`` of them."""
        from transformers import GenerationConfig  # noqa: PLC0415 - offline first, as ``load`` sees to

        return GenerationConfig(  # type: ignore[no-untyped-call] # transformers has no types there
            do_sample=False,
            max_new_tokens=most,
            eos_token_id=list(self.ends) or -1,
            pad_token_id=self.ends[0] if self.ends else 0,
        )

    def _templated(self, chat: Chat) -> list[int]:
        messages = list(chat.messages)
        try:
            text = self._text(messages)
        except (jinja2.TemplateError, TypeError, ValueError):
            # Some templates know no system's turn: what it says is put before what the user says.
            try:
                text = self._text(_without_system(messages))
            except (jinja2.TemplateError, TypeError, ValueError) as error:
                raise RequestRefused(f"The model's template does not take this chat: {error}.") from error
        encoded: list[int] = self.tokenizer.encode(text + chat.begun, add_special_tokens=False)
        return encoded

    def _text(self, messages: list[Message]) -> str:
        written: str = self.tokenizer.apply_chat_template(
            [{"role": message.role, "content": message.content} for message in messages],
            tokenize=False,
            add_generation_prompt=True,
        )
        return written


def _without_system(messages: list[Message]) -> list[Message]:
    told = "\n\n".join(message.content for message in messages if message.role == "system")
    others = [message for message in messages if message.role != "system"]
    if not told or not others:
        return others or messages
    return [Message(others[0].role, f"{told}\n\n{others[0].content}"), *others[1:]]


def best_device() -> torch.device:
    """The GPU that torch sees, else the processor."""
    return torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")


def load(folder: Path, device: torch.device, *, small: bool | None = None) -> Loaded:
    """Load the model of a folder.

    Args:
        folder: as ``save_pretrained`` writes it.
        device: where it will compute.
        small: matrices in int8; unset, on a processor.

    Raises:
        FolderRefused: it is no model that is run here, or there is not enough memory for it.
    """
    examined = examine(folder)
    small = device.type == "cpu" if small is None else small
    _refuse_too_large(examined, device, small=small)
    kind = _number_type(device, small=small)
    tokenizer, model = _read(folder, kind, device)
    _refuse_left_out(folder, model, examined)
    precision = "int8" if small and quantize(model) else str(kind).removeprefix("torch.")
    if not tokenizer.chat_template:
        tokenizer.chat_template = _PLAIN_TEMPLATE
    reads = getattr(model.config.get_text_config(), "max_position_embeddings", None) or LONGEST_CHAT
    ends = _ends(model, tokenizer)
    loaded = Loaded(examined.name, model, tokenizer, device, precision, ends, min(int(reads), LONGEST_CHAT))
    model.generation_config = loaded.greedy()  # what the folder says about chance is not wanted
    return loaded


def _read(folder: Path, kind: torch.dtype, device: torch.device) -> tuple[Any, Any]:
    """Tokenizer and model, by the library's own choice of class."""
    stay_offline()
    from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - offline first
    from transformers.utils import logging as transformers_logging  # noqa: PLC0415 - offline first

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call] # transformers has no types there
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        with READING:
            model: Any = AutoModelForCausalLM.from_pretrained(
                folder,
                local_files_only=True,
                trust_remote_code=False,
                use_safetensors=True,
                dtype=kind,
                attn_implementation=_attention(device),
            )
        model.eval().requires_grad_(requires_grad=False).to(device)
    except torch.OutOfMemoryError as error:
        raise FolderRefused(f"There is not enough memory on the GPU for the model in {folder}.") from error
    except Exception as error:
        raise FolderRefused(f"The model in {folder} does not load: {_first_line(error)}") from error
    return tokenizer, model


def _refuse_too_large(examined: Examined, device: torch.device, *, small: bool) -> None:
    """Compare what loading takes with what is free, before it takes it."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        needed = 2 * examined.parameters + SPARE_BYTES
    else:
        free = free_memory_bytes()
        needed = (examined.int8_bytes if small else 4 * examined.parameters) + SPARE_BYTES
    if needed > free:
        raise FolderRefused(
            f"The model {examined.name} needs {needed / 1e9:.1f} GB of memory, {free / 1e9:.1f} GB are free "
            f"({'GPU' if device.type == 'cuda' else 'processor'}): take a smaller model, or a larger machine."
        )


def _number_type(device: torch.device, *, small: bool) -> torch.dtype:
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16
    return torch.bfloat16 if small else torch.float32


def _attention(device: torch.device) -> str | None:
    """FlashAttention where it is installed, else transformers' choice of what torch has."""
    from transformers.utils.import_utils import is_flash_attn_2_available  # noqa: PLC0415 - offline first

    return "flash_attention_2" if device.type == "cuda" and is_flash_attn_2_available() else None


def _refuse_left_out(folder: Path, model: Any, examined: Examined) -> None:  # noqa: ANN401 - any architecture
    """Weights of another model load without an error, and leave what they do not name at random."""
    expected = sum(parameter.numel() for parameter in model.parameters())
    if expected > examined.parameters * 1.02 + 1000:
        raise FolderRefused(
            f"The weights in {folder} are not those of its config.json: {examined.parameters:,} numbers of "
            f"{expected:,}. Copy the whole model again."
        )


def _ends(model: Any, tokenizer: Any) -> tuple[int, ...]:  # noqa: ANN401 - any architecture
    told = getattr(model.generation_config, "eos_token_id", None)
    ends = [told] if isinstance(told, int) else list(told or [])
    if tokenizer.eos_token_id is not None:
        ends.append(tokenizer.eos_token_id)
    return tuple(dict.fromkeys(ends))


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
