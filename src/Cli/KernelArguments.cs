// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using Denali.Control.Api;
using Denali.Control.Sites;

namespace Denali.Cli;

/// <summary>The options that say which kernel is meant, or how the one that starts is called.</summary>
internal sealed class KernelArguments
{
    /// <summary>The kernel's name if none is given.</summary>
    private const string DefaultName = "denali";

    private readonly Option<string> _name = new("--name")
    {
        Description = $"The kernel's name, for those who run several (default: {DefaultName})",
    };

    private readonly Option<string> _socket = new("--socket")
    {
        Description = "PATH of the kernel's local socket instead of one in the user's own folder",
        HelpName = "PATH",
    };

    /// <summary>Gives a command the options.</summary>
    internal void AddTo(Command command)
    {
        command.Add(_name);
        command.Add(_socket);
    }

    /// <summary>Whether one of them was given.</summary>
    internal bool IsGiven(ParseResult result) =>
        result.GetValue(_name) is not null || result.GetValue(_socket) is not null;

    /// <summary>The socket of the kernel that starts.</summary>
    internal string PathToTake(ParseResult result) => PathGiven(result) ?? PathOf(DefaultName);

    /// <summary>The name of the kernel that starts, or null if it has the usual one.</summary>
    internal string? NameGiven(ParseResult result) =>
        result.GetValue(_name) is { } name && name != DefaultName ? name : null;

    /// <summary>Makes a client of the kernel that is meant: the one that is named, or the only one that runs.</summary>
    /// <exception cref="UsageException">There is none, or more than one.</exception>
    internal ApiClient Connect(ParseResult result)
    {
        if (PathGiven(result) is { } path)
        {
            return new ApiClient(path);
        }

        IReadOnlyList<string> living = KernelSocket.FindLiving(UserFolders.Runtime);
        return living.Count switch
        {
            0 => throw new UsageException(
                $"no kernel runs (there is no socket in {UserFolders.Runtime}): start one with denali up"),
            1 => new ApiClient(living[0]),
            _ => throw new UsageException(
                "several kernels run: say which one with --name, "
                + string.Join(" or ", living.Select(Path.GetFileNameWithoutExtension))),
        };
    }

    private static string PathOf(string name) => Path.Combine(UserFolders.Runtime, name + KernelSocket.Extension);

    private string? PathGiven(ParseResult result)
    {
        if (result.GetValue(_socket) is { } path)
        {
            return result.GetValue(_name) is null
                ? path
                : throw new UsageException("--name and --socket both say where the socket is: give one of them");
        }

        if (result.GetValue(_name) is not { } name)
        {
            return null;
        }

        return SiteName.IsValid(name)
            ? PathOf(name)
            : throw new UsageException($"'{name}' is not a name for a kernel: use letters, digits and hyphens");
    }
}
