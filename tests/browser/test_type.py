"""The typeface, as a browser draws it."""

from __future__ import annotations

WIDTHS = """family => ["1111111111", "8888888888", "4040404040"].map(text => {
    const line = document.createElement("span");
    line.textContent = text;
    line.style.font = `400 16px ${family}`;
    document.body.append(line);
    const width = line.getBoundingClientRect().width;
    line.remove();
    return width;
})"""


def test_columns_of_figures_line_up(screen) -> None:
    page = screen()
    own = page.evaluate(WIDTHS, "'Be Vietnam Pro'")
    assert len(set(own)) == 1
    assert own != page.evaluate(WIDTHS, "sans-serif")


def test_words_are_set_in_be_vietnam_pro_from_our_own_server(screen) -> None:
    page = screen()
    assert page.evaluate("document.fonts.check('16px \"Be Vietnam Pro\"', 'Đường phố Hà Nội')")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Be Vietnam Pro"')
