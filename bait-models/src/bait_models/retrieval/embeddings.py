"""Embeddings of premises by one retriever, cached in memory and on disk."""

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
"""Increase it when the same weights give other embeddings."""
_MIN_SAVED = 64
"""Fewer new premises than this are not worth a file; embedding them takes no time."""
_CHUNK = 512
"""Premises that are embedded, logged and saved together."""
_KEY_BYTES = 16
_CONFIGURATION = (
    "num_heads",
    "feed_forward_proj",
    "relative_attention_num_buckets",
    "relative_attention_max_distance",
    "layer_norm_epsilon",
)
"""The configuration that embeddings depend on, except for what the weights' shapes tell."""


class Embeddings:
    """Embeddings of premises, keyed by the text that the retriever reads.

    On disk, they are in a folder named by a hash of the retriever's weights, so that no other
    checkpoint uses them, wherever it is; processes may share the folder.

    Args:
        retriever: Must not be trained any further.

    Attributes:
        matrix: All embeddings, one per row [premises, d_model].
    """

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._folder = cache_folder() / "retrieval" / fingerprint(retriever)
        self._rows: dict[bytes, int] = {}
        self.matrix = torch.empty(0, retriever.network.config.d_model, device=retriever.device)
        for path in sorted(self._folder.glob("*.safetensors")):
            self._load(path)

    def rows(self, premises: Sequence[PremiseLike]) -> Tensor:
        """Rows of premises in the matrix [premises]; new premises are embedded first."""
        keys = [_key(premise) for premise in premises]
        new = {key: p for key, p in zip(keys, premises, strict=True) if key not in self._rows}
        if new:
            self._embed(new)
        return torch.tensor([self._rows[key] for key in keys], dtype=torch.long)

    def _embed(self, new: dict[bytes, PremiseLike]) -> None:
        encoded = {key: self._retriever.encode_premise(p) for key, p in new.items()}
        ordered = sorted(encoded, key=lambda key: (len(encoded[key]), key))
        done = 0
        for chunk in chunks(ordered, _CHUNK):
            vectors = self._retriever.embed_rows([encoded[key] for key in chunk])
            self._add(chunk, vectors)
            done += len(chunk)
            if len(ordered) >= _MIN_SAVED:
                _log.info("Embedded %d of %d premises", done, len(ordered))
                self._save(chunk, vectors)

    def _add(self, keys: Sequence[bytes], vectors: Tensor) -> None:
        start = len(self.matrix)
        self.matrix = torch.cat([self.matrix, vectors.to(self.matrix.device)])
        self._rows.update((key, start + number) for number, key in enumerate(keys))

    def _save(self, keys: Sequence[bytes], vectors: Tensor) -> None:
        """Write embeddings to disk, if possible: a full or read-only disk only costs time."""
        joined = b"".join(keys)
        path = self._folder / f"{hashlib.sha256(joined).hexdigest()[:32]}.safetensors"
        packed = torch.tensor(list(joined), dtype=torch.uint8).view(-1, _KEY_BYTES)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(path, [save({"keys": packed, "vectors": vectors.cpu().contiguous()})])
        except OSError as error:
            _log.warning("Embeddings of premises can't be saved in %s: %s", self._folder, error)

    def _load(self, path: Path) -> None:
        try:
            stored = load_file(path)
            keys, vectors = stored["keys"], stored["vectors"]
        except (OSError, KeyError, safetensors.SafetensorError) as error:
            _log.warning("%s can't be read, so its premises are embedded again: %s", path, error)
            return
        packed = keys.numpy().tobytes()
        split = [packed[i : i + _KEY_BYTES] for i in range(0, len(packed), _KEY_BYTES)]
        self._add(split, vectors)


def fingerprint(retriever: Retriever) -> str:
    """Identifies all that embeddings depend on: the weights, and how texts are read."""
    digest = hashlib.sha256(f"{_FORMAT} {retriever.max_source}".encode())
    for content in _contents(retriever):
        digest.update(content)
    return digest.hexdigest()[:32]


def _contents(retriever: Retriever) -> Iterator[bytes | memoryview]:
    config = retriever.network.config
    yield " ".join(str(getattr(config, name)) for name in _CONFIGURATION).encode()
    for name, tensor in sorted(retriever.network.state_dict().items()):
        yield f"{name} {tensor.dtype} {tuple(tensor.shape)}".encode()
        yield tensor.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data


def _key(premise: PremiseLike) -> bytes:
    text = premise_text(premise).encode("utf-8", "replace")
    return hashlib.sha256(text).digest()[:_KEY_BYTES]
