"""The picture of what is captured shows its curves, drawn by the drawings of the report."""

from xml.etree import ElementTree

import numpy as np

from benchmarks.market import picture

SVG = "{http://www.w3.org/2000/svg}"


def test_the_curves_are_drawn_as_far_as_the_picture_reaches() -> None:
    half, all_ = np.linspace(0.0, 0.5, 11), np.linspace(0.0, 1.0, 11)
    drawn = ElementTree.fromstring(picture({"oracle": all_, "closedwon": all_, "touch count": half}))
    words = [element.text for element in drawn.iter(f"{SVG}text")]
    assert {"oracle", "closedwon", "touch count", "of accounts worked", "75\N{NARROW NO-BREAK SPACE}%"} <= set(words)
    pens = {element.get("class"): element.get("points") for element in drawn.iter(f"{SVG}polyline")}
    # Up to 3 of 10 accounts: 30 % of them is the right edge, and y points down.
    assert pens["line closedwon"] == "0,100 33.33,90 66.67,80 100,70"
    assert pens["line touches"] == "0,100 33.33,95 66.67,90 100,85"
