"""Result tables to figures for print, in one house style.

Each function takes a tidy table and gives a `matplotlib.figure.Figure` of a journal's width; nothing is shown or
written, and no setting of matplotlib is changed. Texts are 6 to 8 points at print size, colours can be told apart by
colour-blind readers and in grey. A table that lacks a column, has no rows, or has two rows for what its docstring calls
one row, a share or similarity outside 0 and 1, a width that is not in `WIDTHS_MM`, and a figure higher than a page are
refused with an `InputError`.
"""

from wsis_nlp.figures.bars import corpus_figure, topic_terms_figure
from wsis_nlp.figures.difference import difference_figure
from wsis_nlp.figures.dispersion import dispersion_figure
from wsis_nlp.figures.drift import drift_figure
from wsis_nlp.figures.heatmaps import document_heatmap, paragraph_heatmap
from wsis_nlp.figures.inheritance import inheritance_figure
from wsis_nlp.figures.keyness import keyness_figure
from wsis_nlp.figures.ribbons import ribbon_figure
from wsis_nlp.figures.sections import topic_section_heatmap
from wsis_nlp.figures.style import WIDTHS_MM, house_style, render
from wsis_nlp.figures.topics import topic_prevalence_figure, topic_scan_figure

__all__ = [
    "WIDTHS_MM", "corpus_figure", "difference_figure", "dispersion_figure", "document_heatmap", "drift_figure",
    "house_style", "inheritance_figure", "keyness_figure", "paragraph_heatmap", "render", "ribbon_figure",
    "topic_prevalence_figure", "topic_scan_figure", "topic_section_heatmap", "topic_terms_figure",
]  # fmt: skip
