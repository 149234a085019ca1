// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading.Tasks;

namespace Denali.Dev;

/// <summary>A test project and the executable that it was built to.</summary>
internal sealed class TestProject
{
    private const int LogTailLines = 30;
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(10);

    // In its project file: its tests neither measure time nor need all cores.
    private const string Sharing = "<SharesMachine>true</SharesMachine>";

    private TestProject(string root, string name)
    {
        Name = name;
        Executable = Path.Combine(root, "artifacts", "bin", name, "release", name);
        string file = Path.Combine(root, "tests", name, name + ".csproj");
        SharesMachine = File.Exists(file) && File.ReadAllText(file).Contains(Sharing, StringComparison.Ordinal);
    }

    /// <summary>The project's name.</summary>
    public string Name { get; }

    /// <summary>Full path of the executable.</summary>
    public string Executable { get; }

    /// <summary>Whether another such project may run beside it.</summary>
    public bool SharesMachine { get; }

    /// <summary>Finds every project <c>tests/Denali.*.Tests</c>, built or not.</summary>
    /// <param name="root">The repository.</param>
    /// <returns>The projects in the order of their names.</returns>
    public static IReadOnlyList<TestProject> Discover(string root) =>
    [
        .. Directory.EnumerateDirectories(Path.Combine(root, "tests"), "Denali.*.Tests")
            .Select(folder => Path.GetFileName(folder))
            .Order(StringComparer.Ordinal)
            .Select(name => new TestProject(root, name)),
    ];

    /// <summary>Runs the project to its end or to the time limit.</summary>
    /// <param name="options">Which tests.</param>
    /// <returns>Its results.</returns>
    public TestReport Run(TestOptions options)
    {
        if (!File.Exists(Executable))
        {
            return TestReport.OfFailure(Name, $"is not built: there is no {Executable}. Is it listed in Denali.slnx?");
        }

        string folder = Path.Combine(options.Root, "artifacts", "log", "tests");
        Directory.CreateDirectory(folder);
        string reportPath = Path.Combine(folder, Name + ".xml");
        string logPath = Path.Combine(folder, Name + ".log");
        File.Delete(reportPath);
        return RunToEnd(options, reportPath, logPath);
    }

    private TestReport RunToEnd(TestOptions options, string reportPath, string logPath)
    {
        using Process process = Start(options, reportPath);
        using PosixSignalRegistration interrupt =
            PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => process.Kill(entireProcessTree: true));
        using PosixSignalRegistration terminate =
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => process.Kill(entireProcessTree: true));
        using StreamWriter log = new(logPath);
        Task[] pumps = [Pump(process.StandardOutput, log), Pump(process.StandardError, log)];
        process.StandardInput.Close();

        bool ended = process.WaitForExit(options.ProjectLimit);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(s_drainLimit);
        }

        bool drained = Task.WaitAll(pumps, s_drainLimit);
        lock (log)
        {
            log.Flush();
        }

        if (!ended)
        {
            return TestReport.OfFailure(
                Name, $"did not end within {options.ProjectLimit}; it last said:\n{Tail(logPath)}");
        }

        TestReport report = TestReport.Read(Name, reportPath, process.ExitCode);
        if (!File.Exists(reportPath))
        {
            report = TestReport.OfFailure(Name, $"{report.Failed[0].Detail}; it last said:\n{Tail(logPath)}");
        }

        return drained ? report : report.WithFailure(Name, "left a process behind that still holds its output");
    }

    private Process Start(TestOptions options, string reportPath)
    {
        ProcessStartInfo start = new(Executable, options.RunnerArguments(reportPath))
        {
            WorkingDirectory = options.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DENALI_QUICK");
        start.Environment.Remove("DENALI_SOAK");
        if (options.Quick)
        {
            start.Environment["DENALI_QUICK"] = "1";
        }

        if (options.Soak)
        {
            start.Environment["DENALI_SOAK"] = "1";
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{Executable} did not start");
    }

    private static async Task Pump(StreamReader from, StreamWriter to)
    {
        while (await from.ReadLineAsync() is { } line)
        {
            lock (to)
            {
                to.WriteLine(line);
            }
        }
    }

    private static string Tail(string path) => string.Join('\n', File.ReadLines(path).TakeLast(LogTailLines));
}
