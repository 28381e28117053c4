// Notes when each of the watched charts was painted, in ms since the navigation.
// Plotly: a change inside a chart that has traces. ECharts: something filled or stroked on the chart's canvas.
(charts) => {
    const seen = (window.peers = { start: 0, answered: {}, last: 0 });
    let painted = new Map();
    const waiting = new Set();
    const note = () => {
        seen.last = performance.now();
        for (const chart of waiting) painted.set(chart, [...(painted.get(chart) ?? []), seen.last]);
        waiting.clear();
    };
    // Of the charts that stand there now: each one's number, if it has any, and when it was painted since the choice.
    seen.charts = () =>
        [...document.querySelectorAll(charts)].map((chart) => ({
            number: /dashboard-chart-id-(\d+)/.exec(chart.className)?.[1] ?? "",
            times: painted.get(chart) ?? [],
        }));
    const changed = (chart) => {
        if (!chart) return;
        // The task after the next frame: by then the frame has been handed over.
        if (!waiting.size) requestAnimationFrame(() => setTimeout(note));
        waiting.add(chart);
    };
    new MutationObserver((records) => {
        for (const record of records) {
            const plot = record.target.parentElement?.closest(".js-plotly-plot");
            if (plot?.querySelector(".trace")) changed(plot.closest(charts));
        }
    }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    for (const name of ["fill", "stroke"]) {
        const own = CanvasRenderingContext2D.prototype[name];
        CanvasRenderingContext2D.prototype[name] = function (...given) {
            changed(this.canvas.closest(charts));
            return own.apply(this, given);
        };
    }
    const ask = window.fetch;
    window.fetch = async (...given) => {
        const answer = await ask(...given);
        const about = /chart\/data.*slice_id%22%3A(\d+)/.exec(String(given[0].url ?? given[0]));
        if (about) seen.answered[about[1]] = performance.now();
        return answer;
    };
    addEventListener("pointerdown", () => {
        painted = new Map();
        Object.assign(seen, { start: performance.now(), answered: {}, last: 0 });
    }, true);
}
