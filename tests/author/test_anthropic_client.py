import json
import socket
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from messages_server import Behaviour, MessagesServer, Page, Refuse, Request, Say, Silence

from llmgen.author.clients import bounded, lines
from llmgen.author.clients.anthropic import AnthropicClient, Options
from llmgen.author.clients.patience import Waits
from llmgen.author.exchange import Prompt, Usage
from llmgen.errors import ModelError
from llmgen.events import Event, Waiting

KEY = "sk-ant-canary-0123456789abcdef"
PROMPT = Prompt("cases", "v1", "ask", 1, system="Write data.", user="Write two lines now.", seed="0")
FINAL = replace(PROMPT, level="final", reply_schema={"type": "object", "additionalProperties": False})
TWO = '{"i": 0}\n{"i": 1}\n'
QUICK = Waits(silence=0.3, connect=0.3, stall=0.3, deadline=5, longest=0.1, backoff=0.01, backoff_cap=0.02)


@pytest.fixture(autouse=True)
def _environment(monkeypatch, tmp_path):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)
    monkeypatch.setenv("ANTHROPIC_CONFIG_DIR", str(tmp_path))


@pytest.fixture
def ask(monkeypatch):
    """Asks a server with the given script; returns (reply or error, announced lines, events, requests)."""

    class Outcome:
        def __init__(self, *script: Behaviour, prompt: Prompt = PROMPT, **options):
            self.lines: list[str] = []
            self.events: list[Event] = []
            self.reply = self.error = None
            options.setdefault("options", Options(QUICK))
            options.setdefault("patience", 3.0)
            with MessagesServer(script) as server:
                monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url + "/v1/")
                client = AnthropicClient(
                    options.pop("model", "claude-haiku-5-5"),
                    "claude-sonnet-5-5",
                    announce=self.events.append,
                    **options,
                )
                try:
                    self.reply = client.complete(prompt, self.lines.append)
                except ModelError as error:
                    self.error = error
                self.requests = server.requests

        @property
        def sent(self):
            return self.requests[-1].body

        @property
        def waits(self):
            return [event.seconds for event in self.events if isinstance(event, Waiting)]

    return Outcome


def test_a_reply_is_streamed_line_by_line(ask):
    got = ask(Say(TWO + '{"i": 2}', thinking="let me think\nabout it\n", chunk=5, model="claude-haiku-5-5-x"))
    assert (got.reply.text, got.reply.stop) == (TWO + '{"i": 2}', "end")
    assert got.lines == ['{"i": 0}', '{"i": 1}', '{"i": 2}']
    assert got.reply.answered_by == "claude-haiku-5-5-x"
    assert got.reply.usage == Usage(100, 20, 30, 40)
    assert got.reply.cost is None
    assert not got.reply.replayed


def test_lines_arrive_while_the_reply_is_still_under_way(monkeypatch):
    seen: list[float] = []
    with MessagesServer([Say(TWO, fault="stall")]) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        client = AnthropicClient("m", options=Options(QUICK))
        started = time.monotonic()
        reply = client.complete(PROMPT, lambda line: seen.append(time.monotonic() - started))
        assert reply.stop == "cut"
        assert time.monotonic() - started - seen[-1] > 0.2


def test_cost_is_the_price_of_each_kind_of_token(ask):
    got = ask(Say(TWO))
    assert got.reply.cost == pytest.approx((100 * 0.10 + 20 * 0.50 + 30 * 0.01 + 40 * 0.125) / 1e6)
    mine = ask(Say(TWO), model="mine", options=Options(QUICK, {"mine": (1.0, 2.0)}))
    assert mine.reply.cost == pytest.approx((100 * 1 + 20 * 2 + 30 * 0.1 + 40 * 1.25) / 1e6)


def test_what_is_sent(ask):
    sent = ask(Say(TWO), max_tokens=900)
    assert sent.requests[0].path == "/v1/messages"
    assert sent.requests[0].headers["authorization"] == f"Bearer {KEY}"
    assert sent.sent == {
        "model": "claude-haiku-5-5",
        "max_tokens": 900,
        "messages": [{"role": "user", "content": "Write two lines now."}],
        "system": [{"type": "text", "text": "Write data.", "cache_control": {"type": "ephemeral"}}],
        "thinking": {"type": "disabled"},
        "stream": True,
    }


