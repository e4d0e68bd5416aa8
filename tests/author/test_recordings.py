import json
import multiprocessing
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llmgen.author.exchange import Prompt, Reply, Usage
from llmgen.author.recordings import Library, RecordingClient, resolve_mode
from llmgen.errors import InputError, ModelError, RecordingError

PROMPT = Prompt(
    "cases", "v1", "ask", 1, system="Write data.\nExactly.", user="Two lines\nnow.", seed="0", part="batch 2"
)
REPLY = Reply('{"i": 0}\n{"i": 1}\n', "end", "model-x", Usage(1, 2, 3, 4), cost=0.5, seconds=2.0)
ANY_TEXT = st.text(st.one_of(st.characters(), st.sampled_from('\n\r\x00\ud800\udc00\u2028\x85\\"')), max_size=60)


class Model:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self, *replies: Reply) -> None:
        self.replies = list(replies)
        self.asked: list[Prompt] = []

    def complete(self, prompt, on_line=lambda line: None):
        self.asked.append(prompt)
        reply = self.replies.pop(0)
        for line in reply.text.splitlines():
            on_line(line)
        return reply


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "recordings")


def file_of(library: Library, prompt: Prompt = PROMPT) -> Path:
    return library.write_to / f"{prompt.key}.json"


def rewrite(file: Path, **changes) -> None:
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def test_what_is_stored_is_found(library):
    assert library.find(PROMPT) is None
    stored = library.store(PROMPT, REPLY)
    found = library.find(replace(PROMPT, part="another label", max_tokens=1, cases=3))
    assert found == stored
    assert found.reply == replace(REPLY, cost=0.0, seconds=0.0, replayed=True)
    assert list(library.all()) == [stored]
    assert [file.name for file in library.write_to.iterdir()] == [f"{PROMPT.key}.json"]


def test_the_form_of_the_file(library):
    library.store(PROMPT, REPLY)
    content = json.loads(file_of(library).read_text())
    assert len(content.pop("checksum")) == 64
    assert content == {
        "format": 1,
        "key": PROMPT.key,
        "prompt": {
            "format": 1,
            "template": "cases",
            "version": "v1",
            "level": "ask",
            "attempt": 1,
            "system": ["Write data.", "Exactly."],
            "user": ["Two lines", "now."],
            "reply_schema": None,
            "seed": "0",
        },
        "answered_by": "model-x",
        "stop": "end",
        "usage": {"input_tokens": 1, "output_tokens": 2, "cache_read_tokens": 3, "cache_write_tokens": 4},
        "body": ['{"i": 0}', '{"i": 1}', ""],
    }


@given(text=ANY_TEXT, system=ANY_TEXT)
@example(text="a\r\nb\rc", system="")
@example(text="\ud83d\ude00 \x00", system="\n")
def test_any_text_comes_back_as_it_was(tmp_path_factory, text, system):
    library = Library(tmp_path_factory.mktemp("recordings"))
    prompt = replace(PROMPT, system=system, reply_schema={"enum": [text]})
    library.store(prompt, replace(REPLY, text=text))
    found = library.find(prompt)
    assert (found.text, found.prompt.system, found.prompt.key) == (text, system, prompt.key)


def test_the_first_complete_recording_wins_unless_replaced(library):
    library.store(PROMPT, REPLY)
    assert library.store(PROMPT, replace(REPLY, text="later")).text == REPLY.text
    assert library.store(PROMPT, replace(REPLY, text="later"), replacing=True).text == "later"


def test_other_folders_are_read_and_never_written(tmp_path):
    packaged = Library(tmp_path / "packaged")
    packaged.store(PROMPT, REPLY)
    library = Library(tmp_path / "own", [tmp_path / "packaged", tmp_path / "missing"])
    assert library.find(PROMPT).file.parent.name == "packaged"
    library.store(PROMPT, replace(REPLY, text="mine"))
    assert library.find(PROMPT).text == "mine"
    assert packaged.find(PROMPT).text == REPLY.text


def test_any_changed_byte_is_seen_or_changes_nothing(library):
    stored = library.store(PROMPT, REPLY)
    file = file_of(library)
    whole = file.read_bytes()
    refusals = []
    for place in range(len(whole)):
        for bit in (1, 32):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            try:
                assert library.find(PROMPT) == stored  # white space between the parts, for example
            except RecordingError as error:
                refusals.append(error)
    assert len(refusals) > 1.8 * len(whole)
    assert all(error.exit_code == 3 and str(file) in error.message for error in refusals)


