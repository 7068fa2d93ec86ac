"""Open quotations: how often they become orders, and what they add to the forecast.

Conversion by empirical Bayes (Efron and Morris, 1975): rates of few decisions are drawn towards the
rate of the stage, and that one towards the overall rate, as strongly as the data say they belong
together.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import betaln, softmax

from .tables import Table

CONVERSIONS = Table(
    "conversions",
    {"stage": "str", "team_id": "int64", "won": "float64", "lost": "float64"},
    key=("stage", "team_id"),
    units={"won": "quotations", "lost": "quotations, at this stage or later"},
)
PIPELINE = Table(
    "pipeline",
    {"product_id": "int64", "bucket_start": "datetime64[s]", "qty": "float64"},
    key=("product_id", "bucket_start"),
    units={"qty": "product unit"},
)
STRENGTHS = np.geomspace(1.0, 1000.0, 31)  # decisions that the prior may be worth


@dataclass(frozen=True)
class Conversion:
    """Share of quotations won, 0 to 1.

    overall: of all that were decided; by_stage: by stage; by_team: by (stage, team_id). decisions:
    how many there were; without any, every rate is 0 and not known.
    """

    overall: float
    by_stage: pd.Series
    by_team: pd.Series
    decisions: float

    @property
    def is_known(self) -> bool:
        """Whether any quotation was ever decided."""
        return self.decisions > 0

    def rates(self, stage: pd.Series, team_id: pd.Series) -> np.ndarray:
        """Rate (k,) of each stage and team: of the pair, else of the stage, else overall."""
        pairs = pd.MultiIndex.from_arrays([stage, team_id])
        rates = self.by_team.reindex(pairs).to_numpy(float)
        stages = self.by_stage.reindex(stage).fillna(self.overall).to_numpy(float)
        return np.where(np.isnan(rates), stages, rates)


def conversion(decided: pd.DataFrame) -> Conversion:
    """Win rates from CONVERSIONS: a row a stage and team, ``won`` and ``lost`` >= 0 quotations.

    A quotation that was decided counts at every stage that it reached. The overall rate has a
    prior worth one decision (Jeffreys); a stage's rate is drawn to it, a team's to its stage's.

    >>> rates = conversion(CONVERSIONS.build([("sent", 1, 300, 700), ("sent", 2, 2, 0)]))
    >>> rates.by_team.round(2).to_dict()
    {('sent', 1): 0.3, ('sent', 2): 0.34}
    """
    counts = CONVERSIONS.build(decided[list(CONVERSIONS.columns)])
    counts[["won", "lost"]] = counts[["won", "lost"]].clip(lower=0.0)
    stages = counts.groupby("stage")[["won", "lost"]].sum()
    won, lost = stages["won"].to_numpy(), stages["lost"].to_numpy()
    decisions = won.sum() + lost.sum()
    overall = (won.sum() + 0.5) / (decisions + 1.0) if decisions > 0 else 0.0
    by_stage = pd.Series(_shrunk(won, lost, np.full(len(won), overall)), stages.index)
    return Conversion(
        overall=float(overall),
        by_stage=by_stage,
        by_team=pd.Series(
            _shrunk(
                counts["won"].to_numpy(),
                counts["lost"].to_numpy(),
                by_stage.reindex(counts["stage"]).to_numpy(float),
            ),
            pd.MultiIndex.from_frame(counts[["stage", "team_id"]]),
        ),
        decisions=float(decisions),
    )


def _shrunk(won: np.ndarray, lost: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Rates (k,) drawn towards ``prior`` (k,) by a beta-binomial model.

    The strength of the prior is averaged over a grid, weighted by its likelihood given all cells.
    """
    if not (prior > 0).all():
        return np.zeros(len(won))
    alpha, beta = prior[:, None] * STRENGTHS, (1.0 - prior[:, None]) * STRENGTHS
    likelihood = betaln(won[:, None] + alpha, lost[:, None] + beta) - betaln(alpha, beta)
    posterior = (won[:, None] + alpha) / ((won + lost)[:, None] + STRENGTHS)
    return posterior @ softmax(likelihood.sum(axis=0))


def weighted_pipeline(quotations: pd.DataFrame, rates: Conversion) -> pd.DataFrame:
    """PIPELINE: quantity of open quotations x rate of their stage and team, by product and month.

    quotations: columns product_id, bucket_start, qty, stage, team_id; negative quantities are
    returns, no business to come, and left out.
    """
    weight = rates.rates(quotations["stage"], quotations["team_id"])
    rows = quotations[["product_id", "bucket_start"]].assign(
        qty=np.maximum(quotations["qty"].to_numpy(float), 0.0) * weight
    )
    sums = rows.groupby(["product_id", "bucket_start"], as_index=False)["qty"].sum()
    return PIPELINE.build(sums)


def added_pipeline(statistical: np.ndarray, orders: np.ndarray, weighted: np.ndarray) -> np.ndarray:
    """What quotations add to the forecast: only what exceeds it, as with orders. All (n, h) units.

    The forecast contains the usual business, most of which is a quotation first. Orders consume it,
    then the weighted quotations; what is left of these is new:
    max(0, orders + weighted - statistical) - max(0, orders - statistical).

    >>> added_pipeline(np.array([[100, 100, 100]]), np.array([[0, 80, 120]]), np.array([[60]]))
    array([[ 0., 40., 60.]])
    """
    statistical, orders = np.asarray(statistical, float), np.asarray(orders, float)
    weighted = np.maximum(np.asarray(weighted, float), 0.0)
    free = np.maximum(statistical - orders, 0.0)
    return np.maximum(weighted - free, 0.0)
