from scipy.stats import spearmanr

from repro_worker import stats
from repro_worker.reward_data import split_by_prompt
from repro_worker.reward_report import preference_report, regression_report


def test_spearman_with_ties_is_scipys():
    left, right = [1.0, 2.0, 2.0, 5.0, 0.0, 3.0], [0, 1, 1, 4, 1, 0]
    assert abs(stats.spearman(left, right) - spearmanr(left, right).statistic) < 1e-12


def test_undefined_figures_are_none_and_never_nan():
    assert stats.pearson([1.0, 1.0], [1.0, 2.0]) is None
    assert stats.pearson([1.0], [1.0]) is None
    assert stats.pair_accuracy([1.0, 2.0], [3.0, 3.0]) is None
    rows = [{"rating": 1, "refusal": False}]
    report = regression_report(rows, rows, [1.0])
    assert report["spearman"] is None
    assert report["meanSquaredError"] == 0
    assert regression_report(rows, [], [])["meanSquaredError"] is None


def test_equal_scores_count_half():
    assert stats.pair_accuracy([1.0, 1.0], [0, 4]) == 0.5
    assert stats.pair_accuracy([1.0, 2.0, 3.0], [0, 4, 2]) == 2 / 3
    assert preference_report([{}], [{}, {}], [0.0, 2.0])["pairAccuracy"] == 0.75


def test_no_prompt_is_on_both_sides_of_the_split():
    rows = [{"id": n, "prompt": f"p{n % 10}"} for n in range(40)]
    training, held_out = split_by_prompt(rows, 0.3, 1)
    assert not {row["prompt"] for row in training} & {row["prompt"] for row in held_out}
    assert len(held_out) == 12
    assert split_by_prompt(rows, 0.3, 1)[1] == held_out
    assert split_by_prompt(rows, 0.3, 2)[1] != held_out