def test_the_last_level_binds_the_form_and_goes_to_the_stronger_model(ask):
    sent = ask(Say(TWO), prompt=FINAL).sent
    assert sent["model"] == "claude-sonnet-5-5"
    assert sent["thinking"] == {"type": "between_tools"}
    assert sent["output_config"] == {
        "effort": "medium",
        "format": {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}},
    }


def test_unknown_models_get_no_thinking_and_no_effort(ask):
    sent = ask(Say(TWO), model="llama3").sent
    assert not {"thinking", "output_config", "temperature"} & set(sent)


@pytest.mark.parametrize(
    ("message", "prompt", "gone"),
    [
        ("thinking: Extra inputs are not permitted", PROMPT, "thinking"),
        ("system.0.cache_control: unknown field", PROMPT, "cache_control"),
        ("output_config.format: not supported", FINAL, "format"),
        ("output_config: Extra inputs are not permitted", FINAL, "output_config"),
        ("This model does not support effort level 'medium'", FINAL, "effort"),
    ],
)
def test_a_field_that_the_server_does_not_know_is_dropped_once_and_for_all(monkeypatch, message, prompt, gone):
    with MessagesServer([Refuse(400, message), Say(TWO)]) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        client = AnthropicClient("claude-haiku-5-5", "claude-sonnet-5-5", options=Options(QUICK))
        client.complete(prompt)
        client.complete(prompt)
    first, second, third = (str(request.body) for request in server.requests)
    assert f"'{gone}'" in first
    assert f"'{gone}'" not in second
    assert third == second


def test_a_400_that_names_nothing_we_can_drop_ends_at_once(ask):
    got = ask(Refuse(400, "max_tokens: too large"))
    assert "max_tokens: too large" in got.error.message
    assert len(got.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 413, 422])
def test_what_trying_again_cannot_mend_ends_at_once_with_advice(ask, status):
    got = ask(Refuse(status, "so it is"))
    assert (len(got.requests), got.error.exit_code) == (1, 4)
    assert f"{status}" in got.error.message
    assert "so it is" in got.error.message
    assert got.error.hint


@pytest.mark.parametrize("status", [408, 409, 429, 500, 501, 503, 529])
def test_transient_statuses_are_tried_again(ask, status):
    got = ask(Refuse(status), Refuse(status), Say(TWO))
    assert got.reply.text == TWO
    assert len(got.requests) == 3
    assert all(0 <= seconds <= 0.02 for seconds in got.waits)


@pytest.mark.parametrize(
    ("headers", "waits"),
    [
        ({"retry-after-ms": "70", "retry-after": "0.01"}, [0.07]),
        ({"retry-after": "0.05"}, [0.05]),
        ({"retry-after": "3600"}, [0.1]),
        ({"retry-after": "-5"}, [0.0]),
    ],
)
def test_the_wait_that_a_server_asks_for_is_kept_up_to_a_cap(ask, headers, waits):
    started = time.monotonic()
    got = ask(Refuse(429, headers=headers), Say(TWO))
    assert got.waits == waits
    assert time.monotonic() - started >= waits[0]


def test_a_server_may_say_itself_whether_to_try_again(ask):
    assert len(ask(Refuse(500, headers={"x-should-retry": "false"}), Say(TWO)).requests) == 1
    assert len(ask(Refuse(422, headers={"x-should-retry": "true"}), Say(TWO)).requests) == 2


def test_patience_ends_with_the_last_reason(ask):
    started = time.monotonic()
    got = ask(Refuse(529, "Overloaded"), patience=0.2)
    assert "529" in got.error.message
    assert "Overloaded" in got.error.message
    assert time.monotonic() - started < 2
    assert len(got.requests) > 2


def test_a_wait_beyond_patience_is_not_begun(ask):
    started = time.monotonic()
    got = ask(Refuse(429, headers={"retry-after": "60"}), patience=1, options=Options(replace(QUICK, longest=60)))
    assert got.error
    assert time.monotonic() - started < 1


