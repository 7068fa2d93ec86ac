from odoo.tests import HttpCase, tagged

from .common_screen import HootMixin


@tagged("post_install", "-at_install")
class TestGridUi(HootMixin, HttpCase):
    """The unit tests of JavaScript that need a phone; ``test_ui`` runs those of a desktop."""

    browser_size = "375x667"
    touch_enabled = True

    def test_hoot_on_a_phone(self):
        self._run_hoot("@sop_planning/grid_cards", "mobile")
