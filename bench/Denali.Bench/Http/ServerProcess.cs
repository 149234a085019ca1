// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Tasks;
using Denali.Bench.Peers;

namespace Denali.Bench.Http;

/// <summary>A server in a process of its own, in the network namespace of a thread.</summary>
internal sealed class ServerProcess : IPeerInstance
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="home">The thread in whose namespace it is.</param>
    /// <param name="start">The command.</param>
    /// <param name="endpoint">Where it listens, as that namespace sees it.</param>
    /// <param name="host">The name of what is asked for.</param>
    internal ServerProcess(NamespaceThread home, ProcessStartInfo start, IPEndPoint endpoint, string host)
    {
        Endpoint = endpoint;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        Process? process = null;
        home.Invoke(() => process = Process.Start(start));
        _process = process!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
        try
        {
            home.Invoke(() => WaitUntilItAnswers(host));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int? ProcessId => _process.Id;

    /// <summary>Where it listens.</summary>
    internal IPEndPoint Endpoint { get; }

    /// <summary>Finds a tool.</summary>
    /// <param name="name">The command.</param>
    /// <param name="package">The Debian package that has it.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="IOException">It is not there; the message says what to install.</exception>
    internal static string Find(string name, string package) =>
        $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':')
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists)
        ?? throw new IOException($"there is no {name}: install the package {package} (apt-get install {package})");

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private void WaitUntilItAnswers(string host)
    {
        byte[] request = Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        byte[] answer = new byte[12];
        long start = Stopwatch.GetTimestamp();
        while (!_process.HasExited && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            try
            {
                using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 5_000 };
                socket.Connect(Endpoint);
                _ = socket.Send(request);
                int got = socket.Receive(answer);

                // Whatever it says about the folder, it speaks; 502 and 503 come from one that waits for another.
                if (got == answer.Length && answer[9] != (byte)'5')
                {
                    return;
                }
            }
            catch (SocketException)
            {
                // Not yet.
            }

            _ = _process.WaitForExit(s_pause);
        }

        throw new IOException($"{_process.StartInfo.FileName} does not answer at {Endpoint}: {Said()}");
    }

    private string Said()
    {
        // What it writes ends with it.
        Task<string>[] texts = _process.HasExited ? [_errors, _output] : [];
        return string.Join(' ', texts.Select(text => text.Result)).Trim();
    }
}
