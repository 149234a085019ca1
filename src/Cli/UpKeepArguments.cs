// SPDX-License-Identifier: MIT
using System.CommandLine;

namespace Denali.Cli;

/// <summary>The options of <c>denali up</c> that say what is there again after a restart.</summary>
internal sealed class UpKeepArguments
{
    private readonly Option<string> _state = new("--state")
    {
        Description = "The folder in which sites and VMs are kept over a restart (default: one for each --name in "
            + "$XDG_STATE_HOME/denali or ~/.local/state/denali)",
        HelpName = "DIR",
    };

    private readonly Option<bool> _noState = new("--no-state")
    {
        Description = "Keep nothing: all ends at once, and what was kept before is neither used nor changed",
    };

    /// <summary>Gives a command the options.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_state);
        command.Add(_noState);
    }

    /// <summary>Tells the folder.</summary>
    /// <param name="result">What was written.</param>
    /// <param name="kernelName">The kernel's name, or null if it has the usual one.</param>
    /// <returns>Its path, or null if nothing is to be kept.</returns>
    /// <exception cref="UsageException">The options contradict each other.</exception>
    internal string? PathOf(ParseResult result, string? kernelName)
    {
        string? given = result.GetValue(_state);
        if (!result.GetValue(_noState))
        {
            return given is "" ? throw new UsageException("--state has no folder: name one")
                : given ?? UserFolders.StateOf(kernelName);
        }

        return given is null
            ? null
            : throw new UsageException("--state keeps sites and --no-state does not: give one of them");
    }
}
