// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;

namespace Denali.Bench.Peers;

/// <summary>A process that says a word on its standard output when it is ready, and then waits.</summary>
internal sealed class PeerProcess : IDisposable
{
    /// <summary>The word.</summary>
    internal const string Word = "ready";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ManualResetEventSlim _ready = new();
    private readonly Lock _lock = new();
    private string _said = "";

    internal PeerProcess(string program, IEnumerable<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += OnText;
        _process.ErrorDataReceived += OnText;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        if (!_ready.Wait(s_patience))
        {
            Dispose();
            throw new IOException(
                $"{Path.GetFileName(program)} was not ready after {s_patience.TotalSeconds} s; it said: {_said}");
        }
    }

    /// <summary>Finds a program on the search path.</summary>
    /// <returns>Its path; null if it is not there.</returns>
    internal static string? Find(string name) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        // Its last words are read before this returns: nobody sets the signal any more.
        _process.WaitForExit();
        _process.Dispose();
        _ready.Dispose();
    }

    private void OnText(object sender, DataReceivedEventArgs e)
    {
        const int EnoughToTell = 300;
        if (e.Data is null)
        {
            return;
        }

        lock (_lock)
        {
            _said = _said.Length < EnoughToTell ? $"{_said} {e.Data}" : _said;
        }

        if (e.Data.Contains(Word, StringComparison.Ordinal))
        {
            _ready.Set();
        }
    }
}
