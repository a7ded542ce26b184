"""BAIT: AI theorem proving with any prover, search and model.

What users and authors of plugins need is here by name, and imported on use: see `__init__.pyi`.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
