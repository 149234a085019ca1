// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;

namespace Denali.Cli;

/// <summary>
/// Carries console output of VMs to a stream, which may be slow, on a thread of its own. Bounded: what does not fit
/// waits in the VM, and nothing is lost.
/// </summary>
/// <remarks>Any thread may add. With a prefix per VM, lines of different VMs are not mixed.</remarks>
internal sealed class ConsoleOutput : IDisposable
{
    /// <summary>Most bytes that wait to be written.</summary>
    internal const int BufferBytes = 1 << 20;

    private readonly object _gate = new();
    private readonly Stream _stream;
    private readonly bool _prefixed;
    private readonly Action<ulong> _resume;
    private readonly Dictionary<ulong, MemoryStream> _lines = [];
    private readonly HashSet<ulong> _blocked = [];
    private readonly Thread _thread;
    private MemoryStream _filling = new();
    private MemoryStream _writing = new();
    private bool _isBusy;
    private bool _isClosed;

    /// <summary>Starts the thread.</summary>
    /// <param name="stream">Where output goes; not closed.</param>
    /// <param name="prefixed">Whether each line begins with its VM's number.</param>
    /// <param name="resume">Called when a VM whose output was refused can go on.</param>
    internal ConsoleOutput(Stream stream, bool prefixed, Action<ulong> resume)
    {
        _stream = stream;
        _prefixed = prefixed;
        _resume = resume;
        _thread = new Thread(Pump) { Name = "console", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Adds output of a VM, as far as there is room.</summary>
    /// <returns>How many bytes were taken.</returns>
    internal int Add(ulong machineId, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            int room = (int)Math.Max(0, BufferBytes - _filling.Length);
            if (bytes.Length > room)
            {
                bytes = bytes[..room];
                _blocked.Add(machineId);
            }

            Append(machineId, bytes);
            Monitor.PulseAll(_gate);
            return bytes.Length;
        }
    }

    /// <summary>Adds the last output of a VM that ended, whatever room there is, and ends its last line.</summary>
    internal void Finish(ulong machineId, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            Append(machineId, bytes);
            if (_lines.Remove(machineId, out MemoryStream? line) && line.Length > 0)
            {
                line.WriteByte((byte)'\n');
                line.WriteTo(_filling);
            }

            _blocked.Remove(machineId);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until all that was added is written.</summary>
    internal void Flush()
    {
        lock (_gate)
        {
            while (_isBusy || _filling.Length > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    private void Append(ulong machineId, ReadOnlySpan<byte> bytes)
    {
        if (!_prefixed)
        {
            _filling.Write(bytes);
            return;
        }

        if (!_lines.TryGetValue(machineId, out MemoryStream? line))
        {
            line = new MemoryStream();
            _lines.Add(machineId, line);
        }

        while (!bytes.IsEmpty)
        {
            if (line.Length == 0)
            {
                line.Write(Encoding.ASCII.GetBytes($"[{machineId}] "));
            }

            int end = bytes.IndexOf((byte)'\n');
            int length = end < 0 ? bytes.Length : end + 1;
            line.Write(bytes[..length]);
            bytes = bytes[length..];
            if (end >= 0 || line.Length > BufferBytes)
            {
                line.WriteTo(_filling);
                line.SetLength(0);
            }
        }
    }

    private void Pump()
    {
        while (true)
        {
            ulong[] resumed;
            lock (_gate)
            {
                _isBusy = false;
                Monitor.PulseAll(_gate);
                while (_filling.Length == 0 && !_isClosed)
                {
                    Monitor.Wait(_gate);
                }

                if (_filling.Length == 0)
                {
                    return;
                }

                _isBusy = true;
                (_filling, _writing) = (_writing, _filling);
                resumed = [.. _blocked];
                _blocked.Clear();
            }

            Write();
            Array.ForEach(resumed, _resume);
        }
    }

    private void Write()
    {
        try
        {
            _writing.WriteTo(_stream);
            _stream.Flush();
        }
        catch (Exception e) when (ErrorOutput.IsOfStream(e))
        {
            // The reader went away (a closed pipe). The guests run on; their output has no one left to read it.
        }

        _writing.SetLength(0);
    }
}
