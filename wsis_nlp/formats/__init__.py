"""Readers of the document formats that the extra ``[documents]`` adds, one module each."""