def test_a_torn_file_is_never_used(library):
    library.store(PROMPT, REPLY)
    whole = file_of(library).read_bytes()
    for size in range(0, len(whole) - 2, 7):
        file_of(library).write_bytes(whole[:size])
        with pytest.raises(RecordingError, match="cannot be read"):
            library.find(PROMPT)


@pytest.mark.parametrize("content", [b"[]", b"null", b"\xff\xff", b"[" * 100_000, b'{"format": 1}'])
def test_a_file_that_is_no_recording_is_never_used(library, content):
    library.make_ready()
    file_of(library).write_bytes(content)
    with pytest.raises(RecordingError) as caught:
        library.find(PROMPT)
    assert "delete it" in caught.value.hint


def test_a_recording_under_another_name_is_never_used(library):
    library.store(PROMPT, REPLY)
    other = replace(PROMPT, seed="7")
    file_of(library).rename(file_of(library, other))
    with pytest.raises(RecordingError, match="does not belong"):
        library.find(other)


def test_another_format_is_named(library):
    library.store(PROMPT, REPLY)
    rewrite(file_of(library), format=2)
    with pytest.raises(RecordingError, match="recording format 2, and this llmgen reads 1"):
        library.find(PROMPT)


def test_auto_asks_once_and_replays_from_then_on(library):
    model, heard = Model(REPLY), []
    client = RecordingClient(model, library, "auto")
    assert client.complete(PROMPT) == REPLY
    again = client.complete(PROMPT, heard.append)
    assert again == replace(REPLY, cost=0.0, seconds=0.0, replayed=True)
    assert heard == ['{"i": 0}', '{"i": 1}']
    assert (client.hits, client.calls, len(model.asked)) == (1, 1, 1)


def test_replayed_lines_are_announced_as_they_were_live(library):
    heard: list[str] = []
    client = RecordingClient(Model(), library, "replay")
    for level, stop, text in (("a", "end", "1\r\n\n2"), ("b", "max_tokens", "3\n4"), ("c", "cut", "5\n")):
        library.store(replace(PROMPT, level=level), replace(REPLY, text=text, stop=stop))
        client.complete(replace(PROMPT, level=level), heard.append)
    assert heard == ["1", "", "2", "3", "5"]


@pytest.mark.parametrize("stop", ["refusal", "max_tokens", "cut"])
def test_stops_are_recorded_even_without_a_line(library, stop):
    RecordingClient(Model(replace(REPLY, text="", stop=stop)), library, "auto").complete(PROMPT)
    assert RecordingClient(Model(), library, "replay").complete(PROMPT).stop == stop


def test_half_a_line_is_recorded_and_nothing_is_only_logged_and_asked_again(library, caplog):
    client = RecordingClient(Model(replace(REPLY, text=" \n"), replace(REPLY, text="half")), library, "auto")
    assert client.complete(PROMPT).text == "half"
    assert "batch 2" in caplog.text
    assert [recording.text for recording in library.all()] == ["half"]


def test_a_model_that_says_nothing_at_all_ends_the_run_and_leaves_no_recording(library):
    client = RecordingClient(Model(*[replace(REPLY, text="")] * 3), library, "auto")
    with pytest.raises(ModelError, match="with nothing, 3 times"):
        client.complete(PROMPT)
    assert not list(library.all())


def test_a_recording_made_meanwhile_goes_before_ones_own(library):
    class Slow(Model):
        def complete(self, prompt, on_line=lambda line: None):
            library.store(prompt, replace(REPLY, text="theirs\n", answered_by="model-y"))
            return super().complete(prompt, on_line)

    reply = RecordingClient(Slow(REPLY), library, "auto").complete(PROMPT)
    assert (reply.text, reply.answered_by, reply.cost, reply.replayed) == ("theirs\n", "model-y", 0.5, False)


def test_refresh_asks_again_and_replaces_even_what_is_damaged(library):
    library.store(PROMPT, REPLY)
    file_of(library).write_text("torn")
    client = RecordingClient(Model(replace(REPLY, text="new\n")), library, "refresh")
    assert client.complete(PROMPT).text == "new\n"
    assert library.find(PROMPT).text == "new\n"


def test_off_neither_reads_nor_writes(library):
    library.store(PROMPT, REPLY)
    other = replace(PROMPT, seed="1")
    client = RecordingClient(Model(replace(REPLY, text="a"), replace(REPLY, text="b")), library, "off")
    assert [client.complete(PROMPT).text, client.complete(other).text] == ["a", "b"]
    assert [recording.text for recording in library.all()] == [REPLY.text]


