"""Four charts as Streamlit's tutorials write them: pandas, plotly.express, everything drawn at each run.

Run beside `reports.csv`. CACHED=1 reads the file through `st.cache_data`, as the tutorial on caching does.
"""

import os

import pandas as pd
import plotly.express as px
import streamlit as st

PERIOD = os.environ["PERIOD"]
PEER_GROUP = os.environ["PEER_GROUP"]


def read() -> pd.DataFrame:
    return pd.read_csv("reports.csv", parse_dates=["period_end"])


load_data = st.cache_data(read) if os.environ.get("CACHED") else read

st.title("Mô hình học tập")
df = load_data()
model = st.selectbox("Mô hình", df["model"].unique())
df = df[df["model"] == model]
now = df[df["period_end"] == PERIOD]

city = df.groupby("period_end", as_index=False)[["total", "recognised"]].sum()
city["rate"] = city["recognised"] / city["total"]
st.subheader("Tỷ lệ toàn thành phố")
st.plotly_chart(px.line(city, x="period_end", y="rate", markers=True))

steps = now[["total", "registered", "recognised"]].sum().reset_index()
steps.columns = ["step", "n"]
st.subheader("Từ tổng số đến được công nhận")
st.plotly_chart(px.funnel(steps, x="n", y="step"))

st.subheader("Phân bố các xã, phường")
st.plotly_chart(px.histogram(now, x="rate", nbins=10))

among = now[now["peer_group"] == PEER_GROUP].sort_values("rate")
st.subheader("Xếp hạng")
st.plotly_chart(px.bar(among, x="rate", y="unit", orientation="h"))
