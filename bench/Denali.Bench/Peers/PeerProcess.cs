// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Bench.Peers;

/// <summary>A process that says a word on its standard output when it is ready, and then waits.</summary>
internal sealed class PeerProcess : IPeerInstance
{
    /// <summary>The word.</summary>
    internal const string Word = "ready";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly TaskCompletionSource _ready = new();
    private readonly Lock _lock = new();
    private string _said = "";

    internal PeerProcess(string program, IEnumerable<string> arguments)
    {
        try
        {
            _process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception e)
        {
            throw new IOException($"{program} cannot be started: {e.Message}", e);
        }

        _process.Exited += (_, _) => _ready.TrySetResult();
        _process.EnableRaisingEvents = true;
        _process.OutputDataReceived += OnText;
        _process.ErrorDataReceived += OnText;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        bool isTold = _ready.Task.Wait(s_patience);
        if (!isTold || _process.HasExited)
        {
            string what = isTold ? "ended" : $"was not ready after {s_patience.TotalSeconds} s";
            Dispose();
            throw new IOException($"{Path.GetFileName(program)} {what}; it said:{_said}");
        }
    }

    public int? ProcessId => _process.Id;

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

        _process.WaitForExit();
        _process.Dispose();
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
            _ = _ready.TrySetResult();
        }
    }
}
