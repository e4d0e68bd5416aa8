import os
import signal
import sys
import threading
import time

import pytest

from llmgen.author.clients import lines
from llmgen.author.clients.command import CommandClient, parse_command, stop_running
from llmgen.author.exchange import Prompt
from llmgen.errors import InputError, ModelError

PROMPT = Prompt("cases", "v1", "ask", 1, system="Write dàta.", user="Two lines\nnow.", seed="0")


def python(code: str, **options) -> CommandClient:
    return CommandClient([sys.executable, "-c", f"import sys, os, time\n{code}"], **options)


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition) -> bool:
    ends = time.monotonic() + 3
    while not condition() and time.monotonic() < ends:
        time.sleep(0.01)
    return condition()


def test_the_prompt_goes_in_and_the_reply_comes_out():
    heard: list[str] = []
    client = python("data = sys.stdin.buffer.read()\nsys.stdout.buffer.write(data + b'\\r\\nend')", answered_by="me")
    reply = client.complete(PROMPT, heard.append)
    assert reply.text == "Write dàta.\n\nTwo lines\nnow.\r\nend"
    assert (reply.stop, reply.answered_by, reply.usage, reply.cost) == ("end", "me", None, None)
    assert heard == ["Write dàta.", "", "Two lines", "now.", "end"]


def test_only_the_base_name_is_recorded():
    secret = "--key=abcdefgh"
    reply = CommandClient([sys.executable, "-c", "print('x')", secret]).complete(PROMPT)
    assert reply.answered_by == f"command:{os.path.basename(sys.executable)}"
    assert secret not in repr(reply)


def test_lines_arrive_while_the_program_still_runs():
    seen: list[float] = []
    started = time.monotonic()
    python("print('one', flush=True); time.sleep(0.4); print('two')").complete(
        PROMPT, lambda line: seen.append(time.monotonic() - started)
    )
    assert seen[1] - seen[0] > 0.3


def test_large_prompts_and_replies_do_not_block_each_other():
    prompt = Prompt("cases", "v1", "ask", 1, system="s", user="x" * 3_000_000)
    code = "print('y' * 2_000_000, flush=True); print('e' * 500_000, file=sys.stderr); print(len(sys.stdin.read()))"
    assert python(code).complete(prompt).text.splitlines()[1] == str(3_000_000 + 3)


def test_a_program_need_not_read_what_it_is_told():
    prompt = Prompt("cases", "v1", "ask", 1, system="s", user="x" * 3_000_000)
    assert python("os.close(0); print('ok')").complete(prompt).text == "ok\n"


def test_letters_split_over_writes_and_bytes_that_are_no_text():
    code = "w = sys.stdout.buffer\nfor b in 'é😀'.encode(): w.write(bytes([b])); w.flush(); time.sleep(0.01)\n"
    code += "w.write(b'\\xff')"
    assert python(code).complete(PROMPT).text == "é😀\ufffd"


def test_failure_without_output_says_the_first_line_of_stderr(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "canary-canary")
    code = "print('\\nno model; key ' + os.environ['SOME_API_KEY'] + '\\nmore', file=sys.stderr); sys.exit(3)"
    with pytest.raises(ModelError, match=r"exit code 3: no model; key \[redacted\]$") as caught:
        python(code).complete(PROMPT)
    assert "canary" not in str(caught.value)


def test_failure_with_half_a_line_is_a_failure():
    with pytest.raises(ModelError, match="exit code 1"):
        python("print('half', end='', flush=True); sys.exit(1)").complete(PROMPT)


def test_failure_after_finished_lines_is_a_cut_reply():
    reply = python("print('one'); print('two', end='', flush=True); sys.exit(1)").complete(PROMPT)
    assert (reply.text, reply.stop) == ("one\n", "cut")


def test_no_output_at_all_is_an_empty_reply():
    assert python("pass").complete(PROMPT).text == ""


def test_a_program_that_takes_too_long_is_ended_with_all_that_it_started(tmp_path):
    pids = tmp_path / "pids"
    script = f"echo one; sleep 60 & echo $! $$ > {pids}; wait"
    started = time.monotonic()
    reply = CommandClient(["sh", "-c", script], timeout=0.4).complete(PROMPT)
    assert (reply.text, reply.stop) == ("one\n", "cut")
    assert time.monotonic() - started < 3
    assert wait_for(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()))


def test_a_program_that_says_nothing_in_time_is_an_error():
    with pytest.raises(ModelError, match=r"did not answer in 0\.3 s"):
        CommandClient(["sleep", "60"], timeout=0.3).complete(PROMPT)


def test_a_program_that_ignores_the_gentle_signal_is_ended_all_the_same(monkeypatch):
    monkeypatch.setattr("llmgen.author.clients.command._GRACE", 0.1)
    code = (
        "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(os.getpid(), flush=True); time.sleep(60)"
    )
    reply = python(code, timeout=0.5).complete(PROMPT)
    assert not alive(int(reply.text))


def test_an_interrupt_ends_the_program():
    heard: list[str] = []

    def interrupt(line: str) -> None:
        heard.append(line)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        python("print(os.getpid(), flush=True); time.sleep(60)").complete(PROMPT, interrupt)
    assert not alive(int(heard[0]))


def test_programs_asked_in_other_threads_can_be_ended():
    heard: list[str] = []
    client = python("print(os.getpid(), flush=True); time.sleep(60)")
    asking = threading.Thread(target=client.complete, args=(PROMPT, heard.append))
    asking.start()
    assert wait_for(lambda: heard)
    stop_running()
    asking.join(3)
    assert not asking.is_alive()
    assert not alive(int(heard[0]))


def test_a_reply_without_measure_stays_bounded(monkeypatch):
    monkeypatch.setattr(lines, "TEXT_LIMIT", 100_000)
    reply = python("while True: print('x' * 99)").complete(PROMPT)
    assert (len(reply.text), reply.stop) == (100_000, "cut")


def test_commands_are_read_as_a_shell_reads_them():
    assert parse_command("sh -c 'echo \"a b\"' x") == ["sh", "-c", 'echo "a b"', "x"]
    with pytest.raises(ModelError, match="no-such-program-anywhere: no such program"):
        parse_command("no-such-program-anywhere --fast")
    with pytest.raises(InputError, match="No closing quotation"):
        parse_command("sh 'x")
    with pytest.raises(InputError, match="names no program"):
        parse_command("  ")


def test_a_program_that_cannot_be_started_is_a_model_error(tmp_path):
    with pytest.raises(ModelError, match="thing"):
        CommandClient([str(tmp_path / "thing")]).complete(PROMPT)
