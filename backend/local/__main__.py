"""Let make start us."""

import signal
import sys


def main(arguments: list[str]) -> int:
    """Carry out one command; what a person can put right is a sentence, not a traceback."""
    # In the first moments Ctrl-C ends us at once: raised while modules are imported, it may get lost.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from backend.local import launch, programs  # noqa: PLC0415
    from backend.local.voice import Trouble, say  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        match arguments:
            case ["run"]:
                launch.run()
            case ["with", *command] if command:
                return launch.run_beside(command)
            case ["reset"]:
                launch.reset()
            case ["debian"]:
                programs.fetch_from_debian()
            case _:
                say("Say what to do: run, with COMMAND…, reset or debian.")
                return 2
    except Trouble as trouble:
        say(str(trouble))
        return 1
    except PermissionError as error:
        say(f"No right to use {error.filename}: run as the user who owns it, or give it to yourself.")
        return 1
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
