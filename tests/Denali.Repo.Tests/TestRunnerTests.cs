// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Denali.Dev;
using Xunit;

namespace Denali.Repo.Tests;

/// <summary>The test runner believes whole reports and nothing else.</summary>
public sealed class TestRunnerTests : IDisposable
{
    private const string Good = """
        <assemblies><assembly passed="1" failed="0" skipped="1" not-run="1"><collection>
        <test name="A.B" result="Pass"/><test name="A.C" result="Skip"><reason>no KVM</reason></test>
        <test name="A.D" result="NotRun"/></collection></assembly></assemblies>
        """;

    private const string Failing = """
        <assemblies><assembly passed="0" failed="1" skipped="0" not-run="0"><collection>
        <test name="A.B" result="Fail"><failure><message>wrong</message><stack-trace>at A.B</stack-trace></failure>
        <output>seen</output></test></collection></assembly></assemblies>
        """;

    private const string Error = """
        <assemblies><assembly passed="0" failed="0" skipped="0" not-run="0"><errors>
        <error type="assembly-cleanup"><failure><message>leaked</message></failure></error></errors>
        </assembly></assemblies>
        """;

    // What a test project's executable does with "-xml PATH".
    private const string FindReport =
        "#!/bin/bash\nwhile [ \"$1\" != -xml ]; do shift; done\nreport=$2\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Report_Good_IsCounted()
    {
        TestReport report = Read(Good, exitCode: 0);
        Assert.Equal(1, report.Passed);
        Assert.Empty(report.Failed);
        Assert.Equal([("A.C", "no KVM")], report.Skipped);
    }

    [Fact]
    public void Report_Failing_IsShownInFull()
    {
        (string name, string detail) = Assert.Single(Read(Failing, exitCode: 1).Failed);
        Assert.Equal("A.B", name);
        Assert.Equal("wrong\nat A.B\nOutput:\nseen", detail);
    }

    [Fact]
    public void Report_ErrorOutsideOfTests_IsAFailure() =>
        Assert.Equal([("P: assembly-cleanup", "leaked")], Read(Error, exitCode: 1).Failed);

    [Theory]
    [InlineData("", 0)]
    [InlineData("<assemblies>", 0)]
    [InlineData("<assemblies/>", 0)]
    [InlineData("<other/>", 0)]
    [InlineData("<assemblies><assembly passed=\"1\"/></assemblies>", 0)]
    [InlineData("<assemblies><assembly passed=\"2\" failed=\"0\" skipped=\"0\" not-run=\"0\"/></assemblies>", 0)]
    [InlineData(Good, 1)]
    [InlineData(Good, 134)]
    [InlineData(Failing, 0)]
    public void Report_BrokenOrContradicted_IsAFailure(string text, int exitCode) =>
        Assert.Contains(Read(text, exitCode).Failed, failure => failure.Name == "P");

    [Fact]
    public void Report_Missing_IsAFailure() =>
        Assert.Single(TestReport.Read("P", _folder.PathOf("none.xml"), exitCode: 0).Failed);

    [Fact]
    public void Project_WithReport_IsRead()
    {
        Project("P", $"{FindReport}cat > \"$report\" <<'END'\n{Good}\nEND\n");
        Assert.Equal(1, RunOnly(TimeSpan.FromMinutes(1)).Passed);
    }

