"""`voicebot call`: a call on this machine."""

from __future__ import annotations

import asyncio
import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.places import HOME
from bot.settings import Settings, load

DEMO = HOME / "calls" / "demo.yml"


def call(
    caller: Annotated[str | None, typer.Option(help="The calling phone number.")] = None,
    headphones: Annotated[bool, typer.Option("--headphones", help="Listen while the bot speaks.")] = False,
    or_demo: Annotated[
        bool, typer.Option("--or-demo", help="Without a microphone, play the scripted demo call instead.")
    ] = False,
    report: Annotated[Path, typer.Option(help="Where the demo call's report goes.")] = HOME / "var" / "report",
) -> None:
    """Hold a call on this machine's microphone and speaker; the keyboard is the keypad."""
    from bot.accounts.phones import normalise
    from bot.channels.microphone import microphone_available
    from bot.errors import VoicebotError

    settings = load()
    if caller:
        normalise(caller)
        settings = dataclasses.replace(settings, caller=caller)
    why_not = microphone_available()
    if why_not is None:
        asyncio.run(_on_microphone(settings, headphones))
    elif or_demo:
        print(f"No call on the microphone: {why_not}\nPlaying the scripted demo call instead.\n", file=sys.stderr)
        asyncio.run(_demo(settings, report))
        offer_web_phone(settings)
    else:
        raise VoicebotError(f"{why_not}; or try the demo call: voicebot call --or-demo")


async def _on_microphone(settings: Settings, headphones: bool) -> None:
    from bot.assembly import open_voicebot
    from bot.channels.microphone import MicrophoneChannel
    from bot.commands.call_screen import CallScreen
    from bot.commands.view import TerminalView, libraries_quiet

    screen = CallScreen(settings.no_input_seconds, hears_over_prompt=headphones, keyboard=sys.stdin.isatty())
    channel = MicrophoneChannel(settings.caller or None, headphones=headphones)
    view = TerminalView(screen, channel.level)
    channel.complain = view.complain
    async with view:
        with view.processes_shown():
            bot = await open_voicebot(settings, [channel.rate], view.progress, loaded=view.loaded)
        try:
            with libraries_quiet():
                await bot.answer(channel, view.watch, tap=view.tap)
        finally:
            await bot.close()


async def _demo(settings: Settings, report: Path) -> None:
    from bot.assembly import open_voicebot
    from bot.audio.level import LevelMeter
    from bot.commands.call_screen import CallScreen
    from bot.commands.view import TerminalView
    from bot.events import RATE, Frame
    from bot.simulation.caller_script import load_script
    from bot.simulation.run import simulate_call
    from bot.tap import RoomEvent

    meter = LevelMeter(RATE)
    view = TerminalView(CallScreen(settings.no_input_seconds, keyboard=False), lambda: meter.level)

    def tap(at: float, event: RoomEvent) -> None:
        if isinstance(event, Frame):
            meter.feed(event.samples)
        view.tap(at, event)

    async with view:
        with view.processes_shown():
            bot = await open_voicebot(settings, [RATE], view.progress, loaded=view.loaded)
        try:
            script, real_time = load_script(DEMO), sys.stdout.isatty()
            result = await simulate_call(bot, script, [view.watch], taps=[tap], real_time=real_time)
        finally:
            await bot.close()
    files = result.write_report(report)
    print("\nThis call lies in")
    for file in files:
        print(f"  {file}")
    if not result.passed:
        raise typer.Exit(1)


def offer_web_phone(settings: Settings) -> None:
    """Say how to talk to the bot without a sound card. To a person at a terminal it is opened, until Ctrl-C."""
    from bot.gateway.auth import open_auth
    from bot.gateway.serving import has_web_phone, serve, web_phone_at

    if not has_web_phone(settings, open_auth(settings)):
        return
    address, port = web_phone_at(settings), settings.port
    elsewhere = f"from another computer, first: ssh -L {port}:127.0.0.1:{port} THIS-MACHINE"
    if not sys.stdout.isatty():
        print(f"\nTo talk to it yourself, run `voicebot serve` and open {address} in a browser\n({elsewhere})")
        return
    print(f"\nTo talk to it yourself, open {address} in a browser when it is ready; Ctrl-C ends it\n({elsewhere})")
    asyncio.run(serve(settings, lambda text: print(f"voicebot: {text}", file=sys.stderr, flush=True)))
