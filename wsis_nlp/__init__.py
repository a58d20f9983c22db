"""Text analytics for policy documents of the United Nations, paragraph by paragraph.

The whole interface stands in ``__init__.pyi``; names are loaded when they are first used.
"""

from importlib.metadata import PackageNotFoundError, version

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

try:
    __version__ = version("wsis-nlp")
except PackageNotFoundError:
    __version__ = "0"

del PackageNotFoundError, lazy_loader, version
