"""A figure put together as plain data is the one that Plotly puts together step by step."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import plotly.io
import pytest

from charts.drawing import Drawing, Finished, bar, scatter


def steps(figure):
    figure.update_xaxes(range=[0, 4], showgrid=False)
    figure.add_shape(type="line", x0=0, x1=1, y0=0, y1=1, yref="paper")
    figure.add_annotation(x=1, y=2, text="một", showarrow=False)
    figure.add_vline(x=2, line={"color": "#123456", "dash": "dash"}, layer="below")
    figure.update_xaxes(showgrid=True, ticksuffix="%")
    figure.update_yaxes(type="category")
    figure.add_annotation(x=2, y=2, text="hai", font={"size": 12})


def test_a_drawing_is_what_plotly_makes_of_the_same_steps():
    drawing = Drawing(bar(x=[1, 2], y=["a", "b"], orientation="h"))
    drawing.add_trace(scatter(x=[1, None], y=["a", "b"], mode="lines", line={"width": 2}))
    figure = go.Figure(go.Bar(x=[1, 2], y=["a", "b"], orientation="h"))
    figure.add_trace(go.Scatter(x=[1, None], y=["a", "b"], mode="lines", line={"width": 2}))
    for one in (drawing, figure):
        steps(one)
    drawing.lay({"margin": {"t": 8, "l": 1}}, {"margin": {"t": 20}})
    figure.update_layout(margin={"t": 20, "l": 1})
    figure.layout.template = None
    assert drawing.finished().to_dict() == figure.to_dict()


def test_what_is_laid_over_a_layout_changes_no_layout_that_was_given():
    common = {"margin": {"t": 8}}
    drawing = Drawing()
    drawing.lay(common)
    drawing.lay({"margin": {"t": 20}})
    assert common == {"margin": {"t": 8}}


@pytest.mark.parametrize("trace", [scatter(nothing_of_the_kind=1), bar(orientation="diagonal")])
def test_what_plotly_does_not_know_is_refused_when_it_is_looked_at(trace):
    figure = Finished([trace], {})
    with pytest.raises(ValueError, match=r"nothing_of_the_kind|orientation"):
        _ = figure.data


def test_a_finished_figure_says_the_same_before_and_after_somebody_looked_at_it():
    made = {
        "x": pd.Series([1.5, np.nan, 3.0]),
        "y": np.array(["a", "b", "c"], dtype=object),
        "customdata": np.array([[1, 2], [3, 4], [5, 6]]),
        "text": ("một", None, "ba"),
        "marker": {"color": [0.5, 1.0, 2.0], "line": {"width": 1, "color": None}},
        "uid": "one",
    }
    layout = {"title": {"text": "x"}, "annotations": [{"text": "hai", "x": 1}]}
    figure = Finished([bar(**made)], layout)
    told = plotly.io.to_json(figure, validate=False)
    assert plotly.io.to_json(figure, validate=False) == told
    again = Finished([bar(**made)], layout)
    assert again.data[0].text == ("một", None, "ba")
    again.layout.template = None
    assert json.loads(plotly.io.to_json(again, validate=False)) == json.loads(told)
    again.update_layout(height=300)
    assert again.to_dict()["layout"]["height"] == 300
