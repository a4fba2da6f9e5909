"""What a folder may be that is no model, and what is said about it before anything is loaded."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from darsgah_tutor.causal.errors import FolderRefused
from darsgah_tutor.causal.folder import examine
from darsgah_tutor.causal.loading import load
from tests.tutor.causal.tiny import bert, qwen2

CPU = torch.device("cpu")


def _cut(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def _only_header(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:50])


def _pickle_in_disguise(folder: Path) -> None:
    with zipfile.ZipFile(folder / "model.safetensors", "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x04.")


def _pickle_alone(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def _pickle_beside(folder: Path) -> None:
    (folder / "training_args.bin").write_bytes(b"\x80\x04.")


def _changed(**values: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        config = json.loads((folder / "config.json").read_text())
        (folder / "config.json").write_text(json.dumps(config | values))

    return change


def _shard_missing(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    names = {"one": "model-00001-of-00002.safetensors", "two": "../other/model.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": names}))


def _no_json(folder: Path) -> None:
    (folder / "config.json").write_text("{")


def _no_config(folder: Path) -> None:
    (folder / "config.json").unlink()


def _no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


def _no_weights(folder: Path) -> None:
    (folder / "model.safetensors").unlink()


def _broken_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").write_text("[]")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (_cut, r"was not copied whole"),
        (_only_header, r"only its beginning"),
        (_pickle_in_disguise, r"no safetensors file"),
        (_pickle_alone, r"pytorch_model\.bin, a pickle"),
        (_pickle_beside, r"training_args\.bin, a pickle"),
        (_no_json, r"is no JSON"),
        (_no_config, r"lacks its config\.json"),
        (_no_tokenizer, r"no tokenizer"),
        (_no_weights, r"no weights"),
        (_shard_missing, r"lacks \.\./other/model\.safetensors \(2 of 2 files\)"),
        (_changed(architectures=["BertForMaskedLM"]), r"is a BertForMaskedLM"),
        (_changed(is_encoder_decoder=True), r"word by word"),
        (_changed(quantization_config={"quant_method": "awq"}), r"quantised already"),
        (_changed(model_type=None), r"does not say its model_type"),
        (_changed(model_type="of-the-future"), r"does not load"),
        (_changed(auto_map={"AutoModelForCausalLM": "x.Y"}, model_type="mine"), r"does not load"),
        (_changed(num_hidden_layers=9, layer_types=None), r"not those of its config\.json"),
        (_changed(hidden_size=48), r"does not load"),
        (_broken_tokenizer, r"does not load"),
    ],
)
def test_what_is_no_model_is_refused(
    damage: Callable[[Path], None], said: str, folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    damage(copy)
    with pytest.raises(FolderRefused, match=said):
        load(copy, CPU)


def test_a_folder_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match=f"no folder {tmp_path}/none"):
        examine(tmp_path / "none")


def test_an_encoder_is_another_architecture(tmp_path: Path) -> None:
    with pytest.raises(FolderRefused, match=r"BertForMaskedLM, which does not write text word by word"):
        load(bert(tmp_path / "bert"), CPU)


def test_code_in_the_folder_is_never_run(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    (copy / "modeling_mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    _changed(auto_map={"AutoModelForCausalLM": "modeling_mine.Mine", "AutoConfig": "modeling_mine.C"})(copy)
    load(copy, CPU)
    assert not (tmp_path / "ran").exists()


def test_memory_is_compared_before_anything_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The header says 30 GB; the file is a hole of that size, which reading would not survive."""
    copy = tmp_path / "large"
    shutil.copytree(folder, copy)
    count = 15_000_000_000
    header = json.dumps(
        {"w": {"dtype": "BF16", "shape": [1, count], "data_offsets": [0, 2 * count]}}
    ).encode()
    with (copy / "model.safetensors").open("wb") as weights:
        weights.write(len(header).to_bytes(8, "little") + header)
        weights.truncate(8 + len(header) + 2 * count)
    monkeypatch.setattr("darsgah_tutor.causal.loading.free_memory_bytes", lambda: 24_000_000_000)
    with pytest.raises(FolderRefused, match=r"needs .* GB of memory, 24\.0 GB are free"):
        load(copy, CPU)


def test_weights_in_several_files_are_one_model(loaded: object, folder: Path, tmp_path: Path) -> None:
    whole = load(folder, CPU, small=False)
    whole.model.save_pretrained(tmp_path / "shards", max_shard_size="60KB")
    whole.tokenizer.save_pretrained(tmp_path / "shards")
    assert len(list((tmp_path / "shards").glob("*.safetensors"))) > 1
    assert load(tmp_path / "shards", CPU).name == "shards"


def test_an_untied_model_and_one_without_a_template_load(tmp_path: Path) -> None:
    model = load(qwen2(tmp_path / "base", template=None, tied=False), CPU)
    assert model.precision in {"int8", "bfloat16"}
    assert "user: " in model.tokenizer.chat_template or "message.role" in model.tokenizer.chat_template
