"""The company "S&OP Example": a maker of industrial components with a story that is known.

``story``, ``weeks``, ``plan``, ``windows``, ``levels`` and the truths are pure: they draw the
company and know what is true of it. ``masters``, ``business``, ``buying`` and ``cycles`` make
native records of it with the ORM, ``loader`` calls them in order, ``removal`` takes everything away
again. `examples/components` draws a larger company from the same pure files.
"""