def test_nobody_there_is_given_up_soon(monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("ANTHROPIC_BASE_URL", f"http://user:secretword@127.0.0.1:{free.getsockname()[1]}")
        started = time.monotonic()
        with pytest.raises(ModelError, match=r"cannot be reached") as caught:
            AnthropicClient("m", options=Options(QUICK)).complete(PROMPT)
    assert 0.1 < time.monotonic() - started < 2
    assert "ANTHROPIC_BASE_URL" in caught.value.hint
    assert "secretword" not in str(caught.value)


def test_a_server_that_accepts_and_says_nothing_is_given_up(ask):
    got = ask(Silence())
    assert "cannot be reached" in got.error.message


@pytest.mark.parametrize("fault", ["fin", "rst", "stall", "early_end", "error"])
def test_a_broken_stream_keeps_its_finished_lines(ask, fault):
    got = ask(Say(TWO + '{"i": 2', fault=fault))
    assert (got.reply.text, got.reply.stop) == (TWO, "cut")
    assert got.lines == ['{"i": 0}', '{"i": 1}']
    assert got.reply.usage == Usage(100, 1, 30, 40)
    assert len(got.requests) == 1


@pytest.mark.parametrize("fault", ["fin", "rst", "stall", "early_end", "error"])
def test_a_stream_broken_before_its_first_line_is_tried_again(ask, fault):
    got = ask(Say('{"i": 0', fault=fault), Say(TWO))
    assert (got.reply.text, got.reply.stop, got.lines) == (TWO, "end", ['{"i": 0}', '{"i": 1}'])
    assert got.reply.usage == Usage(200, 21, 60, 80)


def test_a_reply_that_drips_for_ever_meets_its_deadline(ask):
    started = time.monotonic()
    got = ask(Say(TWO, fault="drip"), options=Options(replace(QUICK, deadline=0.4)))
    assert (got.reply.text, got.reply.stop) == (TWO, "cut")
    assert time.monotonic() - started < 3


def test_a_reply_without_measure_stays_bounded(ask, monkeypatch):
    monkeypatch.setattr(lines, "TEXT_LIMIT", 99_990)
    assert ask(Say("x" * 49 + "\n", chunk=50)).reply.stop == "end"
    got = ask(Say(("x" * 49 + "\n") * 4000, chunk=5000))
    assert (len(got.reply.text), got.reply.stop) == (99_950, "cut")
    got = ask(Say("x" * 200_000, chunk=5000))
    assert "beyond" in got.error.message
    assert len(got.requests) == 1


def test_a_response_without_measure_stays_bounded(ask, monkeypatch):
    monkeypatch.setattr(bounded, "BYTES_LIMIT", 20_000)
    got = ask(Say(TWO + "x" * 100_000, chunk=100))
    assert (got.reply.text, got.reply.stop) == (TWO, "cut")


@pytest.mark.parametrize("page", [Page(), Page('{"type": "message"}', "application/json")])
def test_a_page_is_no_reply(ask, page):
    got = ask(page)
    assert page.content_type in got.error.message
    assert "ANTHROPIC_BASE_URL" in got.error.hint
    assert len(got.requests) == 1


def test_a_stream_of_garbage_is_a_fault(ask):
    got = ask(Page("event: message_start\ndata: {broken\n\n", "text/event-stream"), Say(TWO))
    assert got.reply.text == TWO


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", "end"),
        ("stop_sequence", "end"),
        ("max_tokens", "max_tokens"),
        ("model_context_window_exceeded", "max_tokens"),
        ("refusal", "refusal"),
        ("something new", "end"),
    ],
)
def test_stop_reasons(ask, reason, stop):
    got = ask(Say(TWO + "{", stop_reason=reason))
    assert (got.reply.text, got.reply.stop) == (TWO + "{", stop)
    assert len(got.lines) == (3 if stop == "end" else 2)


