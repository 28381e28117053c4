"""Make the web fonts in static/fonts/ from the full Be Vietnam Pro.

Be Vietnam Pro has proportional figures only, so columns of numbers would not line up. This script gives the
ten figures one common width, takes them out of the kerning, and writes one WOFF2 a weight. Everything else is
the typeface as published (SIL Open Font License, no reserved font name).

It runs by hand, once, and needs three packages that nothing else here needs:

    pip install fonttools brotli fontpkg-be-vietnam-pro
    python scripts/fonts.py
"""

from __future__ import annotations

import shutil
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont

OUT = Path(__file__).resolve().parent.parent / "static" / "fonts"
WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
FIGURES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FAMILY_NAME_IDS = {1, 3, 4, 6, 16}


def equal_width(font: TTFont) -> None:
    """Centre each figure in the width that the figures have on average without the narrow one."""
    metrics = font["hmtx"]
    wide = [metrics[name][0] for name in FIGURES if name != "one"]
    width = round(sum(wide) / len(wide))
    for name in FIGURES:
        old, bearing = metrics[name]
        shift = round((width - old) / 2)
        glyph = font["glyf"][name]
        glyph.coordinates.translate((shift, 0))
        glyph.recalcBounds(font["glyf"])
        metrics[name] = (width, bearing + shift)


def without_kerning(font: TTFont) -> None:
    """Take the figures out of every pair adjustment, as the first and as the second of a pair."""
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for subtable in lookup.SubTable:
            pairs = getattr(subtable, "ExtSubTable", subtable)
            if pairs.LookupType != 2:
                continue
            if pairs.Format == 1:
                kept = [
                    (first, second)
                    for first, second in zip(pairs.Coverage.glyphs, pairs.PairSet, strict=True)
                    if first not in FIGURES
                ]
                pairs.Coverage.glyphs = [first for first, _ in kept]
                pairs.PairSet = [second for _, second in kept]
                for pair_set in pairs.PairSet:
                    pair_set.PairValueRecord = [
                        record for record in pair_set.PairValueRecord if record.SecondGlyph not in FIGURES
                    ]
            else:
                pairs.Coverage.glyphs = [name for name in pairs.Coverage.glyphs if name not in FIGURES]
                for classes in (pairs.ClassDef1.classDefs, pairs.ClassDef2.classDefs):
                    for name in FIGURES:
                        classes.pop(name, None)


def rename(font: TTFont) -> None:
    """Say inside the file that this is a changed version."""
    for record in font["name"].names:
        if record.nameID in FAMILY_NAME_IDS:
            text = record.toUnicode().replace("BeVietnamPro", "BeVietnamProTabular")
            record.string = text.replace("Be Vietnam Pro", "Be Vietnam Pro Tabular")


def main() -> None:
    package = files("fontpkg_be_vietnam_pro")
    OUT.mkdir(parents=True, exist_ok=True)
    for weight, name in WEIGHTS.items():
        font = TTFont(str(package / "files" / f"BeVietnamPro-{name}.ttf"), recalcTimestamp=False)
        equal_width(font)
        without_kerning(font)
        rename(font)
        font.flavor = "woff2"
        font.save(OUT / f"be-vietnam-pro-{weight}.woff2")
    shutil.copyfile(str(package / "LICENSE"), OUT / "OFL.txt")


if __name__ == "__main__":
    main()
