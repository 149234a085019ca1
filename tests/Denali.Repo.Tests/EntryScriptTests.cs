// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace Denali.Repo.Tests;

/// <summary>
/// Goal: <c>./denali</c> builds exactly what is stale, once, and gets out of the way. Method: the script runs in a
/// small copy of the tree with a stand-in for dotnet that notes what it is asked to build and makes the results.
/// </summary>
public sealed class EntryScriptTests : IDisposable
{
    private const string Host = "publish src/Cli";
    private const string Guests = "build guest/Guests.proj";
    private const string TestGuests = "build tests/Guests/Guests.proj";
    private const string Tests = "build Denali.slnx";
    private const string Bench = "build bench/Denali.Bench";

    private const string Dotnet = """
        #!/bin/bash
        if [ "$1" = --version ]; then [ ! -e ../wrong-version ]; exit; fi
        echo "$1 $2" >> ../builds
        if [ -e ../gate ]; then read -r _ < ../gate; fi
        if [ -e ../broken ]; then echo "x.cs(1,2): error CS0000: broken"; exit 1; fi
        case $2 in
            src/Cli) result=artifacts/publish/denali/release/denali ;;
            guest/Guests.proj | tests/Guests/Guests.proj) mkdir -p artifacts/guests; exit ;;
            bench/Denali.Bench) result=artifacts/bin/Denali.Bench/release/Denali.Bench ;;
            Denali.slnx) result=artifacts/bin/Denali.Dev/release/Denali.Dev ;;
        esac
        mkdir -p "${result%/*}"
        printf '#!/bin/sh\necho "%s in $PWD:" "$@"\nexit 7\n' "${result##*/}" > "$result"
        chmod +x "$result"
        """;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public EntryScriptTests()
    {
        _folder.WriteScript("bin/dotnet", Dotnet);
        _folder.WriteScript("tree/denali", Repository.Read("denali"));
        foreach (string path in (string[])
            ["src/Cli/A.cs", "src/Hardware/B.cs", "guest/Apps/C.cs", "tests/Guests/d/D.cs", "tests/Denali.E.Tests/E.cs",
                "bench/Denali.Bench/F.cs", "eng/src.globalconfig", "eng/Dev/G.cs", "docs/README.md", "global.json"])
        {
            _folder.Write("tree/" + path, "x");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FirstStart_BuildsThenRunsWithArguments()
    {
        (int exitCode, string output, string errors) = Start("/", "run", "hello", "two words");
        Assert.Equal(7, exitCode);
        Assert.Equal("denali in /: run hello two words\n", output);
        Assert.Equal("", errors);
        Assert.Equal([Guests, Host], Builds());
    }

    [Fact]
    public void SecondStart_BuildsNothing()
    {
        Start("/", "run");
        Start("/", "run");
        Start("/", "doctor");
        Assert.Equal([Guests, Host], Builds());
    }

    [Theory]
    [InlineData("doctor", Host)]
    [InlineData("--version", Host)]
    [InlineData("run", Guests + "," + Host)]
    [InlineData("test", Guests + "," + TestGuests + "," + Tests)]
    [InlineData("bench", Guests + "," + Host + "," + Bench)]
    public void Command_BuildsWhatItNeeds(string command, string builds)
    {
        Start("/", command);
        Assert.Equal(builds.Split(','), Builds());
    }

    [Theory]
    [InlineData("src/Cli/A.cs", Host)]
    [InlineData("src/Hardware/B.cs", Guests + "," + Host)]
    [InlineData("guest/Apps/C.cs", Guests)]
    [InlineData("tests/Guests/d/D.cs", "")]
    [InlineData("eng/src.globalconfig", Host)]
    [InlineData("global.json", Guests + "," + Host)]
    [InlineData("Directory.Build.targets", Host)]
    [InlineData("src/New/New.cs", Host)]
    [InlineData("docs/README.md", "")]
    [InlineData("tests/Denali.E.Tests/E.cs", "")]
    public void ChangedFile_BuildsWhatDependsOnIt(string path, string builds)
    {
        Start("/", "run");
        _folder.Write("tree/" + path, "changed");
        Start("/", "run");
        Start("/", "run");
        Assert.Equal(builds.Split(',', StringSplitOptions.RemoveEmptyEntries), Builds().Skip(2));
    }

    [Theory]
    [InlineData("src/Cli/A.cs", Host)]
    [InlineData("guest/Apps/C.cs", Guests)]
    [InlineData("eng/src.globalconfig", Host)]
    public void DeletedFile_BuildsWhatDependedOnIt(string path, string build)
    {
        Start("/", "run");
        File.Delete(_folder.PathOf("tree/" + path));
        Start("/", "run");
        Assert.Equal([Guests, Host, build], Builds());
    }

    [Fact]
    public void OldFileMovedIn_Builds()
    {
        Start("/", "run");
        _folder.Write("old.cs", "x");
        File.SetLastWriteTimeUtc(_folder.PathOf("old.cs"), DateTime.UnixEpoch);
        File.Move(_folder.PathOf("old.cs"), _folder.PathOf("tree/src/Cli/Old.cs"));
        Start("/", "run");
        Assert.Equal([Guests, Host, Host], Builds());
    }

    [Fact]
    public void MissingResult_IsBuiltAgain()
    {
        Start("/", "doctor");
        File.Delete(_folder.PathOf("tree/artifacts/publish/denali/release/denali"));
        Assert.Equal(7, Start("/", "doctor").ExitCode);
        Assert.Equal([Host, Host], Builds());
    }

    [Fact]
    public void FailedBuild_ShowsErrorsAndIsTriedAgain()
    {
        _folder.Write("broken", "");
        (int exitCode, string output, string errors) = Start("/", "doctor");
        Assert.Equal(1, exitCode);
        Assert.Equal("", output);
        Assert.Contains("x.cs(1,2): error CS0000: broken", errors, StringComparison.Ordinal);
        File.Delete(_folder.PathOf("broken"));
        Assert.Equal(7, Start("/", "doctor").ExitCode);
        Assert.Equal([Host, Host], Builds());
    }

    [Fact]
    public void WrongSdk_OneLineNamesTheCure()
    {
        _folder.Write("wrong-version", "");
        (int exitCode, _, string errors) = Start("/", "doctor");
        Assert.Equal(2, exitCode);
        Assert.Contains("install it", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TwoStartsAtOnce_BuildOnce()
    {
        // The first build waits at the gate until the second start is under way.
        using (Process fifo = Process.Start("mkfifo", [_folder.PathOf("gate")]))
        {
            Assert.True(fifo.WaitForExit(s_limit));
        }

        Task<(int ExitCode, string Output, string Errors)> first = StartAsync("/", "doctor");
        await using (FileStream gate = new(_folder.PathOf("gate"), FileMode.Open, FileAccess.Write))
        {
            // Opening returned, so the first start stands at the gate.
            Task<(int ExitCode, string Output, string Errors)> second = StartAsync("/", "doctor");
            gate.WriteByte((byte)'\n');
            gate.Close();
            Assert.Equal(7, (await first).ExitCode);
            Assert.Equal(7, (await second).ExitCode);
        }

        Assert.Equal([Host], Builds());
    }

    private IEnumerable<string> Builds() => File.ReadLines(_folder.PathOf("builds"));

    private (int ExitCode, string Output, string Errors) Start(string folder, params string[] arguments) =>
        StartAsync(folder, arguments).GetAwaiter().GetResult();

    private async Task<(int ExitCode, string Output, string Errors)> StartAsync(
        string folder, params string[] arguments)
    {
        ProcessStartInfo start = new(_folder.PathOf("tree/denali"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{_folder.PathOf("bin")}:{start.Environment["PATH"]}";
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(s_limit);
        return (process.ExitCode, await output, await errors);
    }
}
