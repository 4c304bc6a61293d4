"""envdoctor completion: how does TAB complete commands, options and their values in this shell?"""

from __future__ import annotations

import click

from ..words import say
from . import HEALTHY, Command, spoken

SHELLS = ("bash", "zsh", "fish", "powershell")

#: Click has one for PowerShell from 8.5 on only, and this house lives with 8.0; the protocol is that of bash, which
#: all of them speak.  Where nothing is offered (paths, names), PowerShell goes on to complete file names by itself.
POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName @('envdoctor', 'envdoctor.exe') -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
        ForEach-Object { $_.Extent.Text })
    $place = $words.Count
    if ($wordToComplete) { $place = $place - 1 }
    $program = $commandAst.GetCommandName()
    try {
        $env:_ENVDOCTOR_COMPLETE = 'bash_complete'
        $env:COMP_WORDS = $words -join ' '
        $env:COMP_CWORD = "$place"
        $offered = @(& $program 2>$null)
    } finally {
        Remove-Item -Path 'Env:_ENVDOCTOR_COMPLETE', 'Env:COMP_WORDS', 'Env:COMP_CWORD' -ErrorAction SilentlyContinue
    }
    foreach ($line in $offered) {
        $kind, $value = "$line".Trim() -split ',', 2
        if ($kind -eq 'plain') {
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $value)
        }
    }
}
"""


def script(shell: str) -> str:
    """What the shell has to read once."""
    if shell == "powershell":
        return POWERSHELL
    from click.shell_completion import ShellComplete, get_completion_class

    complete = get_completion_class(shell)
    assert complete is not None, shell
    # Not complete.source(): for bash that starts a bash to ask for its version, and there may be none on this PATH.
    return ShellComplete.source(complete(click.Command("envdoctor"), {}, "envdoctor", "_ENVDOCTOR_COMPLETE"))


@click.command(
    "completion",
    cls=Command,
    help=say("editors.help-completion", spoken()),
    epilog=say("editors.help-completion-examples", spoken()),
)
@click.argument("shell", metavar="SHELL", type=click.Choice(SHELLS))
def command(shell: str) -> int:
    from . import _console

    _console.deliver(script(shell), None)
    return HEALTHY
