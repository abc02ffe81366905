"""The honest leaderboard: kosent's recipes and what they have to beat, in one run.

Same corpus, same split, same machine: accuracy with its confidence interval, macro F1, time to
train and to predict, size on disk.
"""

from kosent.evaluation.evaluate.baselines import RIVALS
from kosent.evaluation.evaluate.leaderboard import DEFAULT_SYSTEMS, Entry, Leaderboard, run

__all__ = ["DEFAULT_SYSTEMS", "RIVALS", "Entry", "Leaderboard", "run"]
