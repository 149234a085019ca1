// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>Output of VMs is bounded, whole and in order, however slow the stream is.</summary>
public sealed class ConsoleOutputTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Fact]
    public void Add_OneMachine_PassesBytesAsTheyAre()
    {
        using var stream = new MemoryStream();
        using (var output = new ConsoleOutput(stream, prefixed: false, _ => { }))
        {
            Assert.Equal(4, output.Add(1, "a\nb\0"u8));
            output.Finish(1, "c"u8);
            output.Flush();
        }

        Assert.Equal("a\nb\0c", Encoding.ASCII.GetString(stream.ToArray()));
    }

    [Fact]
    public void Add_SeveralMachines_DoesNotMixTheirLines()
    {
        using var stream = new MemoryStream();
        using (var output = new ConsoleOutput(stream, prefixed: true, _ => { }))
        {
            output.Add(1, "one "u8);
            output.Add(2, "two\n\n"u8);
            output.Add(1, "more\nand"u8);
            output.Finish(1, " rest"u8);
            output.Finish(2, ""u8);
            output.Flush();
        }

        Assert.Equal("[2] two\n[2] \n[1] one more\n[1] and rest\n", Encoding.ASCII.GetString(stream.ToArray()));
    }

    [Fact]
    public void Add_StreamStandsStill_RefusesAtTheBoundAndResumesEachOnce()
    {
        using var stream = new GatedStream();
        var resumed = new ConcurrentQueue<ulong>();
        using var output = new ConsoleOutput(stream, prefixed: false, resumed.Enqueue);
        output.Add(1, "x"u8);
        Assert.True(stream.IsWriting.Wait(s_limit, TestContext.Current.CancellationToken));

        byte[] much = new byte[ConsoleOutput.BufferBytes];
        Assert.Equal(much.Length, output.Add(1, much));
        Assert.Equal(0, output.Add(2, "y"u8));
        Assert.Equal(0, output.Add(2, "y"u8));
        Assert.Equal(0, output.Add(3, "z"u8));
        Assert.Empty(resumed);
        stream.Gate.Set();
        output.Flush();

        Assert.Equal([2UL, 3UL], resumed.Order());
        Assert.Equal(much.Length + 1, stream.Written);
        Assert.Equal(1, output.Add(2, "y"u8));
    }

    [Fact]
    public void Write_StreamFails_GoesOn()
    {
        using var stream = new FailingStream();
        var resumed = new ConcurrentQueue<ulong>();
        using var output = new ConsoleOutput(stream, prefixed: false, resumed.Enqueue);
        for (int i = 0; i < 10; i++)
        {
            Assert.Equal(1, output.Add(1, "x"u8));
            output.Flush();
        }
    }

    [Fact]
    public void Add_LineWithoutEnd_IsBounded()
    {
        using var stream = new MemoryStream();
        byte[] piece = new byte[1 << 16];
        using (var output = new ConsoleOutput(stream, prefixed: true, _ => { }))
        {
            for (int i = 0; i < 64; i++)
            {
                Assert.Equal(piece.Length, output.Add(1, piece));
                output.Flush();
            }

            // All but what may wait for the end of its line.
            long atLeast = (64 * piece.Length) - ConsoleOutput.BufferBytes - piece.Length;
            Assert.InRange(stream.Length, atLeast, long.MaxValue);
        }
    }

    private sealed class GatedStream : MemoryStream
    {
        private long _written;

        internal ManualResetEventSlim Gate { get; } = new();

        internal ManualResetEventSlim IsWriting { get; } = new();

        internal long Written => Interlocked.Read(ref _written);

        public override void Write(byte[] buffer, int offset, int count)
        {
            IsWriting.Set();
            Assert.True(Gate.Wait(s_limit));
            Interlocked.Add(ref _written, count);
        }

        protected override void Dispose(bool disposing)
        {
            Gate.Dispose();
            IsWriting.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        public override void Write(byte[] buffer, int offset, int count) => throw new IOException("no space");
    }
}
