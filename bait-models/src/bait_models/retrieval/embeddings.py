"""Vectors of premises by one retriever: remembered, and kept on disk for the next time."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import safetensors
import torch
from safetensors.torch import load_file, save
from torch import Tensor

from bait_core.files import replace_file
from bait_core.paths import cache_folder
from bait_models.chunks import chunks
from bait_models.retrieval.model import Retriever
from bait_models.retrieval.text import PremiseLike, premise_text

_log = logging.getLogger(__name__)

_FORMAT = 1
"""Other vectors of the same weights get another number."""
_LEAST_KEPT = 64
"""Fewer new premises than that are not worth a file; they are embedded in no time."""
_PART = 512
"""So many premises are embedded between two lines in the log, and kept at once."""
_KEY_BYTES = 16
_READ_BY_THE_NETWORK = (
    "num_heads",
    "feed_forward_proj",
    "relative_attention_num_buckets",
    "relative_attention_max_distance",
    "layer_norm_epsilon",
)
"""What the network computes with, besides weights whose shapes tell the rest."""


class Embeddings:
    """Vectors of premises, by what the retriever reads of them.

    On disk they are in a folder that is named by a hash of the retriever's weights, so that another
    checkpoint never uses them, wherever it lies; processes may share the folder.

    Args:
        retriever: Must not change any more.

    Attributes:
        matrix: All vectors, one a row [premises, d_model].
    """

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._folder = cache_folder() / "retrieval" / fingerprint(retriever)
        self._rows: dict[bytes, int] = {}
        self.matrix = torch.empty(0, retriever.network.config.d_model, device=retriever.device)
        for path in sorted(self._folder.glob("*.safetensors")):
            self._load(path)

    def rows(self, premises: Sequence[PremiseLike]) -> Tensor:
        """Rows of premises in the matrix [premises]; those that are new are embedded first."""
        keys = [_key(premise) for premise in premises]
        new = {key: p for key, p in zip(keys, premises, strict=True) if key not in self._rows}
        if new:
            self._embed(new)
        return torch.tensor([self._rows[key] for key in keys], dtype=torch.long)

    def _embed(self, new: dict[bytes, PremiseLike]) -> None:
        encoded = {key: self._retriever.encode_premise(p) for key, p in new.items()}
        ordered = sorted(encoded, key=lambda key: (len(encoded[key]), key))
        done = 0
        for part in chunks(ordered, _PART):
            vectors = self._retriever.embed_rows([encoded[key] for key in part])
            self._add(part, vectors)
            done += len(part)
            if len(ordered) >= _LEAST_KEPT:
                _log.info("Embedded %d of %d premises", done, len(ordered))
                self._keep(part, vectors)

    def _add(self, keys: Sequence[bytes], vectors: Tensor) -> None:
        start = len(self.matrix)
        self.matrix = torch.cat([self.matrix, vectors.to(self.matrix.device)])
        self._rows.update((key, start + number) for number, key in enumerate(keys))

    def _keep(self, keys: Sequence[bytes], vectors: Tensor) -> None:
        """Write vectors to disk, if that is possible: a full or read-only disk costs time only."""
        joined = b"".join(keys)
        path = self._folder / f"{hashlib.sha256(joined).hexdigest()[:32]}.safetensors"
        packed = torch.tensor(list(joined), dtype=torch.uint8).view(-1, _KEY_BYTES)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, [save({"keys": packed, "vectors": vectors.cpu().contiguous()})])
        except OSError as error:
            _log.warning("Vectors of premises can't be kept in %s: %s", self._folder, error)

    def _load(self, path: Path) -> None:
        try:
            stored = load_file(path)
            keys, vectors = stored["keys"], stored["vectors"]
        except (OSError, KeyError, safetensors.SafetensorError) as error:
            _log.warning("%s can't be read; its premises are embedded anew: %s", path, error)
            return
        packed = keys.numpy().tobytes()
        split = [packed[i : i + _KEY_BYTES] for i in range(0, len(packed), _KEY_BYTES)]
        self._add(split, vectors)


def fingerprint(retriever: Retriever) -> str:
    """Identifies all that the vectors depend on: the weights, and how texts are read."""
    digest = hashlib.sha256(f"{_FORMAT} {retriever.max_source}".encode())
    for part in _contents(retriever):
        digest.update(part)
    return digest.hexdigest()[:32]


def _contents(retriever: Retriever) -> Iterator[bytes | memoryview]:
    config = retriever.network.config
    yield " ".join(str(getattr(config, name)) for name in _READ_BY_THE_NETWORK).encode()
    for name, tensor in sorted(retriever.network.state_dict().items()):
        yield f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode()
        yield tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data


def _key(premise: PremiseLike) -> bytes:
    text = premise_text(premise).encode("utf-8", "replace")
    return hashlib.sha256(text).digest()[:_KEY_BYTES]
