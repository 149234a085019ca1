// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using Xunit;

namespace Denali.Repo.Tests;

/// <summary>The formatter would change nothing.</summary>
public sealed class FormatTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("whitespace")]
    [InlineData("style")]
    [Trait("Speed", "Slow")]
    public void Format_ChangesNothing(string part)
    {
        (int exitCode, string output) = Run("format", part, "Denali.slnx", "--verify-no-changes", "--no-restore");
        Assert.True(exitCode == 0, output);
    }

    private static (int ExitCode, string Output) Run(params string[] arguments)
    {
        string dotnet = Path.Combine(Environment.GetEnvironmentVariable("DOTNET_ROOT") ?? "", "dotnet");
        ProcessStartInfo start = new(File.Exists(dotnet) ? dotnet : "dotnet", arguments)
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(s_limit), $"dotnet {arguments[1]} did not end within {s_limit}");
        return (process.ExitCode, output + errors.Result);
    }
}
