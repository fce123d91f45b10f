"""A real Asterisk with the configuration of deploy/asterisk/, as an unprivileged process on ports of its own."""

from __future__ import annotations

import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from bot.places import PACKAGES

CONFIGURATION = PACKAGES / "deploy" / "asterisk"
START_SECONDS, STOP_SECONDS, ASK_SECONDS = 30, 5, 10

OTHER_FILES = ("acl", "ccss", "cdr", "cel", "chan_websocket", "features", "indications", "pjproject", "udptl")
"""Asterisk wants these, too; every distribution brings them. Empty here."""

HOTLINE, AUDIOSOCKET_LINE, WIDE_LINE, CALL_BACK_LINE = "19009068", "19009069", "19009070", "19009071"
FAILED_SCREENING = "19009072"
"""As a trunk that is no SIP one brings a number that failed its screening: Asterisk's SIP knows no such thing."""

ROUTES = {
    HOTLINE: "voicebot",
    AUDIOSOCKET_LINE: "voicebot-audiosocket",
    WIDE_LINE: "voicebot-wide",
    CALL_BACK_LINE: "voicebot-call-back",
    FAILED_SCREENING: "failed-screening",
}
"""Called number → context of deploy/asterisk/extensions.conf, or of its copy below."""

RECORDED = """
[failed-screening]
exten => _[+0-9].,1,Set(CALLERID(num-pres)=allowed_failed_screen)
 same => n,Goto(voicebot,${{EXTEN}},1)

[called-back-recorded]
exten => _[+0-9].,1,Set(URI=${{CHANNEL(pjsip,remote_uri)}})
 same => n,Set(URI=${{CUT(URI,@,1)}})
 same => n,MixMonitor({folder}/back.wav,t({folder}/back-${{CUT(URI,:,2)}}-heard.wav))
 same => n,Goto(called-back,${{EXTEN}},1)

[recorded]
exten => _[+0-9].,1,Set(AT={folder}/${{CALLERID(num)}})
 same => n,MixMonitor(${{AT}}.wav,r(${{AT}}-said.wav)t(${{AT}}-heard.wav))
"""


@dataclass(frozen=True)
class Sites:
    """What differs from site to site. Ports on 127.0.0.1; `tls`: the folder of certificates of a gateway that wants
    them, None where the gateway speaks plain; `certified`: the exchange has one; `carrier`: where it makes calls."""

    sip: int
    person: int
    gateway: int
    audiosocket: int
    secret: str
    tls: Path | None
    certified: bool
    carrier: int


