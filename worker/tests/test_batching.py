import pytest

from repro_worker import schedule
from repro_worker.batching import by_length, epoch_batches, micro_batches, pad_left, pad_right


@pytest.mark.parametrize("grouped", [True, False])
def test_each_row_is_in_exactly_one_batch_and_the_seed_decides(grouped):
    lengths = [(n * 37) % 50 + 1 for n in range(101)]
    batches = epoch_batches(lengths, 4, seed=1, epoch=0, grouped=grouped)
    assert sorted(row for batch in batches for row in batch) == list(range(101))
    assert batches == epoch_batches(lengths, 4, seed=1, epoch=0, grouped=grouped)
    assert batches != epoch_batches(lengths, 4, seed=2, epoch=0, grouped=grouped)
    assert batches != epoch_batches(lengths, 4, seed=1, epoch=1, grouped=grouped)


def test_grouping_lessens_padding():
    lengths = [(n * 37) % 50 + 1 for n in range(128)]

    def padded(grouped):
        batches = epoch_batches(lengths, 4, seed=1, epoch=0, grouped=grouped)
        return sum(max(lengths[row] for row in batch) * len(batch) for batch in batches)

    assert padded(True) < 0.8 * padded(False)


def test_padding_sides_and_masks():
    assert [part.tolist() for part in pad_left([[1, 2], [3]], 9)] == [[[1, 2], [9, 3]], [[1, 1], [0, 1]]]
    assert [part.tolist() for part in pad_right([[1, 2], [3]], 9)] == [[[1, 2], [3, 9]], [[1, 1], [1, 0]]]


def test_inference_batches_start_with_the_longest():
    assert by_length([1, 5, 3], 2) == [[1, 2], [0]]
    assert micro_batches([0, 1, 2], [9, 1, 5], 2) == [[1, 2], [0]]


def test_rows_of_a_batch_can_be_held_alike():
    assert by_length([10, 9, 8, 7, 1], 3, 0.8) == [[0, 1, 2], [3], [4]]
    assert by_length([10, 9, 8, 7, 6], 3, 0.8) == [[0, 1, 2], [3, 4]]
    assert by_length([], 3, 0.8) == []


def test_schedules():
    assert schedule.factor("constant", 50, 100, 10) == 1
    assert schedule.factor("linear", 10, 110, 10) == 1
    assert schedule.factor("linear", 60, 110, 10) == 0.5
    assert abs(schedule.factor("cosine", 60, 110, 10) - 0.5) < 1e-12
    warm = [schedule.factor("cosine", step, 100, 4) for step in range(5)]
    assert warm == sorted(warm)
    assert warm[0] > 0
    assert warm[4] == 1
