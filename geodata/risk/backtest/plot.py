"""The plot of a backtest: events found on each share of the area."""

from io import BytesIO
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

# Okabe and Ito's colours, told apart by colour-blind readers; dashes part them in grey too.
_STYLES = {
    "eb": ("#000000", "-", 2.4),
    "eb_decay": ("#0072B2", "-", 1.4),
    "spatial": ("#009E73", "-", 1.4),
    "kde": ("#D55E00", "--", 1.4),
    "kde_decay": ("#CC79A7", "--", 1.4),
    "all_time": ("#E69F00", "-.", 1.4),
    "last_period": ("#56B4E9", "-.", 1.4),
    "nearest_event": ("#8C6D00", ":", 1.6),
    "uniform": ("#999999", ":", 1.6),
}


def backtest_png(report: dict[str, Any]) -> bytes:
    """Draw the share of events found against the share of area looked at.

    PNG; a sentence instead of curves where the report cannot tell.
    """
    figure = Figure(figsize=(7.0, 4.62), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    if report["status"] != "ok":
        axes.set_axis_off()
        axes.text(0.5, 0.55, "The backtest cannot tell.", ha="center", size=14)
        axes.text(0.5, 0.42, report["reason"], ha="center", size=9, wrap=True)
    else:
        _draw(axes, report)
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()


def _draw(axes: Any, report: dict[str, Any]) -> None:
    for name, curve in report["curves"].items():
        colour, dash, width = _STYLES.get(name, ("#444444", "-", 1.0))
        shares, hits = [0.0, *curve["area_share"]], [0.0, *curve["hit_rate"]]
        axes.plot(shares, hits, color=colour, linestyle=dash, linewidth=width, label=name)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("share of the area, highest ranked first")
    axes.set_ylabel("share of the next period's events")
    cutoffs, events = len(report["cutoffs"]), report["events"]
    axes.set_title(
        f"{cutoffs} cut-offs, {report['horizon_days']} days each, {events:g} events", size=10
    )
    axes.legend(loc="lower right", fontsize=8, frameon=False)
    axes.grid(alpha=0.25)
