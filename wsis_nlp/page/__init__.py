"""The study of a corpus as one web page that needs no server, fetches nothing, and holds its data."""

from wsis_nlp.page.data import page_data
from wsis_nlp.page.rendering import render_page

__all__ = ["page_data", "render_page"]
