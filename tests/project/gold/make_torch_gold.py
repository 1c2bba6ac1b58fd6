"""Writes the files beside this one: weights as PyTorch 2.13 saves them, and what it says with them.

    python -m tests.project.gold.make_torch_gold

For each network of `exchange_cases.py` a safetensors file of a fresh module's state dict, and in
`logits.npz` its logits for each sentence and for the words of the first few.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

from tests.project.exchange_cases import sentences, specs
from tests.project.torch_networks import TorchNetwork, logits

LABELLED = 12


def main() -> None:
    """Write all."""
    torch.manual_seed(29)
    folder, gold = Path(__file__).parent, {}
    for name, spec in specs().items():
        module = TorchNetwork(spec)
        save_file(module.state_dict(), folder / f"{name}.safetensors")
        of_sentences, of_words = logits(module, sentences())
        gold[name] = of_sentences
        gold[f"{name}.words"] = np.concatenate(of_words[:LABELLED])
    np.savez_compressed(folder / "logits.npz", **gold)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
