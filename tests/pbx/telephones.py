"""Telephones: sipp as the caller, who calls Asterisk as a carrier would, and as the person who takes calls over."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.pbx.exchange import HOTLINE

SCENARIOS = Path(__file__).parent

ASSERTED = "P-Asserted-Identity: <sip:{asserted}@[local_ip]>"
WITHHELD = f"{ASSERTED}\n    Privacy: id"
REMOTE_PARTY = "Remote-Party-ID: <sip:{asserted}@[local_ip]>;party=calling;screen=yes;privacy=off"
CHECK_FAILED = 'P-Asserted-Identity: "A, (b) c" <sip:{asserted};verstat=TN-Validation-Failed@[local_ip]>'
CHECK_PASSED = "P-Asserted-Identity: <sip:{asserted};verstat=TN-Validation-Passed@[local_ip]>"
NOTHING = "Subject: a call whose carrier asserts no number"
"""What a carrier says of a caller's number."""

LONGEST_CALL_SECONDS = 70
"""Then sipp gives up, and a little later it is killed."""

BYE = """<recv request="BYE" crlf="true"/>
  <send><![CDATA[
    SIP/2.0 200 OK
    [last_Via:]
    [last_From:]
    [last_To:]
    [last_Call-ID:]
    [last_CSeq:]
    Content-Length: 0

  ]]></send>"""

HANG_UP = """<pause milliseconds="{milliseconds}"/>
  <send retrans="500"><![CDATA[
    BYE [next_url] SIP/2.0
    Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
    From: <sip:{number}@[local_ip]:[local_port]>;tag=[pid]{role}[call_number]
    {to}
    Call-ID: [call_id]
    CSeq: 2 BYE
    Max-Forwards: 70
    Content-Length: 0

  ]]></send>
  <recv response="200"/>"""


@dataclass(frozen=True)
class Telephone:
    """A running sipp. It ends by itself; `finish` waits for that."""

    process: subprocess.Popen[bytes]
    log: Path

    def finish(self) -> int:
        """0 where the call went as the scenario says, 1 where not (a refused call too). Never waits for ever."""
        try:
            return self.process.wait(LONGEST_CALL_SECONDS + 10)
        except subprocess.TimeoutExpired:
            self.stop()
            return 124

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)


@dataclass(frozen=True)
class Number:
    """Of a caller: what the carrier asserts (a name for the call where it asserts nothing), what the caller's own
    equipment claims in From, and the headers with which the carrier asserts it, in which `{asserted}` stands for it."""

    asserted: str
    claimed: str
    identity: str = ASSERTED


def dial(
    tools: Path,
    folder: Path,
    *,
    number: Number,
    sound: Path,
    exchange: int,
    port: int,
    called: str = HOTLINE,
    hang_up_after: float | None = None,
) -> Telephone:
    """Ring `called` at port `exchange` and send the sound from the moment the call is answered, until the bot hangs up
    or until `hang_up_after` seconds have passed."""
    end = BYE
    if hang_up_after is not None:
        end = _hang_up(hang_up_after, number.claimed, "caller", "[last_To:]")
    scenario = Template((SCENARIOS / "caller.xml").read_text()).substitute(
        claimed=number.claimed,
        identity=number.identity.format(asserted=number.asserted),
        called=called,
        sound=sound,
        end=end,
    )
    return _sipp(tools, folder, f"caller-{number.asserted}", scenario, port, f"127.0.0.1:{exchange}")


def answering(
    tools: Path, folder: Path, number: str, sound: Path, port: int, hang_up_after: float | None = None
) -> Telephone:
    """The telephone of `number`: answers one call at `port` and sends the sound, until the bot hangs up or until
    `hang_up_after` seconds have passed."""
    end = BYE if hang_up_after is None else _hang_up(hang_up_after, number, "called", "To: [$exchange]")
    scenario = Template((SCENARIOS / "called.xml").read_text()).substitute(number=number, sound=sound, end=end)
    return _sipp(tools, folder, f"called-{number}", scenario, port)


def _hang_up(seconds: float, number: str, role: str, to: str) -> str:
    return HANG_UP.format(milliseconds=round(seconds * 1000), number=number, role=role, to=to)


def person(tools: Path, folder: Path, port: int) -> Telephone:
    """Takes one call at `port` and hangs up two seconds later."""
    return _sipp(tools, folder, "person", (SCENARIOS / "person.xml").read_text(), port)


def _sipp(tools: Path, folder: Path, name: str, scenario: str, port: int, *remote: str) -> Telephone:
    file, log = folder / f"{name}.xml", folder / f"{name}.log"
    file.write_text(scenario)
    command = [str(tools / "bin" / "sipp"), *remote, "-sf", str(file), "-m", "1", "-i", "127.0.0.1", "-p", str(port)]
    limits = [
        "-nostdin",
        "-timeout",
        f"{LONGEST_CALL_SECONDS}s",
        "-timeout_error",
        "-trace_err",
        "-error_file",
        str(log),
    ]
    with log.with_suffix(".out").open("wb") as out:
        process = subprocess.Popen([*command, *limits], stdout=out, stderr=out, stdin=subprocess.DEVNULL, cwd=folder)
    return Telephone(process, log)
