// SPDX-License-Identifier: MIT
using System.CommandLine;

namespace Denali.Cli;

/// <summary>The commands that say why something takes what it takes, and their options.</summary>
internal static class ExplainCommands
{
    /// <summary>Describes them.</summary>
    internal static Command Create() => new("explain", "Say why something takes what it takes.") { Pages() };

    private static Command Pages()
    {
        var directory = new Argument<string>("directory")
        {
            Description = "The site to serve (default: the demo site hello)",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var path = new Option<string>("--path") { Description = "What is asked for (default /)" };
        var requests = new Option<int>("--requests")
        {
            Description = "How often it is asked for, each time on a new connection",
            DefaultValueFactory = _ => 1,
        };
        var command = new Command(
            "pages",
            "Serve a site from a VM of a template, and list the pages of memory that are its own after a request: "
                + "address, bytes that differ, where it lies, what differs.")
        {
            directory, path, requests,
        };
        command.SetAction(result => ExplainPagesCommand.Execute(
            result.GetValue(directory), result.GetValue(path) ?? "/", result.GetValue(requests)));
        return command;
    }
}
