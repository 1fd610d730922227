"""Outputs in one element, by whose class a page finds them."""

from opencode_widget.model.render.blocks import Words
from opencode_widget.model.render.html import enclosed, output


def test_outputs_stand_in_one_element_of_this_class() -> None:
    pieces = [output([Words("one")]), output([Words("two")])]
    assert enclosed("a b-1", pieces) == f'<div class="a b-1">{pieces[0]}{pieces[1]}</div>'
