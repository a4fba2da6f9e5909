"""Outputs that try to run, to fetch, to cover the page or to lead away; each would set ``window.hostile``."""

from typing import Any

RUN = "window.hostile=1"
OUTSIDE = "https://elsewhere.example"
HTML = (
    f"<script>{RUN}</script>",
    f'<img src=x onerror="{RUN}">',
    f'<a href="javascript:{RUN}" id="lure">lure</a>',
    f"<img src='{OUTSIDE}/a.png' srcset='{OUTSIDE}/b.png 2x'><p>picture</p>",
    f"<style>@import url({OUTSIDE}/c.css); body {{ display: none }}</style><p>style</p>",
    f"<link rel=stylesheet href='{OUTSIDE}/d.css'><base href='{OUTSIDE}/'><p>link</p>",
    f"<form action='{OUTSIDE}/e'><input autofocus onfocus=\"{RUN}\"><button>send</button></form><p>form</p>",
    f"<meta http-equiv=refresh content='0;url={OUTSIDE}/f'><p>refresh</p>",
    f'<iframe src="{OUTSIDE}/g" srcdoc="<script>parent.hostile=1</script>"></iframe><p>frame</p>',
    f"<svg onload=\"{RUN}\" width=9 height=9><script>{RUN}</script><use href='{OUTSIDE}/h.svg#a'/></svg>",
    f"<svg><a href='javascript:{RUN}'><text y=9>svg link</text></a><image href='{OUTSIDE}/i.png'/></svg>",
    f"<div style='position:fixed;inset:0;background:url({OUTSIDE}/j.png)'>cover</div>",
    f"<video src='{OUTSIDE}/k.mp4' poster='{OUTSIDE}/l.png' autoplay></video>",
    f"<object data='{OUTSIDE}/m'></object><embed src='{OUTSIDE}/m2'>",
    f'<math><mtext><table><mglyph><style><img src=x onerror="{RUN}"></style></mglyph></table></mtext></math>',
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript><p>noscript</p>',
    f'<div id="lab-data" name="getElementById"><details open ontoggle="{RUN}">toggle</details></div>',
)
SVG = (
    f"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='9' onload='{RUN}'><script>parent.hostile=1"
    f"</script><image href='{OUTSIDE}/n.png' width='9' height='9'/><rect width='40' height='9'/></svg>"
)
MARKDOWN = (
    f"**kept** [lure](javascript:{RUN}) ![away]({OUTSIDE}/o.png) <img src=x onerror={RUN}>"
    f"<script>{RUN}</script> $\\href{{javascript:{RUN}}}{{x}}$"
)
FORMULAS = (
    "before $\\!\\!\\hspace{-20em}\\text{over what is before}$ between "
    "$x\\hspace{40em}\\hspace{40em}\\text{far}$ and "
    "$a\\raisebox{-9em}{low}\\smash{\\frac{\\frac{a}{b}}{c}}$\n\n"
    "$$\\hspace{-20em}\\text{over the edge}\\raisebox{-30em}{low}$$"
)
"""Formulas that would lie over what is beside them."""
DRAWING = (
    "<svg width='1' height='1' overflow='visible'><rect x='-999' y='-999' width='9999' height='9999'/></svg>"
)
MALFORMED: tuple[dict[str, Any], ...] = (
    {"output_type": "display_data", "data": None},
    {"output_type": "display_data", "metadata": {}},
    {"output_type": "execute_result", "data": {"image/png": 5, "text/html": {"a": 1}, "text/plain": "odd"}},
    {"output_type": "display_data", "data": {"image/svg+xml": "<svg>\ud800</svg>"}, "metadata": None},
    {"output_type": "error", "ename": 5},
    {"output_type": "stream"},
    {"output_type": "unheard of"},
)
"""What is no output of nbformat: the page opens all the same."""
FRAME = (
    "<table border='1' class='dataframe'><thead><tr><th></th><th>units</th></tr></thead>"
    f'<tbody><tr><th>0</th><td onclick="{RUN}">120</td></tr></tbody></table>'
)


def _display(**data: str) -> dict[str, Any]:
    bundle = {name.replace("_", "/").replace("svg", "svg+xml"): value for name, value in data.items()}
    return {"output_type": "display_data", "data": bundle, "metadata": {}}


def hostile_cells() -> list[dict[str, Any]]:
    """A code cell with every hostile output, and a Markdown cell that tries the same."""
    outputs = [_display(text_html=html) for html in (*HTML, FRAME)]
    outputs += [_display(image_svg=SVG), _display(text_markdown=MARKDOWN)]
    outputs.append(_display(text_latex=f"$$\\href{{javascript:{RUN}}}{{x}}$$"))
    outputs.append(
        {"output_type": "stream", "name": "stdout", "text": f"<img src=x onerror={RUN}>\x1b[31mred"}
    )
    outputs.append(
        {
            "output_type": "error",
            "ename": f"<b onmouseover={RUN}>",
            "evalue": "no",
            "traceback": ["<i>trace</i>"],
        }
    )
    outputs += MALFORMED
    source = {
        "cell_type": "markdown",
        "id": "hostile-text",
        "metadata": {},
        "source": f"{MARKDOWN}{DRAWING}\n\n{FORMULAS}",
    }
    pictures = {"a.png": {"image/png": ["iVBORw0K", "Ggo="]}, "b.png": None}
    malformed = {
        "cell_type": "markdown",
        "id": "malformed",
        "metadata": {"nbgrader": {"grade_id": 5}},
        "attachments": pictures,
        "source": "opened ![x](attachment:%E0%A4%A) ![y](attachment:a.png) ![z](attachment:b.png)",
    }
    code = {"cell_type": "code", "id": "hostile", "metadata": {}, "source": "x", "execution_count": 1}
    return [source, malformed, code | {"outputs": outputs}]
