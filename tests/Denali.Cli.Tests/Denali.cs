// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kvm;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>The command as a process of its own, as a user starts it.</summary>
internal sealed class Denali : IDisposable
{
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly Task _outputEnd;
    private readonly Task<string> _errors;
    private readonly string _runtime;

    private Denali(ProcessStartInfo start, string runtime)
    {
        _runtime = runtime;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        _outputEnd = ReadOutput();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    /// <summary>The executable, beside this one in the folder of built projects.</summary>
    internal static string Executable { get; } = Path.GetFullPath(Path.Combine(
        AppContext.BaseDirectory, "..", "..", "denali",
        Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "denali"));

    internal StreamWriter Input => _process.StandardInput;

    /// <summary>What it has printed until now.</summary>
    internal string OutputSoFar
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    /// <summary>Its memory that is in RAM.</summary>
    internal long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Skips a test that runs guests where there is no KVM.</summary>
    internal static void NeedsKvm() =>
        Assert.SkipUnless(File.Exists(KvmSystem.DefaultPath), "there is no /dev/kvm on this machine");

    /// <summary>Starts the command.</summary>
    internal static Denali Start(IEnumerable<string> arguments, params (string Name, string Value)[] environment) =>
        StartProgram(Executable, arguments, environment);

    /// <summary>Runs the command to its end, without input.</summary>
    internal static Result Run(params string[] arguments) => RunWith([], arguments);

    internal static Result RunWith((string Name, string Value)[] environment, params string[] arguments)
    {
        using Denali command = Start(arguments, environment);
        command.Input.Close();
        return command.WaitForEnd();
    }

    /// <summary>Starts a line of shell, in which <c>$denali</c> is the command.</summary>
    internal static Denali StartShell(string line) =>
        StartProgram("/bin/bash", ["-c", line], [("denali", Executable)]);

    /// <summary>Starts the command on a terminal of its own, whose keys are <see cref="Input"/>.</summary>
    internal static Denali StartOnTerminal(string arguments, params (string Name, string Value)[] environment)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "there is no script command: install the package bsdutils");
        return StartProgram(
            "/usr/bin/script", ["-q", "-f", "-e", "-c", $"stty cols 160; exec '{Executable}' {arguments}", "/dev/null"],
            environment);
    }

    /// <summary>Runs a line of shell, in which <c>$denali</c> is the command.</summary>
    internal static Result RunShell(string line)
    {
        using Denali shell = StartShell(line);
        shell.Input.Close();
        return shell.WaitForEnd();
    }

    /// <summary>Waits until the output contains a text.</summary>
    internal void WaitForOutput(string text)
    {
        lock (_output)
        {
            long start = Stopwatch.GetTimestamp();
            while (!_output.ToString().Contains(text, StringComparison.Ordinal))
            {
                TimeSpan left = Limit - Stopwatch.GetElapsedTime(start);
                Assert.True(left > TimeSpan.Zero && !_outputEnd.IsCompleted, $"no '{text}' in the output: {_output}");
                Monitor.Wait(_output, left);
            }
        }
    }

    /// <summary>Sends a signal, such as INT.</summary>
    internal void Signal(string name)
    {
        string id = _process.Id.ToString(CultureInfo.InvariantCulture);
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{name} {id}"]);
        Assert.True(kill.WaitForExit(Limit));
        Assert.Equal(0, kill.ExitCode);
    }

    /// <summary>Kills it at once, unless it has just ended by itself.</summary>
    internal void Kill() => _process.Kill();

    /// <summary>How it ended, if it did within a moment.</summary>
    internal Result? IfEnded() => _process.WaitForExit(TimeSpan.FromMilliseconds(200)) ? WaitForEnd() : null;

    /// <summary>Waits for the end; a command that does not end is killed and fails the test.</summary>
    internal Result WaitForEnd()
    {
        bool ended = _process.WaitForExit(Limit);
        if (!ended)
        {
            _process.Kill(entireProcessTree: true);
        }

        Assert.True(Task.WaitAll([_outputEnd, _errors], Limit), "somebody holds the output");
        Assert.True(ended, $"the command did not end within {Limit}; it said: {_output}{_errors.Result}");
        return new Result(_process.ExitCode, _output.ToString(), _errors.Result);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        Directory.Delete(_runtime, recursive: true);
    }

    private static Denali StartProgram(
        string program, IEnumerable<string> arguments, (string Name, string Value)[] environment)
    {
        Assert.True(File.Exists(program), $"there is no {program}");
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Kernels of tests that run at once are not each other's, and never the user's.
        string runtime = Directory.CreateTempSubdirectory("denali-run-").FullName;
        start.Environment["XDG_RUNTIME_DIR"] = runtime;
        start.Environment["XDG_STATE_HOME"] = Path.Combine(runtime, "state");
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new Denali(start, runtime);
    }

    private async Task ReadOutput()
    {
        char[] buffer = new char[4096];
        int count;
        do
        {
            count = await _process.StandardOutput.ReadAsync(buffer).ConfigureAwait(false);
            lock (_output)
            {
                _output.Append(buffer, 0, count);
                Monitor.PulseAll(_output);
            }
        }
        while (count > 0);
    }

    /// <summary>How the command ended and what it said.</summary>
    internal sealed record Result(int ExitCode, string Output, string Errors)
    {
        /// <summary>A refusal is one line that begins with the command's name, and nothing else.</summary>
        internal void AssertRefused(string part, int exitCode = ExitStatus.Usage)
        {
            Assert.Equal("", Output);
            string line = Assert.Single(Errors.TrimEnd('\n').Split('\n'));
            Assert.StartsWith("denali: ", line, StringComparison.Ordinal);
            Assert.Contains(part, line, StringComparison.Ordinal);
            Assert.EndsWith("\n", Errors, StringComparison.Ordinal);
            Assert.Equal(exitCode, ExitCode);
        }

        /// <summary>The guest's output is all that was said.</summary>
        internal void AssertPrinted(string output, int exitCode = 0)
        {
            Assert.Equal("", Errors);
            Assert.Equal(output, Output);
            Assert.Equal(exitCode, ExitCode);
        }
    }
}