def test_a_miss_in_replay_names_the_prompt_the_nearest_and_what_differs(library):
    library.store(replace(PROMPT, level="strict", seed="5"), REPLY)
    near = library.store(replace(PROMPT, user="Two lines\nthen."), REPLY)
    library.store(replace(PROMPT, template="interpret"), REPLY)
    asked = replace(PROMPT, seed="7")
    model = Model(REPLY)
    with pytest.raises(RecordingError) as caught:
        RecordingClient(model, library, "replay").complete(asked)
    message = caught.value.message
    for words in ("cases v1 (batch 2), level ask, attempt 1", asked.key, str(near.file), "seed 0 there, 7 here"):
        assert words in message
    assert "-then.\n+now." in message
    assert "LLMGEN_REPLAY=0" in caught.value.hint
    assert not model.asked


def test_a_miss_with_nothing_near_says_so_past_damaged_files(library):
    library.make_ready()
    (library.write_to / "broken.json").write_text("{")
    with pytest.raises(RecordingError, match="nothing of cases is recorded"):
        RecordingClient(Model(), library, "replay").complete(PROMPT)
    with pytest.raises(RecordingError, match=r"broken\.json"):
        list(library.all())


def test_a_folder_that_cannot_be_written_is_found_out_before_asking(tmp_path):
    (tmp_path / "file").write_text("")
    model = Model(REPLY)
    with pytest.raises(RecordingError, match="cannot be written"):
        RecordingClient(model, Library(tmp_path / "file" / "recordings"), "auto").complete(PROMPT)
    assert not model.asked


def test_a_file_system_without_links_will_do(library, monkeypatch):
    def refuse(*paths: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    library.store(PROMPT, REPLY)
    assert library.store(PROMPT, replace(REPLY, text="later")).text == REPLY.text
    assert len(list(library.write_to.iterdir())) == 1


@pytest.mark.parametrize(
    ("flag", "environment", "mode"),
    [
        (None, {}, "auto"),
        (None, {"CI": "true"}, "replay"),
        (None, {"CI": "false"}, "auto"),
        (None, {"LLMGEN_REPLAY": "1"}, "replay"),
        (None, {"LLMGEN_REPLAY": "0", "CI": "true"}, "auto"),
        (None, {"LLMGEN_REPLAY": "", "CI": "true"}, "replay"),
        ("refresh", {"LLMGEN_REPLAY": "1", "CI": "true"}, "refresh"),
        ("off", {}, "off"),
    ],
)
def test_the_mode_is_the_flag_else_the_variable_else_ci(flag, environment, mode):
    assert resolve_mode(flag, environment) == mode


def test_a_variable_that_means_nothing_is_refused():
    with pytest.raises(InputError, match="LLMGEN_REPLAY=yes"):
        resolve_mode(None, {"LLMGEN_REPLAY": "yes"})


def test_replay_imports_no_sdk(library):
    library.store(PROMPT, REPLY)
    code = f"""
import sys
from pathlib import Path
from llmgen.author.clients.anthropic import AnthropicClient
from llmgen.author.exchange import Prompt
from llmgen.author.recordings import Library, RecordingClient
client = RecordingClient(AnthropicClient("claude-haiku-5-5"), Library(Path({str(library.write_to)!r})), "replay")
print(client.complete({replace(PROMPT)!r}).replayed, sorted({{"anthropic", "httpx2"}} & set(sys.modules)))
"""
    root = Path(__file__).parents[2]
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert ran.stdout.split("\n")[0] == "True []"


def _start_together(barrier) -> None:
    _record.barrier = barrier


def _record(folder: str, worker: int) -> list[tuple[str, str]]:
    """Asks 20 prompts that all workers share and 5 of its own; returns (key, text) of each reply."""
    shared = [replace(PROMPT, user=f"shared {number}") for number in range(20)]
    own = [replace(PROMPT, user=f"worker {worker}, {number}") for number in range(5)]
    model = Model(*(replace(REPLY, text=f"{worker} " + "x" * 20_000 + prompt.user) for prompt in shared + own))
    client = RecordingClient(model, Library(Path(folder)), "auto")
    _record.barrier.wait(20)
    replies = []
    for prompt in shared + own:
        asked = len(model.asked)
        replies.append((prompt.key, client.complete(prompt).text))
        if len(model.asked) == asked:
            model.replies.pop(0)  # it was replayed
    return replies


def test_eight_processes_share_one_folder(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(8, _start_together, [spawn.Barrier(8)]) as pool:
        answers = pool.starmap(_record, [(str(tmp_path), worker) for worker in range(8)], chunksize=1)
    recorded = {recording.prompt.key: recording.text for recording in Library(tmp_path).all()}
    assert len(recorded) == 20 + 8 * 5
    assert all(recorded[key] == text for replies in answers for key, text in replies)
    assert len(list(tmp_path.iterdir())) == len(recorded)
