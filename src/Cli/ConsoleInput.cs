// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading;

namespace Denali.Cli;

/// <summary>
/// Carries a stream to a VM's console on a thread of its own, no further ahead than a window: what the guest does not
/// read stays with whoever writes it.
/// </summary>
internal sealed class ConsoleInput
{
    /// <summary>Most bytes that were sent and that the guest's ring has not taken.</summary>
    internal const int WindowBytes = 64 * 1024;

    private readonly object _gate = new();
    private readonly Stream _stream;
    private readonly Action<ReadOnlyMemory<byte>> _send;
    private int _waiting;

    /// <summary>Prepares it.</summary>
    /// <param name="stream">The stream; closed at its end.</param>
    /// <param name="send">Sends bytes to the VM.</param>
    internal ConsoleInput(Stream stream, Action<ReadOnlyMemory<byte>> send)
    {
        _stream = stream;
        _send = send;
    }

    /// <summary>Starts the thread, which does not keep the process alive.</summary>
    internal void Start() => new Thread(Pump) { Name = "input", IsBackground = true }.Start();

    /// <summary>The guest's ring took bytes. Any thread.</summary>
    /// <param name="bytes">How many.</param>
    internal void OnTaken(int bytes)
    {
        lock (_gate)
        {
            _waiting -= bytes;
            Monitor.PulseAll(_gate);
        }
    }

    private void Pump()
    {
        using Stream stream = _stream;
        byte[] buffer = new byte[4096];
        try
        {
            for (int count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
            {
                WaitForRoom(count);
                _send(buffer.AsSpan(0, count).ToArray());
            }
        }
        catch (Exception e) when (ErrorOutput.IsOfStream(e) || e is ObjectDisposedException)
        {
            // Input is gone; the guest goes on without.
        }
    }

    private void WaitForRoom(int count)
    {
        lock (_gate)
        {
            while (_waiting + count > WindowBytes)
            {
                Monitor.Wait(_gate);
            }

            _waiting += count;
        }
    }
}
