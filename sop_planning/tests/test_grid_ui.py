from odoo.tests import HttpCase, tagged


@tagged("post_install", "-at_install")
class TestGridUi(HttpCase):
    """The unit tests of JavaScript that need a phone; ``test_ui`` runs those of a desktop."""

    browser_size = "375x667"
    touch_enabled = True

    def test_hoot_on_a_phone(self):
        # Hoot's id of a suite is a hash of its name
        suite = 0
        for char in "@sop_planning/grid_cards":
            suite = ((suite << 5) - suite + ord(char)) & 0xFFFFFFFF
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=mobile&timeout=15000&id={suite:08x}",
            "",
            login="admin",
            timeout=300,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=lambda message: "[HOOT]" not in message,
        )
