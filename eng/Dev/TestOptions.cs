// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.IO;

namespace Denali.Dev;

/// <summary>Which tests to run.</summary>
internal sealed class TestOptions
{
    public const string Usage = """
        Usage: ./denali test [--quick | --soak] [--filter NAME]
          --quick        leave out the tests marked Speed=Slow; short property tests
          --soak         run only the tests marked Speed=Soak or Speed=Fuzz, for long
          --filter NAME  run only the tests whose full name contains NAME
        """;

    /// <summary>The repository.</summary>
    public required string Root { get; init; }

    /// <summary>Leaves out slow tests.</summary>
    public bool Quick { get; init; }

    /// <summary>Runs the soak tests, and only them.</summary>
    public bool Soak { get; init; }

    /// <summary>Part of the full names of the tests to run, or null for all.</summary>
    public string? Filter { get; init; }

    /// <summary>How long one project may take.</summary>
    public required TimeSpan ProjectLimit { get; init; }

    /// <summary>Reads the command line.</summary>
    /// <param name="args">The arguments after <c>test</c>.</param>
    /// <param name="options">The options, if they are right.</param>
    /// <param name="error">What is wrong, if something is.</param>
    /// <returns>Whether they are right.</returns>
    public static bool TryParse(
        ReadOnlySpan<string> args, [NotNullWhen(true)] out TestOptions? options, out string error)
    {
        options = null;
        error = "";
        bool quick = false;
        bool soak = false;
        string? filter = null;
        string root = Directory.GetCurrentDirectory();
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--soak":
                    soak = true;
                    break;
                case "--filter" when i + 1 < args.Length:
                    filter = args[++i];
                    break;
                case "--root" when i + 1 < args.Length:
                    root = Path.GetFullPath(args[++i]);
                    break;
                case "--filter" or "--root":
                    error = $"{args[i]} needs a value";
                    return false;
                default:
                    error = $"unknown argument '{args[i]}'";
                    return false;
            }
        }

        if (quick && soak)
        {
            error = "--quick and --soak exclude each other";
            return false;
        }

        options = new TestOptions
        {
            Root = root,
            Quick = quick,
            Soak = soak,
            Filter = filter,
            ProjectLimit = soak ? TimeSpan.FromHours(2) : TimeSpan.FromMinutes(10),
        };
        return true;
    }

    /// <summary>The arguments for one test executable.</summary>
    /// <param name="reportPath">Where it writes its report.</param>
    /// <returns>Arguments that xunit.v3 understands.</returns>
    public IReadOnlyList<string> RunnerArguments(string reportPath)
    {
        List<string> arguments = ["-noLogo", "-noColor", "-reporter", "verbose", "-xml", reportPath];
        if (Soak)
        {
            arguments.AddRange(["-trait", "Speed=Soak", "-trait", "Speed=Fuzz"]);
        }
        else
        {
            arguments.AddRange(["-trait-", "Speed=Soak"]);
        }

        if (Quick)
        {
            arguments.AddRange(["-trait-", "Speed=Slow"]);
        }

        if (Filter is not null)
        {
            arguments.AddRange(["-method", $"*{Filter}*"]);
        }

        return arguments;
    }
}