    [Fact]
    public void Project_Crashed_IsAFailureWithItsLastWords()
    {
        Project("P", "#!/bin/sh\necho last words\nkill -ABRT $$\n");
        Assert.Contains(
            "last words", Assert.Single(RunOnly(TimeSpan.FromMinutes(1)).Failed).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Project_OldReport_IsNotBelieved()
    {
        _folder.Write("artifacts/log/tests/Denali.P.Tests.xml", Good);
        Project("P", "#!/bin/sh\nexit 0\n");
        Assert.Single(RunOnly(TimeSpan.FromMinutes(1)).Failed);
    }

    [Fact]
    public void Project_ThatDoesNotEnd_IsKilledAndAFailure()
    {
        Project("P", $"{FindReport}cat > \"$report\" <<'END'\n{Good}\nEND\nexec sleep 1000\n");
        TestReport report = RunOnly(TimeSpan.FromMilliseconds(300));
        Assert.Contains("did not end", Assert.Single(report.Failed).Detail, StringComparison.Ordinal);
        Assert.Equal(0, report.Passed);
    }

    [Fact]
    public void Project_NotBuilt_IsAFailure()
    {
        Directory.CreateDirectory(_folder.PathOf("tests/Denali.P.Tests"));
        Assert.Contains(
            "not built", Assert.Single(RunOnly(TimeSpan.FromMinutes(1)).Failed).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Session_EndsWithTheCounts()
    {
        Project("P", $"{FindReport}cat > \"$report\" <<'END'\n{Good}\nEND\n");
        Project("Q", $"{FindReport}cat > \"$report\" <<'END'\n{Failing}\nEND\nexit 1\n");
        StringWriter output = new() { NewLine = "\n" };
        Assert.Equal(1, new TestSession(Options(TimeSpan.FromMinutes(1)), output).Run());
        string[] lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal("1 passed, 1 failed, 1 skipped", lines[^1]);
        Assert.Contains("skipped: A.C: no KVM", lines);
        Assert.Contains("FAILED: A.B", lines);
    }

    [Fact]
    public void Session_ProjectsThatShareTheMachine_RunBesideEachOther()
    {
        foreach ((string own, string other) in new[] { ("P", "R"), ("R", "P") })
        {
            Project(own, $"""
                {FindReport}cd '{_folder.Root}'; touch {own}
                for i in {"{1..300}"}; do [ -e {other} ] && break; sleep 0.1; done
                [ -e {other} ] && ! [ -e Q ] && cat > "$report" <<'END'
                {Good}
                END
                """);
            _folder.Write(
                $"tests/Denali.{own}.Tests/Denali.{own}.Tests.csproj", "<SharesMachine>true</SharesMachine>");
        }

        Project("Q", $"{FindReport}cd '{_folder.Root}'; touch Q; cat > \"$report\" <<'END'\n{Good}\nEND\n");
        StringWriter output = new() { NewLine = "\n" };

        Assert.Equal(0, new TestSession(Options(TimeSpan.FromMinutes(1)), output).Run());

        string[] lines = output.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal("3 passed, 0 failed, 3 skipped", lines[^1]);
        Assert.StartsWith("Denali.Q.Tests", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Good, 0, 0)]
    [InlineData(Failing, 1, 1)]
    [InlineData("<assemblies><assembly passed=\"0\" failed=\"0\" skipped=\"0\" not-run=\"0\"/></assemblies>", 0, 1)]
    public void Session_ExitCode(string text, int projectExitCode, int expected) =>
        Assert.Equal(expected, TestSession.Summarize([Read(text, projectExitCode)], TextWriter.Null));

    [Theory]
    [InlineData("", "-trait- Speed=Soak")]
    [InlineData("--quick", "-trait- Speed=Soak -trait- Speed=Slow")]
    [InlineData("--soak", "-trait Speed=Soak -trait Speed=Fuzz")]
    [InlineData("--filter Ring", "-trait- Speed=Soak -method *Ring*")]
    public void Options_ChooseTests(string commandLine, string expected)
    {
        Assert.True(Parse(commandLine, out TestOptions? options));
        string arguments = string.Join(' ', options!.RunnerArguments("r.xml"));
        Assert.EndsWith("-xml r.xml " + expected, arguments, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--fast")]
    [InlineData("--filter")]
    [InlineData("--quick --soak")]
    public void Options_Wrong_AreRefused(string commandLine) => Assert.False(Parse(commandLine, out _));

    private static bool Parse(string commandLine, out TestOptions? options) =>
        TestOptions.TryParse(commandLine.Split(' ', StringSplitOptions.RemoveEmptyEntries), out options, out _);

    private TestReport Read(string text, int exitCode)
    {
        _folder.Write("report.xml", text);
        return TestReport.Read("P", _folder.PathOf("report.xml"), exitCode);
    }

    private void Project(string name, string script)
    {
        Directory.CreateDirectory(_folder.PathOf($"tests/Denali.{name}.Tests"));
        _folder.WriteScript($"artifacts/bin/Denali.{name}.Tests/release/Denali.{name}.Tests", script);
    }

    private TestOptions Options(TimeSpan limit) => new() { Root = _folder.Root, ProjectLimit = limit };

    private TestReport RunOnly(TimeSpan limit) =>
        TestProject.Discover(_folder.Root).Single().Run(Options(limit));
}
