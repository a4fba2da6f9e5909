"""Matplotlib's backend in the lab: figures become pictures in the page, as in Jupyter's inline mode.

Matplotlib loads this module by the name in ``MPLBACKEND``, so nothing of it is imported before it is there.
"""

import base64
import io
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

from lab_shell.display_objects import publish

__all__ = ["FigureCanvas", "picture", "show"]


def show(*_args: object, **_options: object) -> None:
    """``plt.show()``: every open figure is shown and closed."""
    for number in plt.get_fignums():
        figure = plt.figure(number)
        if figure.axes or figure.texts or figure.lines:
            text = (
                f"<Figure size {figure.bbox.width:.0f}x{figure.bbox.height:.0f} with {len(figure.axes)} Axes>"
            )
            publish({"image/png": picture(figure), "text/plain": text}, {})
    plt.close("all")


def picture(figure: Any) -> str:  # noqa: ANN401 # a matplotlib.figure.Figure, which has no stubs here
    """The figure as a PNG in base64."""
    target = io.BytesIO()
    figure.savefig(target, format="png", bbox_inches="tight")
    return base64.b64encode(target.getvalue()).decode()
