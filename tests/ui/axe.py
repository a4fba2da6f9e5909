"""What axe finds on a page that is open in a browser."""

from pathlib import Path

from playwright.sync_api import Page

_AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """Each rule that is broken, with the elements that break it.

    The page's content policy stays as it is: the debugger may run what no page may.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(f"() => {{ {_AXE} }}")
    found = page.evaluate("rules => axe.run({ runOnly: rules })", _RULES)["violations"]
    return [f"{one['id']} {[node['target'] for node in one['nodes']]}" for one in found]
