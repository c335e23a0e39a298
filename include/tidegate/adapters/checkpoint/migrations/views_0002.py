"""The views that migration 0002 changes: their columns stay, and new ones stand behind them."""

from dataclasses import replace

from tidegate.adapters.checkpoint.migrations import views_0001

EPOCH_HISTORY = replace(
    views_0001.EPOCH_HISTORY,
    columns=views_0001.EPOCH_HISTORY.columns
    | {
        "planned_by": ("e.planned_by", "the tidegate that planned it; null before revision 0002"),
        "staged_by": ("e.counts ->> 'writer'", "the tidegate that computed it; null until STAGED"),
    },
)

VIEWS = (EPOCH_HISTORY,)
