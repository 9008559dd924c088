"""Steps beside each other: their results and errors, for any number of threads."""

import pytest

from crmclean.match.beside import beside


@pytest.mark.parametrize("threads", [1, 2])
def test_results_are_those_of_the_steps(threads: int) -> None:
    """Each step gives its own result, in whatever order they are asked for."""
    with beside(threads) as start:
        asked = [start(pow, base, exp=2) for base in range(5)]
        assert [asked[i]() for i in (4, 0, 2)] == [16, 0, 4]


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_reaches_who_asks(threads: int) -> None:
    """What a step raises is raised where its result is asked for."""
    with beside(threads) as start:
        asked = start(int, "none")
        with pytest.raises(ValueError, match="none"):
            asked()


def test_one_thread_works_when_asked() -> None:
    """With one thread nothing is worked on that nobody asks for, and nothing twice."""
    done: list[int] = []
    with beside(1) as start:
        asked = start(done.append, 1)
        assert not done
        asked()
        asked()
    assert done == [1]
