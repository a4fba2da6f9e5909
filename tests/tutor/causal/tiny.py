"""Tiny models of real architectures, made on the spot: random weights, a tokenizer of 400 words."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import torch

from darsgah_tutor.offline import stay_offline

stay_offline()

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: E402 - offline first
from transformers import (  # noqa: E402 - offline first
    BertConfig,
    BertForMaskedLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_TEXTS = (
    "Look at the line again: what is the value when the list is empty?",
    "لائن کو دوبارہ دیکھیں: جب list خالی ہو تو value کیا ہوگی؟",
    "def total(values):\n    return sum(values) / len(values)\n",
)


def qwen2(folder: Path, *, template: str | None = TEMPLATE, tied: bool = True) -> Path:
    """A folder as an operator would have it: Qwen2's architecture, 30,000 numbers."""
    tokenizer = _tokenizer(template)
    torch.manual_seed(7)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=512,
            tie_word_embeddings=tied,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
            initializer_range=0.5,  # so that it does not say one word again and again
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def qwen2_saying(folder: Path, sentence: str) -> Path:
    """One that says a sentence, whatever it is asked: each token stands for itself and leads to the next."""
    tokenizer = _tokenizer(TEMPLATE, [sentence] * 50)
    said = tokenizer.encode(sentence)
    last = tokenizer.encode("<|im_start|>assistant\n")[-1]
    path = [last, *said, tokenizer.eos_token_id]
    assert len(set(path)) == len(path), "a token that comes twice leads back to itself"
    size = 8 * (len(tokenizer) // 8 + 1)
    torch.manual_seed(7)
    model = Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(tokenizer),
            hidden_size=size,
            intermediate_size=64,
            num_hidden_layers=1,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=4096,
            tie_word_embeddings=False,
            eos_token_id=tokenizer.eos_token_id,
            bos_token_id=None,
        )
    )
    model.get_input_embeddings().weight.data = 100 * torch.eye(len(tokenizer), size)
    leads = torch.zeros(len(tokenizer), size)
    for token, following in pairwise(path):
        leads[following, token] = 1
    model.lm_head.weight.data = leads
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def bert(folder: Path) -> Path:
    """An encoder, which is another architecture."""
    tokenizer = _tokenizer(None)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
    )
    BertForMaskedLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(template: str | None, texts: Sequence[str] = _TEXTS) -> PreTrainedTokenizerFast:
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    raw.decoder = decoders.ByteLevel()
    raw.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=400,
            special_tokens=["<|im_end|>", "<|im_start|>"],
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<|im_end|>", pad_token="<|im_end|>")
    tokenizer.chat_template = template
    return tokenizer
