import re
from pathlib import Path

from odoo.modules.module import get_module_path
from odoo.tests import BaseCase, TransactionCase, tagged

from .. import palette

ADDON = Path(get_module_path("sop_planning"))
SOURCE = ADDON / "static" / "src" / "palette"
HEX = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b")
PHYSICAL = re.compile(
    r"(?:(?:margin|padding|border)-(?:left|right)|(?<![\w-])(?:left|right)|float)\s*:"
    r"|text-align:\s*(?:left|right)\b"
)
# the deviations and loads of section 7 of the screens' design, as they must look
AGREED = {"watch": "#D3DFEA", "amber": "#F2BE5C", "red": "#B3261E", "critical": "#7F1D1D"}


def luminance(color):
    """Relative luminance of "#RRGGBB", as WCAG defines it."""
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    parts = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def own_files(*kinds):
    """Source files of the addon that a person sees the result of: no tests, no translations."""
    for kind in kinds:
        for path in ADDON.rglob(f"*.{kind}"):
            if "tests" not in path.relative_to(ADDON).parts:
                yield path


@tagged("post_install", "-at_install")
class TestPalette(BaseCase):
    """One source of colours, glyphs and limits for screens, pack and workbooks."""

    def _palettes(self):
        return [palette.read_colors(name) for name in ("palette.scss", "palette.dark.scss")]

    def test_levels_have_the_agreed_colors(self):
        self.assertEqual({name: palette.LOOKS[name].fill for name in AGREED}, AGREED)

    def test_no_color_of_the_palette_is_named_twice(self):
        own = {color for colors in self._palettes() for color in colors.values()} - {"#FFFFFF"}
        for path in own_files("py", "scss", "js", "xml"):
            if path.parent == SOURCE:
                continue
            named = {color.upper() for color in HEX.findall(path.read_text())}
            self.assertFalse(named & own, path.relative_to(ADDON))

    def test_style_sheets_name_no_color_at_all(self):
        for path in own_files("scss"):
            if path.parent != SOURCE:
                named = {color for color in HEX.findall(path.read_text()) if color != "#fff"}
                self.assertFalse(named, path.relative_to(ADDON))

    def test_text_is_readable_on_every_level(self):
        for colors in self._palettes():
            for level, look in palette.looks(colors).items():
                self.assertGreaterEqual(contrast(look.fill, look.ink), 4.5, level)

    def test_text_is_readable_on_bars_and_as_text(self):
        for colors, page in zip(self._palettes(), ("#FFFFFF", "#262A36")):
            for name in ("up", "down", "plan", "total"):
                self.assertGreaterEqual(contrast(colors[name], colors["fill-ink"]), 4.5, name)
            for name in ("up", "down", "plan", "total", "better", "worse"):
                self.assertGreaterEqual(contrast(colors[name], page), 4.5, name)

    def test_levels_differ_without_colour(self):
        light, dark = (
            [luminance(look.fill) for look in palette.looks(colors).values()]
            for colors in self._palettes()
        )
        self.assertEqual(light, sorted(light, reverse=True))
        self.assertEqual(dark, sorted(dark))
        for levels in (light, dark):
            for one, other in zip(levels, levels[1:]):
                ratio = (max(one, other) + 0.05) / (min(one, other) + 0.05)
                self.assertGreater(ratio, 1.15)

    def test_dark_twin_has_every_color_of_the_screens(self):
        light, dark = self._palettes()
        text = (SOURCE / "palette.scss").read_text()
        shown = set(re.findall(r"#\{\$sop-([a-z-]+)\}", text))
        self.assertTrue(shown)
        self.assertEqual(shown, set(dark))
        self.assertLessEqual(shown, set(light))

    def test_every_property_of_the_style_sheets_exists(self):
        """A misspelt custom property is no error for a browser: it shows no colour."""
        texts = {path: path.read_text() for path in own_files("scss", "js", "xml")}
        defined = set()
        for text in texts.values():
            defined |= set(re.findall(r"(--sop-[a-z0-9-]+)\s*:", text))
        for path, text in texts.items():
            used = set(re.findall(r"var\((--sop-[a-z0-9-]+)", text))
            used |= set(re.findall(r"getPropertyValue\(\"(--sop-[a-z0-9-]+)", text))
            self.assertFalse(used - defined, path.relative_to(ADDON))

    def test_glyphs_come_from_one_place(self):
        marks = re.compile("[▲▼]")
        for path in own_files("py"):
            if path.name != "palette.py":
                self.assertIsNone(marks.search(path.read_text()), path.relative_to(ADDON))

    def test_glyphs_in_views_are_those_of_their_level(self):
        badge = re.compile(r"o_sop_fill_(\w+)[^>]*>\s*([▲▼]+)")
        found = 0
        for path in own_files("xml"):
            for level, mark in badge.findall(path.read_text()):
                found += 1
                self.assertEqual(mark, palette.glyph(level), path.relative_to(ADDON))
        self.assertTrue(found)

    def test_style_sheets_know_no_left_and_right(self):
        for path in own_files("scss"):
            found = PHYSICAL.findall(path.read_text())
            self.assertFalse(found, path.relative_to(ADDON))

    def test_movement_stops_for_those_who_ask(self):
        for path in own_files("scss"):
            text = path.read_text()
            if re.search(r"^\s*(?:transition|animation)\s*:(?!\s*none)", text, re.MULTILINE):
                self.assertIn("prefers-reduced-motion", text, path.relative_to(ADDON))


@tagged("post_install", "-at_install")
class TestBundles(TransactionCase):
    """The style sheets compile: in light, in dark, and mirrored."""

    def _css(self, bundle, **options):
        assets = self.env["ir.qweb"]._get_asset_bundle(bundle, css=True, js=False, **options)
        content = assets.preprocess_css()
        self.assertFalse(assets.css_errors)
        return content

    def test_dark_bundle_ends_with_the_dark_palette(self):
        dark = palette.read_colors("palette.dark.scss")
        light, css = self._css("web.assets_web"), self._css("web.assets_web_dark")
        last = re.findall(r"--sop-level-red:\s*(#[0-9A-Fa-f]{6})", css)[-1]
        self.assertEqual(last.upper(), dark["level-red"])
        self.assertNotIn(dark["level-critical"].lower(), light.lower())

    def test_lazy_bundles_compile(self):
        self._css("web.assets_backend_lazy")
        self._css("web.assets_backend_lazy_dark")