class Exchange:
    """Start it, let calls come to `sites.sip`, stop it. `folder` keeps everything it writes."""

    def __init__(self, tools: Path, folder: Path, sites: Sites) -> None:
        self.sites, self.recordings = sites, folder / "recordings"
        self._tools, self._folder = tools, folder
        self._process: subprocess.Popen[bytes] | None = None
        self._configure()

    def start(self) -> None:
        """Returns when calls can come. Raises RuntimeError with Asterisk's last words where none will."""
        with (self._folder / "console.log").open("wb") as log:
            self._process = subprocess.Popen([*self._command, "-f"], stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if "chan_websocket.so" in self.ask("module show like chan_websocket") and self.ask(
                "core show uptime"
            ).startswith("System uptime"):
                return
            time.sleep(0.2)
        raise RuntimeError(f"asterisk does not start: {self.log()[-2000:]}")

    def ask(self, command: str) -> str:
        """What Asterisk's console answers; empty while there is none."""
        try:
            run = subprocess.run(
                [*self._command, "-rx", command], capture_output=True, timeout=ASK_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return ""
        return run.stdout.decode(errors="replace")

    def channels(self) -> int:
        """Calls that Asterisk still holds."""
        return sum(line.count("!") > 5 for line in self.ask("core show channels concise").splitlines())

    def log(self) -> str:
        return "".join(
            path.read_text(errors="replace")
            for path in (self._folder / "console.log", self._folder / "messages.log")
            if path.exists()
        )

    def heard(self, caller: str) -> Path:
        """The recording of what this caller heard."""
        return self.recordings / f"{caller}-heard.wav"

    def heard_back(self, number: str) -> Path:
        """The recording of what who was called back at this number heard."""
        return self.heard(f"back-{number}")

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(STOP_SECONDS)

    @property
    def _command(self) -> list[str]:
        return [str(self._tools / "bin" / "asterisk"), "-C", str(self._folder / "etc" / "asterisk.conf")]

    def _configure(self) -> None:
        etc, site, own = self._folder / "etc", self._folder / "etc" / "site", self._folder / "var"
        for folder in (site, own, self.recordings):
            folder.mkdir(parents=True)
        for file in CONFIGURATION.glob("*.conf"):
            shutil.copy(file, etc)
        for name in OTHER_FILES:
            (etc / f"{name}.conf").touch()
        folders = {
            "astetcdir": etc,
            "astmoddir": self._tools / "modules",
            "astdatadir": self._tools / "share",
            **dict.fromkeys(
                ("astvarlibdir", "astdbdir", "astkeydir", "astagidir", "astspooldir", "astrundir", "astlogdir"), own
            ),
        }
        (etc / "asterisk.conf").write_text(
            "[directories]\n" + "".join(f"{name} => {folder}\n" for name, folder in folders.items()) + "[options]\n"
        )
        (etc / "logger.conf").write_text(
            f"[logfiles]\n{self._folder}/messages.log => notice,warning,error,verbose(3)\n"
        )
        sites = self.sites
        (site / "modules.conf").write_text("load = app_mixmonitor.so\nload = format_wav.so\n")
        (site / "rtp.conf").write_text("rtpstart = 17000\nrtpend = 17400\n")
        (site / "pjsip.conf").write_text(
            f"[transport-udp](+)\nbind = 127.0.0.1:{sites.sip}\n"
            "[carrier](+type=endpoint)\ncontext = recorded\n"
            f"[carrier](+type=aor)\ncontact = sip:127.0.0.1:{sites.carrier}\n"
            "[carrier-address](+)\nmatch = 127.0.0.1\n"
            f"[person](+type=aor)\ncontact = sip:person@127.0.0.1:{sites.person}\n"
        )
        secure = "s" if sites.tls else ""
        (site / "websocket_client.conf").write_text(
            f"[voicebot](+)\nuri = ws{secure}://localhost:{sites.gateway}/asterisk\npassword = {sites.secret}\n"
            + (f"tls_enabled = yes\nca_list_file = {sites.tls}/ca.pem\n" if sites.tls else "")
            + (f"cert_file = {sites.tls}/exchange.pem\n" if sites.certified else "")
            + (f"priv_key_file = {sites.tls}/exchange.key\n" if sites.certified else "")
        )
        (site / "extensions.conf").write_text(
            f"[globals](+)\nVOICEBOT_SECRET = {sites.secret}\n"
            "VOICEBOT_CALL_BACK_PAUSE = 1\nVOICEBOT_RING_SECONDS = 4\nVOICEBOT_CALLED_BACK = called-back-recorded\n"
            f"VOICEBOT_HTTP = http{secure}://localhost:{sites.gateway}\n"
            f"VOICEBOT_AUDIOSOCKET = 127.0.0.1:{sites.audiosocket}\n"
            + (f"VOICEBOT_CA = {sites.tls}/ca.pem\n" if sites.tls else "")
            + (f"VOICEBOT_CERTIFICATE = {sites.tls}/exchange.pem\n" if sites.certified else "")
            + (f"VOICEBOT_KEY = {sites.tls}/exchange.key\n" if sites.certified else "")
            + _wide()
            + RECORDED.format(folder=self.recordings)
            + "".join(
                f' same => n,GotoIf($["${{EXTEN}}" = "{number}"]?{context},${{EXTEN}},1)\n'
                for number, context in ROUTES.items()
            )
        )


def _wide() -> str:
    """The context of the bot, with media of 16 kHz."""
    dialplan = (CONFIGURATION / "extensions.conf").read_text()
    context = dialplan.partition("[voicebot]")[2].partition("\n[")[0]
    assert "c(slin)" in context
    return "[voicebot-wide]" + context.replace("c(slin)", "c(slin16)") + "\n"
