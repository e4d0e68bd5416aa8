import threading
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from llmgen.author.budget import BudgetClient, estimate_cost, estimate_tokens
from llmgen.author.exchange import Prompt, Reply
from llmgen.errors import DataError, InputError, ModelError

PROMPT = Prompt("cases", "v1", "ask", 1, system="s" * 700, user="u" * 350, max_tokens=1000)


class Paid:
    """Answers at a price; fails where there is none."""

    def __init__(self, *costs: float | ModelError | None) -> None:
        self.costs = list(costs)
        self.asked = 0

    def complete(self, prompt, on_line=None):
        self.asked += 1
        cost = self.costs.pop(0) if self.costs else 1.0
        if isinstance(cost, ModelError):
            raise cost
        return Reply("x\n", "end", "paid", cost=cost)


def test_without_limits_everything_passes():
    client = BudgetClient(Paid(), None, None, lambda prompt: None)
    assert [client.complete(PROMPT).text for _ in range(3)] == ["x\n"] * 3
    assert (client.calls, client.cost) == (3, 3.0)


def test_the_call_that_would_pass_the_number_is_not_made():
    inner = Paid()
    client = BudgetClient(inner, 2, None, lambda prompt: None)
    client.complete(PROMPT)
    client.complete(PROMPT)
    with pytest.raises(DataError, match="2 of 2 calls") as caught:
        client.complete(PROMPT)
    assert (inner.asked, caught.value.exit_code) == (2, 1)
    with pytest.raises(DataError):
        BudgetClient(inner, 0, None, lambda prompt: None).complete(PROMPT)
    assert inner.asked == 2


def test_the_call_that_could_pass_the_amount_is_not_made():
    inner = Paid(0.1, 0.7)
    client = BudgetClient(inner, None, 1.0, lambda prompt: 0.9)
    client.complete(PROMPT)
    client.complete(PROMPT)  # 0.1 + 0.9 is just within
    with pytest.raises(DataError, match=r"of 1\.0000 USD, 0\.8000 are spent, .* may cost 0\.9000"):
        client.complete(PROMPT)
    assert inner.asked == 2


def test_an_unknown_cost_counts_as_estimated_and_a_failure_costs_nothing():
    client = BudgetClient(Paid(ModelError("no"), None), None, 1.0, lambda prompt: 0.6)
    with pytest.raises(ModelError):
        client.complete(PROMPT)
    assert client.cost == 0
    client.complete(PROMPT)
    assert (client.calls, client.cost) == (2, 0.6)
    with pytest.raises(DataError):
        client.complete(PROMPT)


def test_a_limit_that_cannot_be_held_is_said_before_the_first_call():
    inner = Paid()
    with pytest.raises(InputError, match="price is unknown"):
        BudgetClient(inner, None, 1.0, lambda prompt: None).complete(PROMPT)
    assert inner.asked == 0


@pytest.mark.parametrize(("first", "passes"), [(0.1, True), (0.6, False)])
def test_a_call_waits_for_those_under_way_before_it_is_refused(first, passes):
    gate, asked = threading.Event(), threading.Semaphore(0)

    class Slow:
        def complete(self, prompt, on_line=None):
            asked.release()
            assert gate.wait(5)
            return Reply("x\n", "end", "slow", cost=first)

    client = BudgetClient(Slow(), None, 1.0, lambda prompt: 0.6)
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(client.complete, PROMPT) for _ in range(2)]
        assert asked.acquire(timeout=5)
        assert not wait(calls, timeout=0.05).done
        assert client.calls == 1
        gate.set()
        refused = [call.exception() for call in calls if call.exception()]
    assert [type(error) for error in refused] == ([] if passes else [DataError])
    assert client.cost == pytest.approx(0.2 if passes else 0.6)


def test_threads_never_pass_the_number_together():
    inner = Paid()
    client = BudgetClient(inner, 10, None, lambda prompt: None)

    def attempt(_: int) -> bool:
        try:
            client.complete(PROMPT)
        except DataError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(attempt, range(64))) == 10


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("a", 1), ("a" * 7, 2), ("a" * 8, 3), ("客户取消了", 5), ("ab客", 2), ("😀", 1)]
)
def test_tokens_are_estimated_from_the_script(text, tokens):
    assert estimate_tokens(text) == tokens


def test_cost_is_estimated_at_its_highest():
    haiku = (100 * 0.10 + 200 * 0.125 + 1000 * 0.50) / 1e6
    assert estimate_cost(PROMPT, "claude-haiku-5-5") == pytest.approx(haiku)
    assert estimate_cost(PROMPT, "claude-haiku-5-5-20261001") == pytest.approx(haiku)
    assert estimate_cost(PROMPT, "claude-haiku-5-5", {"claude-haiku-5-5": (1, 2)}) == pytest.approx(
        (100 * 1 + 200 * 1.25 + 1000 * 2) / 1e6
    )
    assert estimate_cost(PROMPT, "llama3") is None
    assert estimate_cost(PROMPT, "llama3", {"llama3": (0, 0)}) == 0


def test_long_prompts_have_their_own_price():
    prompt = Prompt("cases", "v1", "ask", 1, system="", user="u" * 350_007, max_tokens=0)
    assert estimate_cost(prompt, "claude-haiku-5-5") == pytest.approx(100_002 * 0.50 / 1e6)