def test_only_text_deltas_are_text(ask):
    deltas = [{"type": kind, "text": f"{kind}\n"} for kind in ("text_delta", "delta_of_next_year")]
    events = [
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "message_stop"},
    ]
    body = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    reply = ask(Page(body, "text/event-stream"), model="asked").reply
    assert (reply.text, reply.answered_by, reply.usage, reply.cost) == ("text_delta\n", "asked", None, None)


def test_a_refusal_may_have_no_content(ask):
    got = ask(Say("", stop_reason="refusal"))
    assert (got.reply.text, got.reply.stop, got.lines) == ("", "refusal", [])


def test_servers_that_count_little_are_understood(ask):
    got = ask(Say(TWO, usage={"input_tokens": 5, "output_tokens": None, "cache_read_input_tokens": None}))
    assert got.reply.usage == Usage(5, 1, 0, 0)


def test_a_listener_that_raises_is_not_taken_for_a_fault_of_the_server(monkeypatch):
    def refuse(line: str) -> None:
        raise ValueError("my own")

    with MessagesServer([Say(TWO)]) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        with pytest.raises(ValueError, match="my own"):
            AnthropicClient("m", options=Options(QUICK)).complete(PROMPT, refuse)
    assert len(server.requests) == 1


def test_without_any_access_nothing_is_called_and_the_ways_on_are_named(monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    with pytest.raises(ModelError) as caught:
        AnthropicClient("m").complete(PROMPT)
    for way in ("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL", "--model command:", "LLMGEN_REPLAY"):
        assert way in caught.value.hint


@pytest.mark.parametrize(
    ("key", "message"),
    [("", "set but empty"), ("  ", "set but empty"), ("sk-\nant", "characters"), ("sk-é", "characters")],
)
def test_a_key_that_cannot_be_one_is_refused_in_our_words(monkeypatch, key, message):
    monkeypatch.setenv("ANTHROPIC_API_KEY", key)
    with pytest.raises(ModelError, match=message):
        AnthropicClient("m").complete(PROMPT)


def test_an_address_that_is_none_is_refused(monkeypatch):
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "localhost:8000")
    with pytest.raises(ModelError, match="no http address"):
        AnthropicClient("m").complete(PROMPT)


def test_a_local_server_needs_no_key(ask, monkeypatch):
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert ask(Say(TWO)).requests[0].headers["authorization"] == "Bearer local"


def test_a_token_does_as_well_and_a_key_goes_before_it(ask, monkeypatch):
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-0123456789abcdef")
    assert ask(Say(TWO)).requests[0].headers["authorization"] == f"Bearer {KEY}"
    monkeypatch.setenv("ANTHROPIC_API_KEY", "")
    assert ask(Say(TWO)).requests[0].headers["authorization"] == "Bearer token-0123456789abcdef"


@pytest.mark.parametrize(
    "behaviour",
    [
        Refuse(401, f"invalid key {KEY}"),
        Refuse(529, f"overloaded, {KEY}"),
        Refuse(500, f"Authorization: Bearer {KEY}"),
        Page(KEY, f"text/{KEY}"),
        Say(f"your key is {KEY}\nand {KEY}", model=KEY, chunk=7),
        Say(f"{KEY}\n{KEY}", fault="early_end"),
    ],
)
def test_the_key_is_told_to_nobody(ask, behaviour):
    got = ask(behaviour, patience=0.05)
    said = [repr(got.reply), repr(got.lines), repr(got.events), repr(AnthropicClient("m"))]
    if got.error:
        said += [str(got.error), got.error.hint, "".join(traceback.format_exception(got.error))]
        assert got.error.__context__ is None
    assert not [text for text in said if KEY in text]
    assert got.error or "[redacted]" in got.reply.text


def test_many_threads_share_one_client(monkeypatch):
    def echo(request: Request) -> Say:
        return Say(request.user)

    with MessagesServer(echo) as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        client = AnthropicClient("m", options=Options())
        prompts = [replace(PROMPT, user=f"line {number}") for number in range(40)]
        with ThreadPoolExecutor(16) as pool:
            replies = list(pool.map(client.complete, prompts))
    assert [reply.text for reply in replies] == [prompt.user for prompt in prompts]
